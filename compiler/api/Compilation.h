// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the parts of compile() share.
#ifndef CNNC_COMPILER_API_COMPILATION_H
#define CNNC_COMPILER_API_COMPILATION_H

#include "compiler/api/Compile.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/Timing.h"

namespace cnnc::api {

/// One compilation: what was asked for, the context it happens in, and the clock of `verbose`.
struct Compilation {
  const Source &source;
  const Options &options;
  const Host &host;
  mlir::MLIRContext &context;
  DiagnosticList &diagnostics;
  mlir::TimingScope &timing;
  Result &result;
};

bool readsText(const Source &source);

/// Runs the phases that the module has not passed yet, up to and including `last` (empty: all), or as far as there are
/// any for its target.
mlir::LogicalResult runPhases(Compilation &compilation, mlir::ModuleOp module, llvm::StringRef last);

/// What --explain and --tune need: that this run goes through the layout phase. The error begins with `flag`.
llvm::Error checkLayoutPhase(const Options &options, mlir::ModuleOp module, const llvm::Twine &flag);

} // namespace cnnc::api

#endif

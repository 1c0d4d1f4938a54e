// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A module between two phases, as a pair of files: x.mlir is the text, x.weights beside it the large constants.
//
//   module attributes {cnnc.phase = "graph", cnnc.resources = {w0 = array<i64: 0, 9408>}, ...}
#ifndef CNNC_COMPILER_PIPELINE_TEXTFILE_H
#define CNNC_COMPILER_PIPELINE_TEXTFILE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace cnnc {

/// Names the phase that a module has passed; absent: import.
inline constexpr llvm::StringLiteral kPhaseAttr = "cnnc.phase";

/// Writes `module` to `path` and its `dense_resource` blobs to the file of the same stem with the ending .weights, each
/// by its offset in the attribute `cnnc.resources`; no .weights file where there is no blob. "-" is standard output,
/// with the blobs in the text. Both files appear whole or not at all.
llvm::Error writeTextFile(mlir::ModuleOp module, llvm::StringRef path);

/// The reverse. Diagnostics go to the context; null on failure. Blobs are mapped, not read.
mlir::OwningOpRef<mlir::ModuleOp> readTextFile(llvm::StringRef path, mlir::MLIRContext *context);

} // namespace cnnc

#endif

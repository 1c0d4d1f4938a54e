// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The last room: a module in the LLVM dialect becomes a file. A shared library takes this way:
//
//   LLVM dialect -> LLVM IR -> partitions (in parallel: O2, machine code) -> lld, with the runtime -> + weights
//
// The same module, options and output name give the same bytes, for any number of threads. The output appears whole or
// not at all: see compiler/output.
#ifndef CNNC_COMPILER_EMIT_EMIT_H
#define CNNC_COMPILER_EMIT_EMIT_H

#include "compiler/emit/Header.h"
#include "compiler/output/OutputFile.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"
#include <optional>

namespace mlir {
class ModuleOp;
class TimingScope;
} // namespace mlir

namespace cnnc::emit {

enum class EmitKind { Header, LLVM, Assembly, Object, Archive, SharedLibrary };

/// The kind that `--emit=<name>` means (header, llvm, asm, obj, a, so), if it is one of this room's.
std::optional<EmitKind> parseEmitKind(llvm::StringRef name);

/// The file name's ending for a kind, with its dot: ".so".
llvm::StringRef fileExtension(EmitKind kind);

struct EmitOptions {
  EmitKind kind = EmitKind::SharedLibrary;
  /// x86_64-unknown-linux-gnu or aarch64-unknown-linux-gnu.
  llvm::Triple triple{"x86_64-unknown-linux-gnu"};
  /// 0 to 3, as in -O2.
  unsigned optimizationLevel = 2;
  /// Whether the module is somebody's own, so that LLVM IR of it may be invalid.
  bool verify = false;
  /// Threads to compile on; 0: as many as the machine has.
  unsigned threads = 0;
  /// Where the time of each part of the way is noted, if anywhere.
  mlir::TimingScope *timing = nullptr;
};

/// Writes `module` to `output`, in the form that the options ask for; the caller commits. What the module must hold:
///
/// - `@cnnc_model` (runtime/include/cnnc/abi.h) and, externally linked, the entry points `@<stem>_...`;
/// - step and kernel functions, each with its own `target_cpu`; a kernel is compiled as it was written: not inlined,
/// not
///   vectorised again, not rescheduled. Attributes tell which function is what: dialects/target/Role.h;
/// - one `kernel.model`, of which the weights count;
/// - if it has weights, the declaration of the i64 `@cnnc_weights_delta`, which is defined here: the weights lie at its
///   address plus its value.
///
/// In an object or an archive the table is called `<stem>_model` only, so that a program can link several models; a
/// shared library has both names.
llvm::Error writeModel(mlir::ModuleOp module, const ModelInterface &interface, const EmitOptions &options,
                       output::OutputFile &output);

} // namespace cnnc::emit

#endif // CNNC_COMPILER_EMIT_EMIT_H

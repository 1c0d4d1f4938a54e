// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A module between two phases, as a pair of files: x.mlir is the text, x.weights beside it the large constants.
//
//   module attributes {cnnc.phase = "graph", cnnc.resources = {w0 = array<i64: 0, 9408>}, ...}
#ifndef CNNC_COMPILER_PIPELINE_TEXTFILE_H
#define CNNC_COMPILER_PIPELINE_TEXTFILE_H

#include "compiler/output/OutputFile.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <vector>

namespace cnnc::pipeline {

/// Names the phase that a module has passed; absent: import.
inline constexpr llvm::StringLiteral kPhaseAttr = "cnnc.phase";

/// The ending of the file beside the text.
inline constexpr llvm::StringLiteral kWeightsExtension = ".weights";

/// Writes `module` to the first file and its `dense_resource` blobs to the second, each by its offset in the attribute
/// `cnnc.resources`. Where there is no blob, the second file is given up; where there is no second file, the blobs are
/// in the text. The caller commits.
llvm::Error writeTextFile(mlir::ModuleOp module, std::vector<output::OutputFile> &files);

/// Runs what may crash; does not come back if it did. A program may mend so that MLIR's parser is not made for hostile
/// text, a library has no right to its signals.
using Guard = llvm::function_ref<void(llvm::function_ref<void()>)>;

/// The reverse. Diagnostics go to the context; null on failure. Blobs are mapped, not read.
mlir::OwningOpRef<mlir::ModuleOp> readTextFile(llvm::StringRef path, mlir::MLIRContext *context, Guard guard);

/// A text in memory, which holds its blobs itself.
mlir::OwningOpRef<mlir::ModuleOp> readText(llvm::MemoryBufferRef text, mlir::MLIRContext *context, Guard guard);

} // namespace cnnc::pipeline

#endif

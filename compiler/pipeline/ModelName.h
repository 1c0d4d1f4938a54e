// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The name of a model, which the llvm phase writes into symbols and into the model's table.
#ifndef CNNC_COMPILER_PIPELINE_MODELNAME_H
#define CNNC_COMPILER_PIPELINE_MODELNAME_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace cnnc::pipeline {

/// Of the module: the name, a C identifier. Of a global of the llvm phase: that its text is the name.
inline constexpr llvm::StringLiteral kNameAttr = "cnnc.name";
/// Name of the module attribute that holds the flags that it was compiled with.
inline constexpr llvm::StringLiteral kFlagsAttr = "cnnc.flags";

/// Whether the user's program calls the function.
bool isEntry(mlir::LLVM::LLVMFuncOp function);

/// Gives the module another name, in whatever phase it is.
void renameModel(mlir::ModuleOp module, llvm::StringRef name);

} // namespace cnnc::pipeline

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a module of the llvm phase tells of the model's outside.
#ifndef CNNC_COMPILER_API_INTERFACE_H
#define CNNC_COMPILER_API_INTERFACE_H

#include "compiler/emit/Header.h"
#include "mlir/IR/BuiltinOps.h"

namespace cnnc::api {

/// `source` is the file's name, for the header. The module has been verified.
emit::ModelInterface describeModel(mlir::ModuleOp module, llvm::StringRef source);

} // namespace cnnc::api

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ONNX tensors as constants of the module.
#ifndef CNNC_COMPILER_IMPORT_TENSOR_H
#define CNNC_COMPILER_IMPORT_TENSOR_H

#include "compiler/import/Model.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace cnnc::importing {

/// The tensor in its compute type: over the model's own bytes where they can stay as they are, else converted. Null,
/// with the reason, if the tensor is malformed. `name` names the resource. With `once` nobody reads the tensor again,
/// and its message may give its bytes back as soon as nothing refers to them.
mlir::ElementsAttr readTensor(mlir::MLIRContext *context, const std::shared_ptr<Model> &model,
                              onnx::TensorProto &tensor, llvm::StringRef name, bool once, std::string &reason);

} // namespace cnnc::importing

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensors without elements are valid, and nothing is computed of them: what remains are constants.
#ifndef CNNC_DIALECTS_CNN_EMPTY_H
#define CNNC_DIALECTS_CNN_EMPTY_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace cnnc::cnn {

bool isEmpty(mlir::Value value);

/// The constant of a type without elements.
mlir::Value createEmptyConstant(mlir::OpBuilder &builder, mlir::Location location, mlir::RankedTensorType type);

/// What stands for an op of this dialect whose result has no elements (a constant without any) or that reads a tensor
/// without elements (what is left of it: a sum of nothing is 0, a maximum -infinity). Null for any other op. New ops go
/// where the builder stands.
mlir::Value foldEmpty(mlir::OpBuilder &builder, mlir::Operation *op);

} // namespace cnnc::cnn

#endif

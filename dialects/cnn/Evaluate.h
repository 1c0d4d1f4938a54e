// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Computes cnn ops whose operands are all constants: a naive interpreter, for shape arithmetic and for weights that a
// model computes from constants. Import and constant folding share it.
#ifndef CNNC_DIALECTS_CNN_EVALUATE_H
#define CNNC_DIALECTS_CNN_EVALUATE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

namespace cnnc::cnn {

/// The result of `op` (map, reduce, reshape, transpose, concat, slice, pad in constant mode, gather) for the constants
/// `operands`, one for each of its operands. Null if the op or a scalar op in its region is not known, if an index or a
/// division has no defined result, or if a result that is no splat has more than `maxElements` elements.
mlir::ElementsAttr evaluate(mlir::Operation *op, llvm::ArrayRef<mlir::ElementsAttr> operands, int64_t maxElements,
                            llvm::StringRef nameHint);

} // namespace cnnc::cnn

#endif

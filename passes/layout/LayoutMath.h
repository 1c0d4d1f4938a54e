// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arithmetic on layouts.
#ifndef CNNC_PASSES_LAYOUT_LAYOUTMATH_H
#define CNNC_PASSES_LAYOUT_LAYOUTMATH_H

#include "dialects/cnn/Cnn.h"

namespace cnnc::layout {

/// The layout of `transpose(x)` over the bytes of an `x` stored as `input`; and of x, given that of the transpose.
cnn::LayoutAttr transposeLayout(cnn::LayoutAttr input, llvm::ArrayRef<int64_t> permutation);
cnn::LayoutAttr transposeLayoutBack(cnn::LayoutAttr output, llvm::ArrayRef<int64_t> permutation);

/// Whether a tensor of this shape has the same bytes in both layouts.
bool haveSameBytes(llvm::ArrayRef<int64_t> shape, cnn::LayoutAttr a, cnn::LayoutAttr b);

/// Bytes of an fp32 tensor of this shape, lanes past its extents included.
double getStoredBytes(mlir::RankedTensorType type, cnn::LayoutAttr layout);

/// The layout of an operand that broadcasts to `shape`: without block where it has an extent of 1 for all lanes.
cnn::LayoutAttr broadcastLayout(cnn::LayoutAttr layout, llvm::ArrayRef<int64_t> operand, llvm::ArrayRef<int64_t> shape);

} // namespace cnnc::layout

#endif

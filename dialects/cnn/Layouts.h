// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arithmetic on layouts.
#ifndef CNNC_DIALECTS_CNN_LAYOUTS_H
#define CNNC_DIALECTS_CNN_LAYOUTS_H

#include "dialects/cnn/Cnn.h"

#include <optional>

namespace cnnc::cnn {

/// Where a feature map keeps its channels.
enum class Channels { first, last, blocked };

/// Where a feature map of this layout keeps its channels; none for layouts that no convolution reads.
std::optional<Channels> getChannels(LayoutAttr layout);

/// The reverse; `rank` counts N and C.
LayoutAttr toLayout(mlir::MLIRContext *context, Channels channels, int64_t rank);

/// The layout of `transpose(x)` over the bytes of an `x` stored as `input`; and of x, given that of the transpose.
LayoutAttr transposeLayout(LayoutAttr input, llvm::ArrayRef<int64_t> permutation);
LayoutAttr transposeLayoutBack(LayoutAttr output, llvm::ArrayRef<int64_t> permutation);

/// Whether a tensor of this shape has the same bytes in both layouts.
bool haveSameBytes(llvm::ArrayRef<int64_t> shape, LayoutAttr a, LayoutAttr b);

/// Bytes of a tensor of this type, lanes past its extents included.
double getStoredBytes(mlir::RankedTensorType type, LayoutAttr layout);

/// The layout of an operand that broadcasts to `shape`: without block where it has an extent of 1 for all lanes.
LayoutAttr broadcastLayout(LayoutAttr layout, llvm::ArrayRef<int64_t> operand, llvm::ArrayRef<int64_t> shape);

} // namespace cnnc::cnn

#endif

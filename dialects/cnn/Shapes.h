// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shape rules of the cnn ops as pure, overflow-checked functions; the importer and the verifiers share them.
// A function that fails writes the reason, in the words of a diagnostic, to its last argument.
#ifndef CNNC_DIALECTS_CNN_SHAPES_H
#define CNNC_DIALECTS_CNN_SHAPES_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>
#include <string>

namespace cnnc::cnn {

using Shape = llvm::SmallVector<int64_t>;
using ShapeRef = llvm::ArrayRef<int64_t>;
using ShapeOr = mlir::FailureOr<Shape>;

/// No tensor may have more elements: what follows counts bytes in 64 bits and some indices in 32.
constexpr int64_t kMaxElements = (int64_t(1) << 31) - 1;

/// No tensor may have more dimensions: NumPy's bound, and no network comes near.
constexpr size_t kMaxRank = 64;

/// The number of elements; none if an extent is negative or the product exceeds kMaxElements.
std::optional<int64_t> getElementCount(ShapeRef shape);

/// Fails if `value`, one of the `name`, is below `minimum`, or too large for products of two of its kind.
mlir::LogicalResult checkBounds(llvm::StringRef name, int64_t value, int64_t minimum, std::string &reason);

/// Fails if an extent is negative, or the tensor is too large or has too many dimensions.
mlir::LogicalResult checkShape(ShapeRef shape, std::string &reason);

/// "1x3x224x224", or "scalar"; of a long list the beginning, and how long it is.
std::string toString(ShapeRef shape);

/// How a window slides over the spatial dimensions; each list but `pads` (all begins, then all ends) has an entry for
/// each of them.
struct Window {
  Shape kernel, strides, dilations, pads;
};

/// ONNX's auto_pad.
enum class AutoPad { NotSet, SameUpper, SameLower, Valid };

/// Extent of one dimension's result: the number of windows that fit. With `ceilMode`, a last window may begin inside
/// the input or its leading pad and end beyond the trailing one. None if it is not positive or overflows.
struct WindowDim {
  int64_t input, kernel, stride, dilation, begin, end;
};
std::optional<int64_t> getWindowExtent(const WindowDim &dim, bool ceilMode);

/// Replaces `window.pads` by what `autoPad` asks for over the spatial extents `input`.
mlir::LogicalResult resolveAutoPad(ShapeRef input, AutoPad autoPad, Window &window, std::string &reason);

/// `input` is N, IC, spatial; `filter` is OC, IC/group, kernel. The window's kernel is the filter's.
ShapeOr inferConv(ShapeRef input, ShapeRef filter, const Window &window, int64_t group, std::string &reason);

/// `input` is N, IC, spatial; `filter` is IC, OC/group, kernel.
struct TransposedWindow : Window {
  Shape outputPadding;
};
ShapeOr inferConvTranspose(ShapeRef input, ShapeRef filter, const TransposedWindow &window, int64_t group,
                           std::string &reason);

ShapeOr inferPool(ShapeRef input, const Window &window, bool ceilMode, std::string &reason);

/// Batched product of tensors of one rank; batch extents are equal or 1.
ShapeOr inferMatMul(ShapeRef lhs, ShapeRef rhs, std::string &reason);

/// NumPy's: aligned at the last dimension.
ShapeOr inferBroadcast(ShapeRef left, ShapeRef right, std::string &reason);

/// Whether `from` has `to`'s rank and each extent is `to`'s or 1.
bool isBroadcastable(ShapeRef from, ShapeRef to);

ShapeOr inferConcat(llvm::ArrayRef<ShapeRef> inputs, int64_t axis, std::string &reason);
ShapeOr inferTranspose(ShapeRef input, ShapeRef permutation, std::string &reason);
ShapeOr inferPad(ShapeRef input, ShapeRef low, ShapeRef high, std::string &reason);
ShapeOr inferGather(ShapeRef input, ShapeRef indices, int64_t axis, std::string &reason);
ShapeOr inferReduce(ShapeRef input, ShapeRef axes, std::string &reason);

/// ONNX Slice along one dimension of extent `extent`: negative bounds count from the end, then both are clamped.
struct SliceDim {
  int64_t start, extent, step;
};
mlir::FailureOr<SliceDim> inferSliceDim(int64_t extent, int64_t start, int64_t end, int64_t step, std::string &reason);

/// ONNX Resize: floor(extent * scale), with the product rounded to a float, as the runtimes have it.
double getResizedExtent(int64_t extent, float scale);

/// Whether floor(extent * s) is `resized` for some s that rounds to `scale`: what exporters stored is a rounded scale.
bool isResizedExtent(int64_t extent, float scale, int64_t resized);

/// ONNX Reshape: 0 copies the input's extent (unless `allowZero`), one -1 takes what is left.
ShapeOr inferReshape(ShapeRef input, ShapeRef target, bool allowZero, std::string &reason);

/// An axis in [-rank, rank) as one in [0, rank).
std::optional<int64_t> normalizeAxis(int64_t axis, int64_t rank);

} // namespace cnnc::cnn

#endif

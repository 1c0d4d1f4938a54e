// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Layouts.h"

#include <utility>

using namespace mlir;
using namespace cnnc::cnn;

std::optional<Channels> cnnc::cnn::getChannels(LayoutAttr layout) {
  int64_t rank = layout.getOrder().size();
  if (layout == LayoutAttr::getBlocked(layout.getContext(), rank))
    return Channels::blocked;
  if (layout == LayoutAttr::getChannelsLast(layout.getContext(), rank))
    return Channels::last;
  if (layout.isRowMajor())
    return Channels::first;
  return std::nullopt;
}

LayoutAttr cnnc::cnn::toLayout(MLIRContext *context, Channels channels, int64_t rank) {
  if (channels == Channels::blocked)
    return LayoutAttr::getBlocked(context, rank);
  return channels == Channels::last ? LayoutAttr::getChannelsLast(context, rank)
                                    : LayoutAttr::getRowMajor(context, rank);
}

LayoutAttr cnnc::cnn::transposeLayout(LayoutAttr input, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> position(permutation.size());
  for (auto [dim, source] : llvm::enumerate(permutation))
    position[source] = dim;
  auto order = llvm::map_to_vector(input.getOrder(), [&](int64_t dim) { return position[dim]; });
  return LayoutAttr::get(input.getContext(), order, input.isBlocked() ? position[input.getBlock()] : -1);
}

LayoutAttr cnnc::cnn::transposeLayoutBack(LayoutAttr output, ArrayRef<int64_t> permutation) {
  auto order = llvm::map_to_vector(output.getOrder(), [&](int64_t dim) { return permutation[dim]; });
  return LayoutAttr::get(output.getContext(), order, output.isBlocked() ? permutation[output.getBlock()] : -1);
}

/// The stored dimensions longer than 1, slowest first, as (logical dimension, kind of part); the two parts of a
/// dimension without padding lanes are one where they follow each other.
static SmallVector<std::pair<int64_t, int>> getParts(ArrayRef<int64_t> shape, LayoutAttr layout) {
  enum { Whole, Blocks, Lanes };
  SmallVector<std::pair<int64_t, int>> parts;
  int64_t block = layout.getBlock();
  for (int64_t dim : layout.getOrder()) {
    if (dim == block && shape[dim] > LayoutAttr::kBlock)
      parts.push_back({dim, Blocks});
    if (dim != block && shape[dim] != 1)
      parts.push_back({dim, Whole});
  }
  if (block < 0)
    return parts;
  if (shape[block] % LayoutAttr::kBlock) {
    parts.push_back({block, Lanes});
  } else if (!parts.empty() && parts.back() == std::pair<int64_t, int>(block, Blocks)) {
    parts.back().second = Whole;
  } else {
    parts.push_back({block, shape[block] == LayoutAttr::kBlock ? Whole : Lanes});
  }
  return parts;
}

bool cnnc::cnn::haveSameBytes(ArrayRef<int64_t> shape, LayoutAttr a, LayoutAttr b) {
  return a == b || getParts(shape, a) == getParts(shape, b);
}

double cnnc::cnn::getStoredBytes(RankedTensorType type, LayoutAttr layout) {
  double bytes = type.getElementTypeBitWidth() / 8;
  for (int64_t extent : layout.getPhysicalShape(type.getShape()))
    bytes *= extent;
  return bytes;
}

LayoutAttr cnnc::cnn::broadcastLayout(LayoutAttr layout, ArrayRef<int64_t> operand, ArrayRef<int64_t> shape) {
  int64_t block = layout.getBlock();
  if (block < 0 || operand[block] == shape[block])
    return layout;
  return LayoutAttr::get(layout.getContext(), layout.getOrder(), -1);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/FeatureMap.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;
using kernel::ChannelOrder;

int64_t FeatureMap::pixelDim(int64_t dim) const { return dim == 0 || order == ChannelOrder::last ? dim : dim + 1; }

int64_t FeatureMap::channelDim() const { return order == ChannelOrder::last ? operand.rank() - 1 : 1; }

int64_t FeatureMap::pixelPitch(int64_t dim) const { return pixelExtent(dim) == 1 ? 0 : operand.pitch(pixelDim(dim)); }

int64_t FeatureMap::channelOffset(int64_t channel) const {
  if (order != ChannelOrder::blocked)
    return channel * operand.pitch(channelDim());
  return channel / 16 * operand.pitch(1) + channel % 16 * operand.pitch(operand.rank() - 1);
}

int64_t FeatureMap::panelPitch() const { return hasOneChannel() ? 0 : channelOffset(16); }

bool FeatureMap::hasOneChannel() const {
  bool one = operand.shape[channelDim()] == 1;
  return order == ChannelOrder::blocked ? one && operand.shape.back() == 1 : one;
}

FailureOr<FeatureMap> cnnc::to_vector::getFeatureMap(Value memref, ChannelOrder order, Step &step) {
  FailureOr<Operand> operand = getOperand(memref, step);
  if (failed(operand))
    return failure();
  return FeatureMap{*operand, order};
}

SmallVector<PixelDim> cnnc::to_vector::mergePixelDims(ArrayRef<PixelDim> dims) {
  SmallVector<PixelDim> merged;
  for (const PixelDim &dim : dims) {
    if (dim.extent == 1)
      continue;
    auto continues = [&] {
      for (auto [outer, inner] : llvm::zip_equal(merged.back().pitches, dim.pitches))
        if (outer != inner * dim.extent)
          return false;
      return true;
    };
    if (!merged.empty() && continues()) {
      merged.back() = {merged.back().extent * dim.extent, dim.pitches};
      continue;
    }
    merged.push_back(dim);
  }
  if (merged.empty())
    merged.push_back({1, SmallVector<int64_t>(dims.front().pitches.size(), 0)});
  return merged;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/StoredMap.h"

#include "dialects/kernel/Address.h"

using namespace mlir;
using namespace cnnc::kernel;

int64_t StoredMap::pixelDim(int64_t dim) const { return dim == 0 || order == ChannelOrder::last ? dim : dim + 1; }

int64_t StoredMap::channelDim() const { return order == ChannelOrder::last ? rank() - 1 : 1; }

int64_t StoredMap::pixelPitch(int64_t dim) const { return pixelExtent(dim) == 1 ? 0 : pitches[pixelDim(dim)]; }

int64_t StoredMap::channelOffset(int64_t channel) const {
  if (order != ChannelOrder::blocked)
    return channel * pitches[channelDim()];
  return channel / 16 * pitches[1] + channel % 16 * pitches.back();
}

int64_t StoredMap::panelPitch() const { return hasOneChannel() ? 0 : channelOffset(16); }

bool StoredMap::hasOneChannel() const {
  bool one = shape[channelDim()] == 1;
  return order == ChannelOrder::blocked ? one && shape.back() == 1 : one;
}

SmallVector<int64_t> cnnc::kernel::getBytePitches(Value stored) {
  auto type = cast<ShapedType>(stored.getType());
  SmallVector<int64_t> pitches(type.getRank());
  int64_t bytes = getElementBytes(type.getElementType());
  if (auto memref = dyn_cast<MemRefType>(type)) {
    pitches = memref.getStridesAndOffset().first;
    for (int64_t &pitch : pitches)
      pitch *= bytes;
    return pitches;
  }
  for (int64_t dim = type.getRank(); dim-- > 0; bytes *= type.getDimSize(dim))
    pitches[dim] = bytes;
  return pitches;
}

StoredMap cnnc::kernel::getStoredMap(Value stored, ChannelOrder order) {
  auto type = cast<ShapedType>(stored.getType());
  return {SmallVector<int64_t>(type.getShape()), getBytePitches(stored), getElementBytes(type.getElementType()), order};
}

SmallVector<PixelDim> cnnc::kernel::mergePixelDims(ArrayRef<PixelDim> dims) {
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

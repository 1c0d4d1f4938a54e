// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A stored feature map, seen as N, channels and spatial dimensions whatever their order; and the walk over its pixels.
#ifndef CNNC_DIALECTS_KERNEL_STOREDMAP_H
#define CNNC_DIALECTS_KERNEL_STOREDMAP_H

#include "dialects/kernel/Kernel.h"

namespace cnnc::kernel {

/// How a memref of static extents and strides lies, wherever it starts; or a tensor, which counts as dense.
struct StoredMap {
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<int64_t> pitches; ///< bytes between neighbours of a stored dimension
  int64_t elementBytes;
  ChannelOrder order;

  int64_t rank() const { return shape.size(); }
  int64_t spatialRank() const { return rank() - (order == ChannelOrder::blocked ? 3 : 2); }
  /// Stored dimension of the images (0) or of spatial dimension `dim` - 1.
  int64_t pixelDim(int64_t dim) const;
  /// Stored dimension of the channels, or of their blocks.
  int64_t channelDim() const;
  int64_t pixelExtent(int64_t dim) const { return shape[pixelDim(dim)]; }
  /// Bytes between neighbours of dimension 0 (images) or `dim` - 1; 0 where the extent is 1, as a broadcast wants it.
  int64_t pixelPitch(int64_t dim) const;
  /// Bytes from channel 0 to `channel`.
  int64_t channelOffset(int64_t channel) const;
  /// Bytes between panels of 16 channels; 0 where the channels are broadcast.
  int64_t panelPitch() const;
  bool hasOneChannel() const;
};

StoredMap getStoredMap(mlir::Value stored, ChannelOrder order);
/// Bytes between neighbours of each dimension.
llvm::SmallVector<int64_t> getBytePitches(mlir::Value stored);

/// One dimension of a walk over pixels: its extent, and for each operand of the walk the bytes that a step advances.
struct PixelDim {
  int64_t extent;
  llvm::SmallVector<int64_t> pitches;
};

/// Merges neighbours that every operand walks as one, and drops extents of one; at least one dimension remains.
llvm::SmallVector<PixelDim> mergePixelDims(llvm::ArrayRef<PixelDim> dims);

} // namespace cnnc::kernel

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A stored feature map, seen as N, channels and spatial dimensions whatever their order; and the walk over its pixels.
#ifndef CNNC_PASSES_VECTOR_FEATUREMAP_H
#define CNNC_PASSES_VECTOR_FEATUREMAP_H

#include "passes/vector/Step.h"

namespace cnnc::to_vector {

struct FeatureMap {
  Operand operand;
  kernel::ChannelOrder order;

  int64_t spatialRank() const { return operand.rank() - (order == kernel::ChannelOrder::blocked ? 3 : 2); }
  /// Stored dimension of the images (0) or of spatial dimension `dim` - 1.
  int64_t pixelDim(int64_t dim) const;
  /// Stored dimension of the channels, or of their blocks.
  int64_t channelDim() const;
  int64_t pixelExtent(int64_t dim) const { return operand.shape[pixelDim(dim)]; }
  /// Bytes between neighbours of dimension 0 (images) or `dim` - 1; 0 where the extent is 1, as a broadcast wants it.
  int64_t pixelPitch(int64_t dim) const;
  /// Bytes from channel 0 to `channel`.
  int64_t channelOffset(int64_t channel) const;
  /// Bytes between panels of 16 channels; 0 where the channels are broadcast.
  int64_t panelPitch() const;
  bool hasOneChannel() const;
};

/// Diagnosed where the place is not static.
mlir::FailureOr<FeatureMap> getFeatureMap(mlir::Value memref, kernel::ChannelOrder order, Step &step);

/// One dimension of a walk over pixels: its extent, and for each operand of the walk the bytes that a step advances.
struct PixelDim {
  int64_t extent;
  llvm::SmallVector<int64_t> pitches;
};

/// Merges neighbours that every operand walks as one, and drops extents of one; at least one dimension remains.
llvm::SmallVector<PixelDim> mergePixelDims(llvm::ArrayRef<PixelDim> dims);

} // namespace cnnc::to_vector

#endif

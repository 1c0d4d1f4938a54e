// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One direct convolution on stored, padded tensors: the op that computes it, and its packed filter.
#ifndef CNNC_PASSES_KERNEL_CONVOLUTION_H
#define CNNC_PASSES_KERNEL_CONVOLUTION_H

#include "passes/kernel/Storing.h"

namespace cnnc::to_kernel {

struct Convolution {
  explicit Convolution(mlir::Location location) : location(location) {}

  mlir::Location location;
  mlir::Value input;  ///< stored and padded
  mlir::Value filter; ///< OC, IC/group, kernel... in row-major order
  mlir::Value bias;   ///< OC, or null
  llvm::SmallVector<mlir::Value> extras;
  mlir::Value output; ///< destination
  kernel::ChannelOrder inputOrder = kernel::ChannelOrder::last, outputOrder = kernel::ChannelOrder::last;
  llvm::SmallVector<int64_t> strides;
  llvm::SmallVector<int64_t> dilations;
  int64_t group = 1;
  mlir::Region *epilogue = nullptr;
  llvm::StringRef algorithm;

  mlir::RankedTensorType filterType() const { return llvm::cast<mlir::RankedTensorType>(filter.getType()); }
  llvm::ArrayRef<int64_t> kernel() const { return filterType().getShape().drop_front(2); }
  int64_t outChannels() const { return filterType().getDimSize(0); }
  int64_t inChannelsOfGroup() const { return filterType().getDimSize(1); }
  /// Neighbours in a segment that are multiplied at once: 1 for f32.
  int64_t stepElements() const;
};

/// Adds channels of zero to the input and the filter where pixels of one group hold no whole number of steps.
void padSteps(mlir::OpBuilder &builder, Convolution &convolution);

/// Creates kernel.window for narrow groups, kernel.contract otherwise; returns the result.
mlir::Value createConvolution(mlir::RewriterBase &rewriter, const Convolution &convolution);

/// The bias as kernels read it: groups padded to whole panels (`perGroup` elements each, rounded up to `multiple`).
mlir::Value packBias(mlir::OpBuilder &builder, mlir::Location location, mlir::Value bias, int64_t group,
                     int64_t multiple);

/// How many consecutive channels of `channels` a segment holds where they are the fastest dimension.
int64_t getRunOfChannels(int64_t channels);

} // namespace cnnc::to_kernel

#endif

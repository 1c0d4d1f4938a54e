// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.conv  =>  kernel.winograd, its filter transformed at compile time or packed as it is.
#ifndef CNNC_PASSES_KERNEL_WINOGRAD_H
#define CNNC_PASSES_KERNEL_WINOGRAD_H

#include "dialects/cnn/Cnn.h"
#include "dialects/kernel/Winograd.h"

#include "mlir/IR/PatternMatch.h"

namespace cnnc::to_kernel {

/// The result of the kernel.winograd that computes `op`, of which cnn::isWinograd holds, on blocked stored tensors;
/// null where the filter's numbers are missing.
mlir::Value createWinograd(mlir::RewriterBase &rewriter, cnn::ConvOp op, mlir::Value input, mlir::Value bias,
                           mlir::ValueRange extras);

/// `filter` is OC x IC x depth x taps of `plane`; the result positions x panels x depth * channel blocks x 16 x 16,
/// zero past the extents.
std::vector<float> transformWinogradFilters(mlir::MLIRContext *context, llvm::ArrayRef<float> filter,
                                            const kernel::WinogradPlane &plane, int64_t outChannels, int64_t inChannels,
                                            int64_t depth = 1);

/// The same filter as it is, for a transform at run time: panels x channel blocks x 16 x taps x 16.
std::vector<float> packWinogradFilters(llvm::ArrayRef<float> filter, int64_t taps, int64_t outChannels,
                                       int64_t inChannels);

} // namespace cnnc::to_kernel

#endif

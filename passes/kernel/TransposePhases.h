// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A transposed convolution as convolutions: outputs of one residue modulo the stride see the same taps of the filter.
// Pure functions.
#ifndef CNNC_PASSES_KERNEL_TRANSPOSEPHASES_H
#define CNNC_PASSES_KERNEL_TRANSPOSEPHASES_H

#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace cnnc::to_kernel {

/// One spatial dimension of a transposed convolution.
struct TransposedDim {
  int64_t input, output, kernel, stride, dilation, padBegin;
};

/// Outputs `residue + stride * t` for t < outputs: a convolution of stride 1 over `taps` taps, the j-th of which is tap
/// `firstTap - j * tapStep` of the filter and reads input `offset + t + j * dilation`.
struct TransposePhase {
  int64_t residue, outputs;
  int64_t taps, firstTap, tapStep;
  int64_t offset, dilation;
};

/// The phases that have outputs, by ascending residue. A phase without taps has `taps` 0.
llvm::SmallVector<TransposePhase> getTransposePhases(const TransposedDim &dim);

} // namespace cnnc::to_kernel

#endif

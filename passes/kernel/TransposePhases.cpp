// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/TransposePhases.h"

#include <algorithm>
#include <numeric>

using namespace cnnc;
using namespace cnnc::to_kernel;

/// Output q receives input i through tap k iff q = i * stride + k * dilation - padBegin. With q = residue + stride * t
/// that is i = t + (residue + padBegin - k * dilation) / stride for those k where the division is exact.
static TransposePhase getPhase(const TransposedDim &dim, int64_t residue) {
  int64_t common = std::gcd(dim.stride, dim.dilation);
  TransposePhase phase{residue,
                       (dim.output - residue + dim.stride - 1) / dim.stride,
                       0,
                       0,
                       dim.stride / common,
                       0,
                       dim.dilation / common};
  for (int64_t k = dim.kernel - 1; k >= 0; --k) {
    int64_t distance = residue + dim.padBegin - k * dim.dilation;
    if (distance % dim.stride)
      continue;
    if (!phase.taps++) {
      phase.firstTap = k;
      phase.offset = distance / dim.stride;
    }
  }
  return phase;
}

llvm::SmallVector<TransposePhase> cnnc::to_kernel::getTransposePhases(const TransposedDim &dim) {
  llvm::SmallVector<TransposePhase> phases;
  for (int64_t residue = 0; residue < std::min(dim.stride, dim.output); ++residue)
    phases.push_back(getPhase(dim, residue));
  return phases;
}

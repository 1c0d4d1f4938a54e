// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Offsets in one arena for buffers of known lifetimes: pure arithmetic.
#ifndef CNNC_PASSES_BUFFER_ARENAPLAN_H
#define CNNC_PASSES_BUFFER_ARENAPLAN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace cnnc::buffer {

/// Needed from step `first` to step `last`, both included.
struct Buffer {
  int64_t bytes;
  int64_t first, last;
};

struct ArenaPlan {
  llvm::SmallVector<int64_t> offsets; ///< per buffer, multiples of 64
  int64_t bytes = 0;                  ///< of the arena
  int64_t liveBytes = 0;              ///< the largest sum of the buffers alive in one step: no plan needs less
};

/// Buffers by falling size, each in the smallest gap between those already placed that live at the same time
/// (Pisarchyk and Lee, "Efficient memory management for deep neural net inference", arXiv 2001.03288, greedy by size),
/// or by falling product of size and lifetime; then improved a bounded number of times.
ArenaPlan planArena(llvm::ArrayRef<Buffer> buffers);

/// Two buffers that live in one step share no byte.
bool isValidPlan(llvm::ArrayRef<Buffer> buffers, const ArenaPlan &plan);

} // namespace cnnc::buffer

#endif

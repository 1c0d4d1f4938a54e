// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a step slides a window: outputs in registers, channels and rows of a call. Pure functions.
#ifndef CNNC_PASSES_SCHEDULE_WINDOWPLAN_H
#define CNNC_PASSES_SCHEDULE_WINDOWPLAN_H

#include "dialects/kernel/Kernel.h"
#include "dialects/target/Target.h"

namespace cnnc::schedule {

struct WindowFacts {
  llvm::ArrayRef<int64_t> extents, kernel; ///< spatial, of the output and of the window
  int64_t images, channels;
  int64_t width; ///< channels of a group
  bool multiplies, isBlocked, sumsRows;
  int64_t tasks;
};

/// The entries of #kernel.window_schedule.
struct WindowPlan {
  int64_t along = kernel::kOpen, tile = kernel::kOpen;
  kernel::UnrolledTaps unroll = kernel::UnrolledTaps::open;
  int64_t channels = kernel::kOpen, rows = kernel::kOpen;
};

/// `pinned` with all that it leaves open.
WindowPlan planWindow(const WindowFacts &facts, const target::Level &level, const WindowPlan &pinned = {});

} // namespace cnnc::schedule

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Along which of its loops a linalg.generic has its lanes, and how much of it is unrolled.
#ifndef CNNC_PASSES_SCHEDULE_GENERICPLAN_H
#define CNNC_PASSES_SCHEDULE_GENERICPLAN_H

#include "dialects/kernel/GenericWalk.h"
#include "dialects/target/Target.h"

namespace cnnc::schedule {

/// The entries of #kernel.generic_schedule.
struct GenericPlan {
  int64_t along = kernel::kOpen, vectors = kernel::kOpen;
};

/// `pinned` with all that it leaves open.
GenericPlan planGeneric(mlir::linalg::GenericOp op, const kernel::GenericWalk &walk, const target::Level &level,
                        const GenericPlan &pinned = {});

} // namespace cnnc::schedule

#endif

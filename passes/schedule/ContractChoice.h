// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Register tiles, blocks of the reduction and tasks of a contraction, by cost.
#ifndef CNNC_PASSES_SCHEDULE_CONTRACTCHOICE_H
#define CNNC_PASSES_SCHEDULE_CONTRACTCHOICE_H

#include "dialects/kernel/ContractWalk.h"
#include "passes/schedule/ContractPlan.h"

namespace cnnc::schedule {

/// One per level; they have the same tasks, `tasks` of them where that is given.
llvm::SmallVector<ContractChoice> chooseContract(kernel::ContractOp op, llvm::ArrayRef<target::Level> levels,
                                                 std::optional<int64_t> tasks = std::nullopt);

} // namespace cnnc::schedule

#endif

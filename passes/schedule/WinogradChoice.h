// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Blocks of tiles, register tiles and tasks of a convolution by Winograd, by cost.
#ifndef CNNC_PASSES_SCHEDULE_WINOGRADCHOICE_H
#define CNNC_PASSES_SCHEDULE_WINOGRADCHOICE_H

#include "passes/schedule/WinogradPlan.h"

namespace cnnc::schedule {

/// One per level; they have the same blocks and tasks, `tasks` of them where that is given.
llvm::SmallVector<WinogradChoice> chooseWinograd(kernel::WinogradOp op, llvm::ArrayRef<target::Level> levels,
                                                 std::optional<int64_t> tasks = std::nullopt);

/// Memory that a thread needs for `plan`.
int64_t getScratchBytes(kernel::WinogradOp op, const WinogradPlan &plan);

} // namespace cnnc::schedule

#endif

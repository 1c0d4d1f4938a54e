// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_SCHEDULE_TD
#define PASSES_SCHEDULE_TD

include "mlir/Pass/PassBase.td"

def ScheduleStepsPass : Pass<"schedule-steps", "::mlir::ModuleOp"> {
  let summary = "choose how each level of the target computes each step, and in how many tasks";
  let description = [{
    Every kernel.step receives its `tasks`, and every kernel.contract, kernel.window, kernel.winograd and linalg.generic in it a `schedule` for each level, from shapes,
    strides and the level's facts alone, never from the number of threads. What a schedule says already stays; only what it
    leaves open is chosen. The scratch memory of a thread grows to what that takes.
  }];
  let dependentDialects = ["::cnnc::kernel::KernelDialect"];
  let statistics = [Statistic<"scheduled", "scheduled", "ops that received a schedule">];
}

#endif

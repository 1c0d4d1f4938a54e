// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Schedules for kernels whose operands have their place.
#ifndef CNNC_PASSES_SCHEDULE_PASSES_H
#define CNNC_PASSES_SCHEDULE_PASSES_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace cnnc::schedule {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/schedule/Passes.h.inc"

/// The phase `schedule`: its passes in order.
void buildSchedulePhase(mlir::OpPassManager &manager);

} // namespace cnnc::schedule

#endif

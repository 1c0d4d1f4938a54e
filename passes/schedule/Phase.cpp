// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/Passes.h"

void cnnc::schedule::buildSchedulePhase(mlir::OpPassManager &manager) { manager.addPass(createScheduleStepsPass()); }

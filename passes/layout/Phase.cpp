// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/layout/Passes.h"

void cnnc::buildLayoutPhase(mlir::OpPassManager &manager) {}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Passes.h"

void cnnc::buildKernelPhase(mlir::OpPassManager &manager) {}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Passes.h"

#include "passes/linalg/Passes.h"

void cnnc::to_kernel::buildKernelPhase(mlir::OpPassManager &manager) {
  manager.addPass(createConvertCnnToKernel());
  to_linalg::buildLinalgPhase(manager);
  manager.addPass(createPackConstants());
  manager.addPass(createEliminateLevels());
}

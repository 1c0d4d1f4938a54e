// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/layout/Passes.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::layout;

void cnnc::layout::buildLayoutPhase(OpPassManager &manager) {
  manager.addPass(createSelectAlgorithmPass());
  manager.addPass(createAssignLayoutPass());
  manager.addNestedPass<func::FuncOp>(createVerifyLayoutPass());
}

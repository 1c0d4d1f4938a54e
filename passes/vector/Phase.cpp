// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/Passes.h"

#include "mlir/Transforms/Passes.h"

void cnnc::to_vector::buildVectorPhase(mlir::OpPassManager &manager) {
  manager.addPass(createConvertToVectorPass());
  manager.addPass(createShareStepsPass());
  manager.addNestedPass<mlir::LLVM::LLVMFuncOp>(mlir::createCSEPass());
}

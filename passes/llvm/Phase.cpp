// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/llvm/Passes.h"

void cnnc::to_llvm::buildLlvmPhase(mlir::OpPassManager &manager) {
  manager.addNestedPass<mlir::LLVM::LLVMFuncOp>(createConvertToLlvmPass());
  manager.addPass(createEmitModelTablePass());
}

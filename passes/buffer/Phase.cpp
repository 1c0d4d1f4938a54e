// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

void cnnc::buffer::buildBufferPhase(mlir::OpPassManager &manager, target::TargetAttr target) {
  bool hasCores = !target.getCpuLevels().empty();
  manager.addNestedPass<mlir::func::FuncOp>(createShareBordersPass());
  manager.addNestedPass<mlir::func::FuncOp>(createNestConcatsPass());
  manager.addPass(createBufferizePass());
  manager.addNestedPass<mlir::func::FuncOp>(createOutlineStepsPass());
  if (hasCores) {
    manager.addNestedPass<mlir::func::FuncOp>(createFuseRowSumsPass());
    manager.addNestedPass<mlir::func::FuncOp>(createFuseExpansionPass());
    manager.addNestedPass<mlir::func::FuncOp>(createFuseMappedInputPass());
  }
  manager.addNestedPass<mlir::func::FuncOp>(createPlanArenaPass());
  manager.addPass(createOutlineModelPass());
}

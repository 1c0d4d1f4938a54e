// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/graph/Passes.h"

#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::graph;

void cnnc::graph::buildGraphPhase(OpPassManager &manager) {
  manager.addPass(createCSEPass());
  OpPassManager &functions = manager.nest<func::FuncOp>();
  functions.addPass(createLowerQuantizationPass({/*onlyConstants=*/true}));
  functions.addPass(createFoldConstantsPass());
  functions.addPass(createMoveQuantizationPass());
  functions.addPass(createFuseQuantizationPass());
  functions.addPass(createLowerQuantizationPass());
  functions.addPass(createFoldConstantsPass());
  functions.addPass(createEliminateIdentityPass());
  functions.addPass(createPropagateTransposePass());
  functions.addPass(createFoldConstantsPass());
  functions.addPass(createFoldPadPass());
  functions.addPass(createFoldBatchNormPass());
  functions.addPass(createFoldAffinePass());
  functions.addPass(createSplitTapsPass());
  functions.addPass(createFoldConstantsPass());
  functions.addPass(createFuseMapPass());
  functions.addPass(createFuseEpiloguePass());
  functions.addPass(createFuseReducePass());
  functions.addPass(createComposeChannelsPass());
  functions.addPass(createScaleFiltersPass());
  manager.addPass(createEliminateDeadCodePass());
}

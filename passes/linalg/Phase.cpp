// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/linalg/Passes.h"

void cnnc::to_linalg::buildLinalgPhase(mlir::OpPassManager &manager) { manager.addPass(createConvertCnnToLinalg()); }

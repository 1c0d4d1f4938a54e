// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/linalg/Passes.h"

void cnnc::buildLinalgPhase(mlir::OpPassManager &manager) { manager.addPass(createConvertCnnToLinalg()); }

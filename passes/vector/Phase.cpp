// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/Passes.h"

void cnnc::buildVectorPhase(mlir::OpPassManager &manager) {}

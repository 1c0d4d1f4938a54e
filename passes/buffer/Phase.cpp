// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/Passes.h"

void cnnc::buildBufferPhase(mlir::OpPassManager &manager) {}

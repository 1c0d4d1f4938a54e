// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/graph/Passes.h"

void cnnc::buildGraphPhase(mlir::OpPassManager &manager) {}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensors become one planned arena, ops become steps.
#ifndef CNNC_PASSES_BUFFER_PASSES_H
#define CNNC_PASSES_BUFFER_PASSES_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace cnnc {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/buffer/Passes.h.inc"

/// The phase `buffer`: its passes in order.
void buildBufferPhase(mlir::OpPassManager &manager);

} // namespace cnnc

#endif

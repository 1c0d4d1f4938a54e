// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Door from cnn to kernel: the algorithm becomes structure.
#ifndef CNNC_PASSES_KERNEL_PASSES_H
#define CNNC_PASSES_KERNEL_PASSES_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace cnnc {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/kernel/Passes.h.inc"

/// The phase `kernel`: its passes in order.
void buildKernelPhase(mlir::OpPassManager &manager);

} // namespace cnnc

#endif

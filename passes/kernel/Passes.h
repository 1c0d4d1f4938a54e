// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Door from cnn to kernel: the algorithm becomes structure.
#ifndef CNNC_PASSES_KERNEL_PASSES_H
#define CNNC_PASSES_KERNEL_PASSES_H

#include "dialects/cnn/Cnn.h"
#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace cnnc::to_kernel {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/kernel/Passes.h.inc"

/// The phase `kernel`: its passes in order, those of the phase `linalg` among them, since a conversion has both halves.
void buildKernelPhase(mlir::OpPassManager &manager);

} // namespace cnnc::to_kernel

#endif

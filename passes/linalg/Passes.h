// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Door from cnn to linalg, for all that is no hot kernel.
#ifndef CNNC_PASSES_LINALG_PASSES_H
#define CNNC_PASSES_LINALG_PASSES_H

#include "dialects/cnn/Cnn.h"
#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace cnnc::to_linalg {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/linalg/Passes.h.inc"

/// The phase `linalg`: its passes in order.
void buildLinalgPhase(mlir::OpPassManager &manager);

} // namespace cnnc::to_linalg

#endif

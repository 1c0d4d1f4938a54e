// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Same ops, fewer of them; blind to machines.
#ifndef CNNC_PASSES_GRAPH_PASSES_H
#define CNNC_PASSES_GRAPH_PASSES_H

#include "dialects/cnn/Cnn.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace cnnc::graph {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/graph/Passes.h.inc"

/// The phase `graph`: its passes in order. Afterwards batch norms are gone, pads of zeros are part of convolutions, and
/// elementwise operations stand alone only where no convolution, pool, matrix product or reduction can take them.
void buildGraphPhase(mlir::OpPassManager &manager);

} // namespace cnnc::graph

#endif

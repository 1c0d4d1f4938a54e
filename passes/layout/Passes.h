// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Same ops, now annotated with algorithm and layout; knows the target.
#ifndef CNNC_PASSES_LAYOUT_PASSES_H
#define CNNC_PASSES_LAYOUT_PASSES_H

#include "dialects/cnn/Cnn.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace cnnc::layout {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/layout/Passes.h.inc"

/// The phase `layout`: its passes in order. Afterwards every convolution has an algorithm and every activation a
/// layout.
void buildLayoutPhase(mlir::OpPassManager &manager);

} // namespace cnnc::layout

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which layouts an op can compute with, and what that costs.
#ifndef CNNC_PASSES_LAYOUT_DEMAND_H
#define CNNC_PASSES_LAYOUT_DEMAND_H

#include "passes/layout/ConvCost.h"

#include <optional>

namespace cnnc::layout {

/// What an op that stores its result in a given layout asks of its operands, of what is legal.
struct Demand {
  cnn::OperandLayouts operands;
  double cycles = 0;
};

/// The demand for `result` (null for an op without a result that has a layout); none if the op cannot store that. Where
/// the op leaves a choice for its input, that is made against `current`, the layouts that operands have: by cost, or,
/// without a core, so that they stay wherever they may, and else become the result's.
std::optional<Demand> getDemand(mlir::Operation *op, cnn::LayoutAttr result,
                                llvm::function_ref<cnn::LayoutAttr(mlir::Value)> current, const CoreFacts *core);

/// Whether a value has a layout to choose: a tensor of those types that an op of the body computes. Constants adapt at
/// compile time.
bool isActivation(mlir::Value value);
bool isConstant(mlir::Value value);

/// Cycles to convert a tensor; nothing where the bytes are the same.
double getConversionCycles(mlir::Value value, cnn::LayoutAttr from, cnn::LayoutAttr to, const CoreFacts &core);

} // namespace cnnc::layout

#endif

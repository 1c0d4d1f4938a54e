// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which layouts an op can compute with, and what that costs.
#ifndef CNNC_PASSES_LAYOUT_DEMAND_H
#define CNNC_PASSES_LAYOUT_DEMAND_H

#include "dialects/cnn/Cnn.h"
#include "passes/layout/ConvCost.h"

#include <optional>

namespace cnnc::layout {

/// What an op that stores its result in a given layout asks of its operands; null where any layout is ignored (weights,
/// integers).
struct Demand {
  llvm::SmallVector<cnn::LayoutAttr, 4> operands;
  double cycles = 0;
};

/// The demand for `result` (null for an op without a result that has a layout); none if the op cannot store that. Where
/// the op leaves a choice for its input, that is made against `current`, the layouts that operands have: by cost, or,
/// without a core, so that they stay wherever they may, and else become the result's.
std::optional<Demand> getDemand(mlir::Operation *op, cnn::LayoutAttr result,
                                llvm::function_ref<cnn::LayoutAttr(mlir::Value)> current, const CoreFacts *core);

/// Whether the op leaves such a choice; the demand of any other follows from `result` alone.
bool choosesInput(mlir::Operation *op);

/// Whether a value has a layout to choose: a tensor of those types that an op of the body computes. Constants adapt at compile
/// time.
bool isActivation(mlir::Value value);
bool isConstant(mlir::Value value);

/// Cycles to convert a tensor; nothing where the bytes are the same.
double getConversionCycles(mlir::Value value, cnn::LayoutAttr from, cnn::LayoutAttr to, const CoreFacts &core);

/// Whether values of this type have a layout other than row major: kernels read f32 and the bytes of quantised tensors.
bool hasLayout(mlir::Type type);

} // namespace cnnc::layout

#endif

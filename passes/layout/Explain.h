// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the layout phase chose, over what, and what it expects of it.
#ifndef CNNC_PASSES_LAYOUT_EXPLAIN_H
#define CNNC_PASSES_LAYOUT_EXPLAIN_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Location.h"

#include <string>
#include <vector>

namespace cnnc::layout {

/// One op after the layout phase. Cycles are predictions, one per level that the choice was made for.
struct Choice {
  mlir::Location location;
  std::string shape;     ///< "64x56x56 -> 64x56x56, 3x3": channels and space, kernel
  std::string algorithm; ///< of the kernel, and whether it was timed; or the kind of op
  std::string layouts;   ///< "nchw16c", or "nchw -> nchw16c" where it changes
  llvm::SmallVector<double, 2> cycles;
  double macs = 0; ///< of a convolution, as the model writes it
  /// What was rejected, nearest first, with its cycles over the chosen ones': a geometric mean over the levels.
  std::vector<std::pair<std::string, double>> rejected;
};

/// The choices of a module after the layout phase, in order; without the ops that only name bytes anew.
std::vector<Choice> explainChoices(mlir::ModuleOp module);

} // namespace cnnc::layout

#endif

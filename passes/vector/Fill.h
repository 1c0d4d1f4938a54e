// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writing one value everywhere in a strided box.
#ifndef CNNC_PASSES_VECTOR_FILL_H
#define CNNC_PASSES_VECTOR_FILL_H

#include "passes/vector/LoopNest.h"

namespace cnnc {

/// The step's part of `loops`, which have the pitches of one operand: every element becomes `value`.
void emitConstant(Step &step, llvm::SmallVector<Loop> loops, mlir::Value pointer, mlir::TypedAttr value);

/// The linalg.fill in the step of `user` that only gives `output` the value that a reduction starts from. The reduction
/// starts from its constant instead, so that nothing in a step reads what another op of the step wrote.
mlir::linalg::FillOp findAbsorbedFill(mlir::linalg::GenericOp user, mlir::Value output);

} // namespace cnnc

#endif

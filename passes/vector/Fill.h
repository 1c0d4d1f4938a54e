// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writing one value everywhere in a strided box.
#ifndef CNNC_PASSES_VECTOR_FILL_H
#define CNNC_PASSES_VECTOR_FILL_H

#include "passes/vector/LoopNest.h"

namespace cnnc::to_vector {

/// The step's part of `loops`, which have the pitches of one operand: every element becomes `value`.
void emitConstant(Step &step, llvm::SmallVector<Loop> loops, mlir::Value pointer, mlir::TypedAttr value);

} // namespace cnnc::to_vector

#endif

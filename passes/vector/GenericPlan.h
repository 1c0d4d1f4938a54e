// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loops of a scheduled linalg.generic: which are parallel, along which the lanes lie, how many accumulators.
#ifndef CNNC_PASSES_VECTOR_GENERICPLAN_H
#define CNNC_PASSES_VECTOR_GENERICPLAN_H

#include "dialects/kernel/GenericWalk.h"
#include "passes/vector/LoopNest.h"

namespace cnnc::to_vector {

struct GenericPlan {
  /// The parallel loops.
  Stream stream;
  /// The reduction loops but the innermost, outermost first.
  llvm::SmallVector<Loop> reduction;
  Loop inner;
  bool reduces;
  /// The lanes lie along `inner`, not along `stream.vector`.
  bool lanesReduce = false;
  /// Accumulators per vector of an output, or per output where lanes reduce. Fixed by the op and the level alone.
  int64_t copies = 1;
  /// Per output: the op that joins an element with what was accumulated; null where the body is no such thing.
  llvm::SmallVector<mlir::Operation *> combiners;
};

GenericPlan createGenericPlan(const kernel::GenericWalk &walk, kernel::GenericScheduleAttr schedule, int64_t lanes);

} // namespace cnnc::to_vector

#endif

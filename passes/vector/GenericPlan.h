// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How the loops of a linalg.generic are walked: which are parallel, along which the lanes lie, how many accumulators.
#ifndef CNNC_PASSES_VECTOR_GENERICPLAN_H
#define CNNC_PASSES_VECTOR_GENERICPLAN_H

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

/// `operands` are those of `op`; the constant terms of its maps are added to their pointers by the caller, who finds
/// them in `byteOffsets`.
mlir::FailureOr<GenericPlan> createGenericPlan(mlir::linalg::GenericOp op, llvm::ArrayRef<Operand> operands,
                                               int64_t lanes, llvm::SmallVectorImpl<int64_t> &byteOffsets);

} // namespace cnnc::to_vector

#endif

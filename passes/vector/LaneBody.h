// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The body of a linalg.generic for the lanes of one vector. Values that are equal in all lanes stay scalars, so table
// look-ups and addresses that do not depend on the lane cost one scalar instruction.
#ifndef CNNC_PASSES_VECTOR_LANEBODY_H
#define CNNC_PASSES_VECTOR_LANEBODY_H

#include "passes/vector/Step.h"

namespace cnnc::to_vector {

/// A value of the body: one scalar for all lanes (step 0), an integer that grows by `step` per lane, or a vector.
struct LaneValue {
  mlir::Value value;
  int64_t step = 0;

  bool isVector() const { return mlir::isa<mlir::VectorType>(value.getType()); }
  bool isUniform() const { return !isVector() && step == 0; }
};

/// `value` as a native vector.
mlir::Value getVector(VectorEmitter &emitter, LaneValue value);

/// `count` lanes at `pointer` + `bytes`, `pitch` bytes apart. i1 is stored in bytes.
LaneValue loadLanes(VectorEmitter &emitter, mlir::Value pointer, int64_t bytes, int64_t pitch, int64_t count,
                    mlir::Type element);
void storeLanes(VectorEmitter &emitter, mlir::Value vector, mlir::Value pointer, int64_t bytes, int64_t pitch,
                int64_t count);

/// The first `count` lanes of `value`, the others of `other`.
mlir::Value selectLanes(VectorEmitter &emitter, mlir::Value value, mlir::Value other, int64_t count);

/// What a body sees beside its arguments.
struct LaneScope {
  Step &step;
  /// Buffers that the body reads by computed indices.
  const llvm::DenseMap<mlir::Value, Operand> &captured;
  /// The value of linalg.index, an i64, for a dimension.
  llvm::function_ref<LaneValue(int64_t dimension)> getIndex;
  /// Lanes that count; the others may hold anything, but compute without a trap.
  int64_t lanes;
};

/// The operands of the body's terminator.
mlir::FailureOr<llvm::SmallVector<LaneValue>> emitLaneBody(mlir::Block &body, llvm::ArrayRef<LaneValue> arguments,
                                                           const LaneScope &scope);

} // namespace cnnc::to_vector

#endif

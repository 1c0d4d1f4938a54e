// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The products of Arithmetic.def on vectors: a step of the reduction for each lane's channel.
#ifndef CNNC_PASSES_VECTOR_PRODUCT_H
#define CNNC_PASSES_VECTOR_PRODUCT_H

#include "dialects/kernel/Arithmetic.h"
#include "passes/vector/VectorEmitter.h"

namespace cnnc::to_vector {

/// A step of `a` at `pointer` + `bytes`, for all lanes.
mlir::Value loadStep(VectorEmitter &emitter, const kernel::Arithmetic &arithmetic, mlir::Value pointer, int64_t bytes);

/// A step of the filter for the channel of each lane.
mlir::Value loadFilter(VectorEmitter &emitter, const kernel::Arithmetic &arithmetic, mlir::Value pointer,
                       int64_t bytes);

/// sum + the products of a step, exact where the accumulator is an integer.
mlir::Value multiplyAdd(VectorEmitter &emitter, const kernel::Arithmetic &arithmetic, mlir::Value filter, mlir::Value a,
                        mlir::Value sum);

/// Of two accumulators.
mlir::Value addSums(VectorEmitter &emitter, mlir::Value a, mlir::Value b);

} // namespace cnnc::to_vector

#endif

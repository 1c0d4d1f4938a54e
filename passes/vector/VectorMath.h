// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transcendental functions on vectors of f32 or f64 as polynomials: 1-2 ulp (f64: up to 4), no calls, safe for NaN,
// infinities and overflow.
// Subnormal arguments count as zero, as everywhere in generated code.
#ifndef CNNC_PASSES_VECTOR_VECTORMATH_H
#define CNNC_PASSES_VECTOR_VECTORMATH_H

#include "passes/vector/VectorEmitter.h"

namespace cnnc::to_vector {

/// `op`, a FUNCTION row of dialects/cnn/Functions.def, on vectors of f32 or f64; null for anything else.
mlir::Value emitFunction(mlir::Operation *op, mlir::ValueRange operands, VectorEmitter &emitter);

} // namespace cnnc::to_vector

#endif

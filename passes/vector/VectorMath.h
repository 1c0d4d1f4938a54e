// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transcendental functions on f32 vectors (any vector shape) as polynomials: 1-2 ulp, no calls, safe for NaN,
// infinities and overflow.
#ifndef CNNC_PASSES_VECTOR_VECTORMATH_H
#define CNNC_PASSES_VECTOR_VECTORMATH_H

#include "passes/vector/VectorEmitter.h"

namespace cnnc {

mlir::Value emitExp(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitExpm1(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitLog(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitLog1p(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitTanh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitErf(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitPow(VectorEmitter &emitter, mlir::Value x, mlir::Value y);
mlir::Value emitSin(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitCos(VectorEmitter &emitter, mlir::Value x);

} // namespace cnnc

#endif

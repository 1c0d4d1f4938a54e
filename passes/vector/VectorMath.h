// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transcendental functions on vectors of f32 or f64 as polynomials: 1-2 ulp (f64: up to 4), no calls, safe for NaN,
// infinities and overflow.
// Subnormal arguments count as zero, as everywhere in generated code.
#ifndef CNNC_PASSES_VECTOR_VECTORMATH_H
#define CNNC_PASSES_VECTOR_VECTORMATH_H

#include "passes/vector/VectorEmitter.h"

namespace cnnc {

mlir::Value emitExp(VectorEmitter &emitter, mlir::Value x);
/// exp(x) where only its sum with 1 counts; half the operations.
mlir::Value emitExpBesideOne(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitExpm1(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitLog(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitLog1p(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitTanh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitErf(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitPow(VectorEmitter &emitter, mlir::Value x, mlir::Value y);
mlir::Value emitSin(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitCos(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitTan(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAsin(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAcos(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAtan(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitSinh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitCosh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAsinh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAcosh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAtanh(VectorEmitter &emitter, mlir::Value x);
/// Half away from zero.
mlir::Value emitRound(VectorEmitter &emitter, mlir::Value x);
/// C's fmod: the sign of x.
mlir::Value emitRemainder(VectorEmitter &emitter, mlir::Value x, mlir::Value y);

} // namespace cnnc

#endif

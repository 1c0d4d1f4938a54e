// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The functions of VectorMath.h on f64: exact to a few units in the last place rather than fast.
#ifndef CNNC_PASSES_VECTOR_DOUBLEMATH_H
#define CNNC_PASSES_VECTOR_DOUBLEMATH_H

#include "passes/vector/Lanes.h"

namespace cnnc::to_vector {

Lanes doubleExponential(const Lanes &x);
Lanes doubleExponentialOfTwo(const Lanes &x);
Lanes doubleExponentialMinusOne(const Lanes &x);
/// The logarithms are right where x is a positive number.
Lanes doubleLogarithm(const Lanes &x);
Lanes doubleLogarithmOfTwo(const Lanes &x);
/// sin(x + quarters * pi / 2); exact for |x| < 8e8, bounded beyond.
Lanes doubleSine(const Lanes &x, int64_t quarters);
Lanes doubleArcTangent(const Lanes &x);
/// x^y for x >= 0.
Lanes doublePowerOfPositive(const Lanes &x, const Lanes &y);
Lanes doubleErrorFunction(const Lanes &x);
/// The remainder of x by y, both positive.
Lanes doubleRemainder(const Lanes &x, const Lanes &y);

} // namespace cnnc::to_vector

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/DoubleMath.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

namespace {

/// Adding it rounds to an integer and leaves that in the low bits.
constexpr double kMagic = 6755399441055744.0; // 1.5 * 2^52
/// ln 2 in two parts; products of the first with an exponent are exact.
constexpr double kLogTwoHigh = 0x1.62e42feep-1, kLogTwoLow = 1.90821492927058770002e-10;

/// The upper half of the digits: products of two such halves are exact.
Lanes upperHalf(const Lanes &x) {
  Lanes bits = x.bits();
  return (bits & bits.splat(-134217728.0)).to<arith::BitcastOp>(x.type().getElementType());
}

/// A number as an unevaluated sum; `low` is a rounding error of `high`.
struct Pair {
  Lanes high, low;
};

/// For |a| >= |b|.
Pair addExactly(const Lanes &a, const Lanes &b) {
  Lanes sum = a + b;
  return {sum, b - (sum - a)};
}

/// Dekker's product.
Pair multiplyExactly(const Lanes &a, const Lanes &b) {
  Lanes product = a * b, aHigh = upperHalf(a), bHigh = upperHalf(b), aLow = a - aHigh, bLow = b - bHigh;
  return {product, ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow};
}

struct Reduced {
  Lanes n;         ///< integer
  Lanes remainder; ///< x - n ln 2, at most ln 2 / 2
};

Reduced reduceByLogTwo(const Lanes &x) {
  Lanes shifted = x * 1.4426950408889634 + kMagic, rounded = shifted - kMagic;
  Lanes remainder = (x - rounded * kLogTwoHigh) - rounded * kLogTwoLow;
  Lanes n = shifted.bits().apply<arith::SubIOp>(shifted.splat(kMagic).bits());
  return {n, remainder};
}

/// exp(r) - 1 for |r| <= ln 2 / 2: Taylor's series.
Lanes expm1Reduced(const Lanes &r) {
  SmallVector<double> coefficients;
  double factorial = 1;
  for (int n = 2; n <= 14; ++n)
    coefficients.insert(coefficients.begin(), 1 / (factorial *= n));
  return r + r * r * polynomial(r, coefficients);
}

/// exp(x + tail) for a small tail.
Lanes exponentialOfSum(const Lanes &x, const Lanes &tail) {
  Reduced reduced = reduceByLogTwo(clamp(x, -746, 710));
  return scale(expm1Reduced(reduced.remainder + tail) + 1.0, reduced.n);
}

/// x = m 2^e with m in [sqrt(1/2), sqrt(2)).
struct Split {
  Lanes mantissa, exponent;
};

Split split(const Lanes &x) {
  Lanes bits = x.bits(), middle = x.splat(0.70710678118654752).bits();
  Lanes exponent = bits.apply<arith::SubIOp>(middle).apply<arith::ShRSIOp>(bits.splat(52));
  Lanes mantissa = bits.apply<arith::SubIOp>(exponent.apply<arith::ShLIOp>(bits.splat(52)));
  Type element = x.type().getElementType();
  return {mantissa.to<arith::BitcastOp>(element), exponent.to<arith::SIToFPOp>(element)};
}

/// 2 (artanh(s) - s) / s of z = s^2: 2/3 z + 2/5 z^2 + ...
Lanes artanhTail(const Lanes &z) {
  SmallVector<double> coefficients;
  for (int n = 27; n >= 3; n -= 2)
    coefficients.push_back(2.0 / n);
  return polynomial(z, coefficients) * z;
}

/// The logarithm of a positive number to twice the digits, nearly.
Pair logarithmPair(const Lanes &x) {
  Split parts = split(x);
  const Lanes &m = parts.mantissa;
  Lanes f = m - 1.0, d = m + 1.0, dLow = m - (d - 1.0);
  Lanes s = f / d;
  Pair product = multiplyExactly(s, d);
  Lanes sLow = ((f - product.high) - product.low - s * dLow) / d;
  Lanes tail = s * artanhTail(s * s);
  Pair sum = addExactly(parts.exponent * kLogTwoHigh, s + s);
  // Where the exponent is 0 the sum is the second term alone, exactly.
  Lanes low = sum.low + (parts.exponent * kLogTwoLow + (sLow + sLow + tail));
  return addExactly(sum.high, low);
}

} // namespace

Lanes cnnc::to_vector::doubleExponential(const Lanes &x) { return exponentialOfSum(x, x.splat(0)); }

Lanes cnnc::to_vector::doubleExponentialOfTwo(const Lanes &x) {
  Lanes inner = clamp(x, -1076, 1025), shifted = inner + kMagic;
  Lanes value = expm1Reduced((inner - (shifted - kMagic)) * 0.69314718055994531) + 1.0;
  return scale(value, shifted.bits().apply<arith::SubIOp>(shifted.splat(kMagic).bits()));
}

Lanes cnnc::to_vector::doubleExponentialMinusOne(const Lanes &x) {
  Reduced reduced = reduceByLogTwo(clamp(x, -60, 710));
  Lanes grown = expm1Reduced(reduced.remainder);
  // Half of the result, so that the largest scale is a number.
  Lanes power =
      powerOfTwo(reduced.n.apply<arith::SubIOp>(reduced.n.splat(1)), cast<FloatType>(x.type().getElementType()));
  Lanes half = grown * power + (power - 0.5);
  // The sum would lose the sign of zero.
  return copySign(half + half, x);
}

Lanes cnnc::to_vector::doubleLogarithm(const Lanes &x) {
  Split parts = split(x);
  Lanes f = parts.mantissa - 1.0, s = f / (f + 2.0), half = f * f * 0.5;
  // log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + tail(s^2)), of which all but f is small.
  Lanes rest = s * (half + artanhTail(s * s)) + parts.exponent * kLogTwoLow;
  return parts.exponent * kLogTwoHigh - ((half - rest) - f);
}

Lanes cnnc::to_vector::doubleLogarithmOfTwo(const Lanes &x) {
  Split parts = split(x);
  Lanes f = parts.mantissa - 1.0, s = f / (f + 2.0), half = f * f * 0.5;
  Lanes log = f - (half - s * (half + artanhTail(s * s)));
  return parts.exponent + log * 1.4426950408889634;
}

Lanes cnnc::to_vector::doubleSine(const Lanes &x, int64_t quarters) {
  Lanes shifted = x * 0.63661977236758134 + kMagic, n = shifted - kMagic;
  // pi / 2 in parts of 24 digits, whose products with n are exact.
  Lanes r = x;
  for (double part : {1.570796251296997, 7.549789415861596e-08, 5.390302529957765e-15, 3.282003415807913e-22})
    r = r - n * part;
  Lanes bits = shifted.bits();
  Lanes quadrant = bits.apply<arith::AddIOp>(bits.splat(double(quarters)));
  auto isSet = [&](double flag) {
    Value set = arith::CmpIOp::create(x.emitter->builder, x.emitter->loc, arith::CmpIPredicate::ne,
                                      quadrant & bits.splat(flag), bits.splat(0));
    return Lanes(*x.emitter, set);
  };
  // Beyond the range of the reduction the result is arbitrary, but a number.
  r = clamp(r, -0.8, 0.8);
  Lanes square = r * r;
  SmallVector<double> sines, cosines;
  double factorial = 1;
  for (int k = 2; k <= 20; ++k) {
    factorial *= k;
    (k % 2 ? sines : cosines).insert((k % 2 ? sines : cosines).begin(), (k / 2 % 2 ? -1 : 1) / factorial);
  }
  Lanes sine = r + r * square * polynomial(square, sines);
  Lanes cosine = square * polynomial(square, cosines) + 1.0;
  Lanes value = isSet(1).select(cosine, sine);
  return isSet(2).select(-value, value);
}

Lanes cnnc::to_vector::doubleArcTangent(const Lanes &x) {
  // Beside one of three centres what is left lies within tan(pi / 16).
  constexpr double kQuarter = 0.41421356237309504880; // tan(pi / 8)
  Lanes magnitude = abs(x), isLarge = magnitude > 1.0;
  Lanes t = isLarge.select(x.splat(1) / magnitude, magnitude);
  Lanes isMiddle = t > 0.19891236737965800, isUpper = t > 0.66817863791929892;
  Lanes centre = isUpper.select(x.splat(1), isMiddle.select(x.splat(kQuarter), x.splat(0)));
  Lanes angle = isUpper.select(x.splat(0.78539816339744831), isMiddle.select(x.splat(0.39269908169872415), x.splat(0)));
  Lanes u = (t - centre) / (t * centre + 1.0), z = u * u;
  SmallVector<double> coefficients;
  for (int n = 27; n >= 3; n -= 2)
    coefficients.push_back((n % 4 == 1 ? 1.0 : -1.0) / n);
  Lanes value = angle + (u + u * z * polynomial(z, coefficients));
  // 6.1e-17 is what pi / 2 is more than its double.
  return copySign(isLarge.select((x.splat(6.123233995736766e-17) - value) + 1.5707963267948966, value), x);
}

Lanes cnnc::to_vector::doublePowerOfPositive(const Lanes &x, const Lanes &y) {
  Pair log = logarithmPair(x);
  Lanes high = (x < getLeastNormal(x)).select(x.splat(-kInfinity), log.high);
  high = (x == kInfinity).select(x, high);
  Pair product = multiplyExactly(high, y);
  // No tail beside infinities.
  Lanes tail = (abs(product.high) < 750.0).select(product.low + log.low * y, x.splat(0));
  return exponentialOfSum(product.high, tail);
}

Lanes cnnc::to_vector::doubleErrorFunction(const Lanes &x) {
  Lanes magnitude = abs(x), square = x * x;
  // 2 / sqrt(pi) (-1)^n / (n! (2 n + 1))
  SmallVector<double> coefficients;
  double factorial = 1;
  for (int n = 0; n <= 19; ++n) {
    factorial *= std::max(n, 1);
    coefficients.insert(coefficients.begin(), 1.1283791670955126 * (n % 2 ? -1 : 1) / (factorial * (2 * n + 1)));
  }
  Lanes inner = x * polynomial(clamp(square, 0, 1), coefficients);
  // erfc(x) exp(x^2) on [1, 6], a fit of Chebyshev's kind around the middle of 1 / (x + 2); wrong by 4e-19.
  Lanes t = x.splat(1) / (clamp(magnitude, 1, 6) + 2.0) - 0.22916666666666667;
  Lanes scaled = polynomial(t, {7241.83206829916433, -4850.89641634565086, -75.4548887323115751, 1248.86228966653394,
                                -432.953586622171046, -164.615120785171867, 167.474154172655622, -3.9134152743320439,
                                -48.5142124517261335, 11.79467533363206, 14.8753673428268112, -5.7458475990460161,
                                -6.58757575345130276, 1.67439482444801578, 4.94462696192961697, 3.5537421703848106,
                                1.55417825319383983, 0.221429540229931806});
  Lanes outer = x.splat(1) - scaled * doubleExponential(-clamp(square, 0, 40));
  Lanes value = (magnitude > 1.0).select(copySign(outer, x), inner);
  return (magnitude == magnitude).select(value, x);
}

/// Long division, 24 digits of the quotient at a time: each product and each difference is exact.
Lanes cnnc::to_vector::doubleRemainder(const Lanes &x, const Lanes &y) {
  VectorEmitter &emitter = *x.emitter;
  constexpr int64_t digits = 24, steps = 2100 / digits + 1;
  auto step = [&](Value, ValueRange carried) {
    Lanes r(emitter, carried.front());
    Lanes yBits = y.bits(), one = yBits.splat(double(int64_t(1) << 52));
    auto exponent = [&](const Lanes &bits) { return bits.apply<arith::ShRUIOp>(bits.splat(52)); };
    Lanes shift = exponent(r.bits()).apply<arith::SubIOp>(exponent(yBits)).apply<arith::SubIOp>(one.splat(digits));
    shift = shift.apply<arith::MaxSIOp>(shift.splat(0));
    Lanes scaled =
        yBits.apply<arith::AddIOp>(shift.apply<arith::MulIOp>(one)).to<arith::BitcastOp>(x.type().getElementType());
    Lanes quotient = (r / scaled).apply<math::TruncOp>(), upper = upperHalf(scaled);
    Lanes rest = (r - quotient * upper) - quotient * (scaled - upper);
    // The quotient may have been rounded across an integer.
    rest = (rest < 0.0).select(rest + scaled, rest);
    return SmallVector<Value>{rest.compare(arith::CmpFPredicate::OGE, scaled).select(rest - scaled, rest)};
  };
  return {emitter, emitter.loop(emitter.constant(0), emitter.constant(steps), 1, x.value, step).front()};
}

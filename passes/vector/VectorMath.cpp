// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/VectorMath.h"

#include "passes/vector/DoubleMath.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

namespace {

struct Reduced {
  Lanes n;         ///< integer
  Lanes remainder; ///< x - n ln 2, at most ln 2 / 2
};

/// Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits; a NaN stays harmless, unlike in a conversion.
Reduced reduceByLogTwo(const Lanes &x) {
  constexpr double magic = 12582912.0;
  Lanes shifted = fma(x, 1.44269504088896341, x.splat(magic));
  Lanes rounded = shifted - magic;
  Lanes bits = shifted.bits();
  Lanes remainder = fma(rounded, -0.693359375, x);
  remainder = fma(rounded, 2.12194440e-4, remainder);
  return {bits.apply<arith::SubIOp>(bits.splat(0x4B400000)), remainder};
}

/// exp(r) - 1 for |r| <= ln 2 / 2.
Lanes expm1Reduced(const Lanes &r) {
  Lanes p = polynomial(
      r, {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1});
  return fma(p, r * r, r);
}

Lanes exponential(const Lanes &x) {
  if (isDouble(x))
    return doubleExponential(x);
  Reduced reduced = reduceByLogTwo(clamp(x, -104, 89));
  return scale(expm1Reduced(reduced.remainder) + 1.0, reduced.n);
}

/// 2^x: x less the nearest integer is exact.
Lanes exponentialOfTwo(const Lanes &x) {
  if (isDouble(x))
    return doubleExponentialOfTwo(x);
  constexpr double magic = 12582912.0;
  Lanes inner = clamp(x, -150, 129), shifted = inner + magic;
  Lanes value = expm1Reduced((inner - (shifted - magic)) * 0.69314718055994531) + 1.0;
  return scale(value, shifted.bits().apply<arith::SubIOp>(x.splat(magic).bits()));
}

/// exp(x), wrong by up to 1e-7 (1 + |x|) of itself: as a term beside 1 as good as any. 2^f for |f| <= 1/2 is a minimax
/// fit, and the sum that rounds log2(e) x to n leaves the exponent of 2^n in its low bits, up to zero and infinity.
/// A negation of x is taken into the constants.
Lanes exponentialBesideOne(const Lanes &x) {
  if (isDouble(x))
    return doubleExponential(x);
  auto negation = x.value.getDefiningOp<arith::NegFOp>();
  double scale = negation ? -1.44269504088896341 : 1.44269504088896341;
  Lanes inner = negation ? clamp({*x.emitter, negation.getOperand()}, -88.8, 88) : clamp(x, -88, 88.8);
  Lanes magic = x.splat(12582912.0 + 127);
  Lanes shifted = fma(inner, scale, magic);
  Lanes f = fma(inner, scale, magic - shifted);
  Lanes fraction =
      polynomial(f, {1.32764721e-3, 9.67554141e-3, 5.55071327e-2, 2.40221197e-1, 6.93146967e-1, 1.00000007});
  Lanes bits = shifted.bits();
  Lanes power = bits.apply<arith::ShLIOp>(bits.splat(23)).to<arith::BitcastOp>(x.type().getElementType());
  return {*x.emitter,
          arith::MulFOp::create(x.emitter->builder, x.emitter->loc, fraction, power, arith::FastMathFlags::contract)};
}

Lanes exponentialMinusOne(const Lanes &x) {
  if (isDouble(x))
    return doubleExponentialMinusOne(x);
  Reduced reduced = reduceByLogTwo(clamp(x, -30, 89));
  Lanes scale =
      powerOfTwo(reduced.n.apply<arith::SubIOp>(reduced.n.splat(1)), cast<FloatType>(x.type().getElementType()));
  Lanes value = fma(expm1Reduced(reduced.remainder), scale, scale - 0.5);
  Lanes doubled = value + value;
  // The sum would lose the sign of zero.
  return copySign(doubled, x);
}

/// x = m 2^e with m in [sqrt(1/2), sqrt(2)).
struct Split {
  Lanes exponent; ///< integer
  Lanes mantissa;
};

Split split(const Lanes &x) {
  Lanes bits = x.bits();
  Lanes above = bits.apply<arith::SubIOp>(bits.splat(0x3F3504F3));
  Lanes exponent = above.apply<arith::ShRSIOp>(bits.splat(23));
  Lanes mantissa = bits.apply<arith::SubIOp>(exponent.apply<arith::ShLIOp>(bits.splat(23)));
  return {exponent, mantissa.to<arith::BitcastOp>(x.type().getElementType())};
}

/// (log(1 + f) - f + f^2 / 2) / f^3, as in Cephes' logf.
Lanes logarithmTail(const Lanes &f) {
  return polynomial(f, {7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1});
}

/// `logarithm`, which is right where x is a positive number, for any x.
Lanes boundLogarithm(const Lanes &x, const Lanes &logarithm) {
  double least = getLeastNormal(x);
  Lanes value = (x < least).select(x.splat(-kInfinity), logarithm);
  value = (x < -least).select(x.splat(kNan), value);
  return (x < kInfinity).select(value, x);
}

Lanes logarithm(const Lanes &x) {
  if (isDouble(x))
    return boundLogarithm(x, doubleLogarithm(x));
  Split parts = split(x);
  Lanes f = parts.mantissa - 1.0;
  Lanes e = parts.exponent.to<arith::SIToFPOp>(x.type().getElementType());
  Lanes p = logarithmTail(f);
  Lanes square = f * f;
  Lanes tail = fma(square, -0.5, fma(e, -2.12194440e-4, f * square * p));
  return boundLogarithm(x, fma(e, 0.693359375, f + tail));
}

/// The exponent stays apart, so that powers of 2 have whole logarithms.
Lanes logarithmOfTwo(const Lanes &x) {
  if (isDouble(x))
    return boundLogarithm(x, doubleLogarithmOfTwo(x));
  Split parts = split(x);
  Lanes f = parts.mantissa - 1.0, square = f * f;
  Lanes log = f + fma(square, -0.5, f * square * logarithmTail(f));
  return boundLogarithm(x,
                        fma(log, 1.44269504088896341, parts.exponent.to<arith::SIToFPOp>(x.type().getElementType())));
}

Lanes logarithmOfOnePlus(const Lanes &x) {
  Lanes u = x + 1.0;
  Lanes correction = (x - (u - 1.0)) / u;
  correction = ((u > 0.0) & (u < kInfinity)).select(correction, x.splat(0));
  return logarithm(u) + correction;
}

/// In f64: sin of r for |r| <= pi / 4, and cos of it.
Lanes sineReduced(const Lanes &r, const Lanes &square) {
  Lanes p = polynomial(square, {2.7557319224e-6, -1.9841269841e-4, 8.3333333333333e-3, -1.66666666666667e-1});
  return fma(p * square, r, r);
}
Lanes cosineReduced(const Lanes &square) {
  return polynomial(square, {-2.7557319224e-7, 2.48015873016e-5, -1.38888888888889e-3, 4.16666666666667e-2, -0.5, 1.0});
}

/// sin(x + quarters * pi / 2), by reduction in f64: exact enough for |x| < 1e9.
Lanes sineFrom(const Lanes &x, int64_t quarters) {
  if (isDouble(x))
    return doubleSine(x, quarters);
  constexpr double magic = 6755399441055744.0;
  OpBuilder &builder = x.emitter->builder;
  Lanes wide = x.to<arith::ExtFOp>(builder.getF64Type());
  Lanes shifted = wide * 0.63661977236758134 + magic;
  Lanes n = shifted - magic;
  Lanes r = fma(n, -6.123233995736766e-17, fma(n, -1.5707963267948966, wide));
  Lanes bits = shifted.bits();
  Lanes quadrant = bits.apply<arith::AddIOp>(bits.splat(double(quarters)));
  Lanes one = bits.splat(1), two = bits.splat(2), none = bits.splat(0);
  auto isSet = [&](const Lanes &flag) {
    Value set = arith::CmpIOp::create(builder, x.emitter->loc, arith::CmpIPredicate::ne, quadrant & flag, none);
    return Lanes(*x.emitter, set);
  };
  // Beyond the range of the reduction the result is arbitrary, but a number.
  r = clamp(r, -0.8, 0.8);
  Lanes square = r * r;
  Lanes value = isSet(one).select(cosineReduced(square), sineReduced(r, square));
  value = isSet(two).select(-value, value);
  return value.to<arith::TruncFOp>(builder.getF32Type());
}

Lanes sine(const Lanes &x) { return sineFrom(x, 0); }
Lanes cosine(const Lanes &x) { return sineFrom(x, 1); }
Lanes tangent(const Lanes &x) { return sine(x) / cosine(x); }

/// Cephes' atanf.
Lanes arcTangent(const Lanes &x) {
  if (isDouble(x))
    return doubleArcTangent(x);
  Lanes t = abs(x);
  Lanes large = t > 2.414213562373095, middle = t > 0.4142135623730950;
  Lanes argument = large.select(x.splat(-1) / t, middle.select((t - 1.0) / (t + 1.0), t));
  Lanes base = large.select(x.splat(1.5707963267948966), middle.select(x.splat(0.7853981633974483), x.splat(0)));
  Lanes z = argument * argument;
  Lanes p = polynomial(z, {8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1});
  return copySign(base + fma(p * z, argument, argument), x);
}

/// Cephes' asinf: pi/2 - 2 asin(sqrt((1 - x) / 2)) above one half.
Lanes arcSine(const Lanes &x) {
  if (isDouble(x))
    return doubleArcTangent(x / sqrt((x.splat(1) - x) * (x + 1.0)));
  Lanes t = abs(x);
  Lanes large = t > 0.5;
  Lanes z = large.select((x.splat(1) - t) * 0.5, t * t);
  Lanes s = large.select(sqrt(z), t);
  Lanes p = polynomial(z, {4.2163199048e-2, 2.4181311049e-2, 4.5470025998e-2, 7.4953002686e-2, 1.6666752422e-1});
  Lanes small = fma(p * z, s, s);
  return copySign(large.select(x.splat(1.5707963267948966) - (small + small), small), x);
}

/// acos(x) = 2 asin(sqrt((1 - |x|) / 2)) above one half, mirrored for negative x.
Lanes arcCosine(const Lanes &x) {
  if (isDouble(x))
    return doubleArcTangent(sqrt((x.splat(1) - x) / (x + 1.0))) * 2.0;
  Lanes t = abs(x);
  Lanes half = arcSine(sqrt((x.splat(1) - t) * 0.5));
  Lanes twice = half + half;
  Lanes outer = (x < 0.0).select(x.splat(3.14159265358979) - twice, twice);
  return (t > 0.5).select(outer, x.splat(1.5707963267948966) - arcSine(x));
}

/// x^y for x >= 0 by exp(y log x) in f64, good to 1e-11.
Lanes powerOfPositive(const Lanes &x, const Lanes &y) {
  if (isDouble(x))
    return doublePowerOfPositive(x, y);
  Builder &builder = x.emitter->builder;
  FloatType wide = builder.getF64Type();
  Split parts = split(x);
  Lanes m = parts.mantissa.to<arith::ExtFOp>(wide);
  Lanes s = (m - 1.0) / (m + 1.0);
  Lanes square = s * s;
  Lanes series = polynomial(square, {2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9, 2.0 / 7, 2.0 / 5, 2.0 / 3, 2.0});
  Lanes log = fma(parts.exponent.to<arith::SIToFPOp>(wide), 0.69314718055994531, series * s);
  log = (x < getLeastNormal(x)).select(log.splat(-kInfinity), log);
  log = (x == kInfinity).select(log.splat(kInfinity), log);
  Lanes product = clamp(log * y.to<arith::ExtFOp>(wide), -200, 200);
  Lanes shifted = product * 1.4426950408889634 + 6755399441055744.0;
  Lanes n = shifted - 6755399441055744.0;
  Lanes r = fma(n, -1.9082149292705877e-10, fma(n, -0.6931471803691238, product));
  Lanes value = polynomial(r, {1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24,
                               1.0 / 6, 0.5, 1.0, 1.0});
  Lanes integer = shifted.bits();
  Lanes scale = powerOfTwo(integer.apply<arith::SubIOp>(Lanes(shifted.splat(6755399441055744.0)).bits()), wide);
  return (value * scale).to<arith::TruncFOp>(builder.getF32Type());
}

Lanes power(const Lanes &x, const Lanes &y) {
  Lanes value = powerOfPositive(abs(x), y);
  // A negative base needs an integer exponent; an odd one keeps the sign.
  Lanes whole = y.apply<math::RoundEvenOp>() == y;
  Lanes half = y * 0.5;
  Lanes even = half.apply<math::RoundEvenOp>() == half;
  Lanes finite = abs(x) < kInfinity;
  Lanes undefined = finite.select(x.splat(kNan), value);
  Lanes negative = whole.select(even.select(value, -value), undefined);
  value = (x < 0.0).select(negative, value);
  // pow(-0, odd) keeps the sign of its zero as well.
  Lanes signedValue = even.select(value, copySign(value, x));
  value = (x == 0.0).select(whole.select(signedValue, value), value);
  Lanes unordered = x.compare(arith::CmpFPredicate::UNO, y);
  value = unordered.select(x.splat(kNan), value);
  return ((y == 0.0) | (x == 1.0)).select(x.splat(1), value);
}

/// x P(x^2) / Q(x^2) for |x| up to `limit`, where the function has reached its end value in f32. The coefficients are
/// minimax fits of the relative error in f64 (below 2e-8); rounding in f32 leaves 3.5e-7.
Lanes oddRational(const Lanes &x, double limit, ArrayRef<double> numerator, ArrayRef<double> denominator) {
  Lanes inner = clamp(x, -limit, limit), square = inner * inner;
  return polynomial(square, numerator) * inner / polynomial(square, denominator);
}

Lanes hyperbolicTangent(const Lanes &x) {
  if (isDouble(x)) {
    Lanes grown = doubleExponentialMinusOne(clamp(abs(x) * 2.0, 0, 60));
    return copySign(grown / (grown + 2.0), x);
  }
  return oddRational(x, 9, {-1.22459852e-11, 3.06421522e-08, 2.80311473e-05, 0.00386949968, 0.136808498, 0.999999999},
                     {1.28902389e-06, 0.000394069886, 0.027250126, 0.470141818, 1.0});
}

Lanes errorFunction(const Lanes &x) {
  if (isDouble(x))
    return doubleErrorFunction(x);
  return oddRational(x, 3.9, {2.06646707e-06, 0.000285062991, 0.00373838018, 0.0526681855, 0.189667618, 1.12837915},
                     {3.82699991e-05, 0.00115738454, 0.0149143444, 0.113819284, 0.501421331, 1.0});
}

/// exp(t) / 2, also where exp(t) alone would overflow.
Lanes halfExponential(const Lanes &t) {
  Lanes root = exponential(t * 0.5);
  return root * 0.5 * root;
}

/// Where exp(t) is about to overflow, and exp(-t) is nothing beside it.
double getLargeExponent(const Lanes &x) { return isDouble(x) ? 709 : 88; }

Lanes hyperbolicSine(const Lanes &x) {
  Lanes t = abs(x);
  Lanes grown = exponentialMinusOne(t);
  Lanes inner = (grown + grown / (grown + 1.0)) * 0.5;
  return copySign((t > getLargeExponent(x)).select(halfExponential(t), inner), x);
}

Lanes hyperbolicCosine(const Lanes &x) {
  Lanes t = abs(x);
  Lanes grown = exponential(t) * 0.5;
  return (t > getLargeExponent(x)).select(halfExponential(t), grown + x.splat(0.25) / grown);
}

/// sign(x) log1p(t + t^2 / (1 + sqrt(1 + t^2))); log(2 t) where the square would overflow.
Lanes areaSine(const Lanes &x) {
  Lanes t = abs(x), square = t * t;
  Lanes inner = logarithmOfOnePlus(t + square / (sqrt(square + 1.0) + 1.0));
  Lanes outer = logarithm(t) + 0.69314718055994531;
  return copySign((t > 1e9).select(outer, inner), x);
}

Lanes areaCosine(const Lanes &x) {
  Lanes u = x - 1.0;
  Lanes inner = logarithmOfOnePlus(u + sqrt(fma(u, u, u + u)));
  // In f32 the square of what lies far below 1 overflows, and inner is a NaN as it is.
  if (isDouble(x))
    inner = (x < 1.0).select(x.splat(kNan), inner);
  return (x > 1e9).select(logarithm(x) + 0.69314718055994531, inner);
}

Lanes areaTangent(const Lanes &x) {
  Lanes t = abs(x);
  return copySign(logarithmOfOnePlus((t + t) / (x.splat(1) - t)) * 0.5, x);
}

/// A third of the bits, read as an integer, is a third of the exponent and a guess that is right to 1/30; each of
/// Halley's steps, of u = x / t^2 that does not overflow, has three times the digits.
Lanes cubeRoot(const Lanes &x) {
  bool wide = isDouble(x);
  FloatType element = cast<FloatType>(x.type().getElementType());
  Lanes magnitude = abs(x), third = magnitude.bits().to<arith::SIToFPOp>(element) * (1.0 / 3);
  Lanes guess = third + (wide ? 715094163.0 * 0x1p32 : 709958130.0);
  Lanes t = guess.to<arith::FPToSIOp>(x.integerType()).to<arith::BitcastOp>(element);
  for (int step = 0; step != (wide ? 3 : 2); ++step) {
    Lanes u = magnitude / (t * t);
    t = t + t * ((u - t) / (t + t + u));
  }
  Lanes isNormal = magnitude.compare(arith::CmpFPredicate::OGE, x.splat(getLeastNormal(x)));
  Lanes value = isNormal.select(t, x.splat(0));
  return (magnitude < kInfinity).select(copySign(value, x), x);
}

/// Half away from zero.
Lanes roundAwayFromZero(const Lanes &x) {
  // The largest number below one half: adding one half itself would round 0.49999997 up.
  double half = isDouble(x) ? 0.49999999999999994 : 0.49999997;
  return (x + copySign(x.splat(half), x)).apply<math::TruncOp>();
}

/// C's fmod: the sign of the dividend.
Lanes remainder(const Lanes &dividend, const Lanes &divisor) {
  if (isDouble(dividend)) {
    Lanes x = abs(dividend), y = abs(divisor);
    Lanes rest = doubleRemainder(x, y);
    // A number divided by infinity is left as it is; infinities and zero divide nothing.
    rest = ((y == kInfinity) & (x < kInfinity)).select(x, rest);
    return copySign(((x == kInfinity) | (y == 0.0)).select(x.splat(kNan), rest), dividend);
  }
  // In f64 the product of quotient and divisor is exact for quotients up to 2^29.
  Builder &builder = dividend.emitter->builder;
  Type wide = builder.getF64Type();
  Lanes x = abs(dividend.to<arith::ExtFOp>(wide)), y = abs(divisor.to<arith::ExtFOp>(wide));
  Lanes r = x - (x / y).apply<math::TruncOp>() * y;
  // The quotient may have been rounded across an integer.
  r = (r < 0.0).select(r + y, r);
  r = r.compare(arith::CmpFPredicate::OGE, y).select(r - y, r);
  r = ((y == kInfinity) & (x < kInfinity)).select(x, r);
  return copySign(r.to<arith::TruncFOp>(builder.getF32Type()), dividend);
}

using Unary = Lanes (*)(const Lanes &);
using Binary = Lanes (*)(const Lanes &, const Lanes &);

Value call(Unary function, ValueRange operands, VectorEmitter &emitter) { return function({emitter, operands[0]}); }
Value call(Binary function, ValueRange operands, VectorEmitter &emitter) {
  return function({emitter, operands[0]}, {emitter, operands[1]});
}

} // namespace

Value cnnc::to_vector::emitFunction(Operation *op, ValueRange operands, VectorEmitter &emitter) {
  Type element = operands.empty() ? Type() : getElementTypeOrSelf(operands[0]);
  if (!element || !(element.isF32() || element.isF64()))
    return {};
  auto exponent = dyn_cast<math::ExpOp>(op);
  if (exponent && bitEnumContainsAll(exponent.getFastmath(), arith::FastMathFlags::afn))
    return call(exponentialBesideOne, operands, emitter);
#define FUNCTION(row, cost, value, name)                                                                               \
  if (isa<row>(op))                                                                                                    \
    return call(name, operands, emitter);
#include "dialects/cnn/Functions.def"
  return {};
}

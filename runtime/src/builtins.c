/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What LLVM calls where the processor has no instruction, under the names that it gives them: so that a model needs no
 * compiler's runtime. Half precision is converted by hand below x86-64-v3. Round to nearest, ties to even. */
#include <stdint.h>

#if defined(__x86_64__)

static uint64_t cnnc_bits_of_double(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

static float cnnc_float_of_bits(uint32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

/* The bits of a half: 1 of sign, 5 of exponent (bias 15), 10 of mantissa. */
static uint16_t cnnc_half_of_double(double value) {
  const uint64_t bits = cnnc_bits_of_double(value), magnitude = bits & INT64_MAX;
  const uint16_t sign = (uint16_t)(bits >> 48 & 0x8000);
  const uint64_t mantissa_bits = 52, dropped = 42;
  if (magnitude > 0x7ff0000000000000) /* not a number: kept, and quiet */
    return (uint16_t)(sign | 0x7e00 | (magnitude >> dropped & 0x3ff));
  if (magnitude >= 0x40effe0000000000) /* 65520, the middle between the largest half and 2^16 */
    return sign | 0x7c00;
  const uint64_t exponent = magnitude >> mantissa_bits;
  if (exponent >= 1023 - 14) { /* normal: a carry of the mantissa into the exponent is what rounding up means */
    const uint64_t odd = magnitude >> dropped & 1;
    const uint64_t rebased = magnitude - ((uint64_t)(1023 - 15) << mantissa_bits);
    return (uint16_t)(sign | (rebased + (((uint64_t)1 << (dropped - 1)) - 1) + odd) >> dropped);
  }
  if (exponent < 1023 - 25) /* below half of the smallest half, 2^-24 */
    return sign;
  /* Subnormal: an integer in units of 2^-24. */
  const uint64_t mantissa = (magnitude & (((uint64_t)1 << mantissa_bits) - 1)) | (uint64_t)1 << mantissa_bits;
  const uint64_t shift = 1023 - 24 + mantissa_bits - exponent;
  const uint64_t quotient = mantissa >> shift, rest = mantissa & (((uint64_t)1 << shift) - 1);
  const uint64_t middle = (uint64_t)1 << (shift - 1);
  return (uint16_t)(sign | (quotient + (rest > middle || (rest == middle && (quotient & 1)))));
}

static float cnnc_float_of_half(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 0x1f, mantissa = half & 0x3ff;
  if (exponent == 0x1f)
    return cnnc_float_of_bits(sign | 0x7f800000 | (mantissa ? 0x400000 | mantissa << 13 : 0));
  if (exponent)
    return cnnc_float_of_bits(sign | (exponent + 127 - 15) << 23 | mantissa << 13);
  const float magnitude = (float)mantissa * 0x1p-24f;
  return sign ? -magnitude : magnitude;
}

float __extendhfsf2(_Float16 value) {
  uint16_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return cnnc_float_of_half(bits);
}

_Float16 __truncdfhf2(double value) {
  const uint16_t bits = cnnc_half_of_double(value);
  _Float16 half;
  __builtin_memcpy(&half, &bits, sizeof half);
  return half;
}

/* Every float is a double, so this rounds once. */
_Float16 __truncsfhf2(float value) { return __truncdfhf2(value); }

#endif

double __powidf2(double base, int exponent) {
  double power = 1;
  for (unsigned left = exponent < 0 ? 0u - (unsigned)exponent : (unsigned)exponent; left; left >>= 1) {
    if (left & 1)
      power *= base;
    base *= base;
  }
  return exponent < 0 ? 1 / power : power;
}

float __powisf2(float base, int exponent) {
  float power = 1;
  for (unsigned left = exponent < 0 ? 0u - (unsigned)exponent : (unsigned)exponent; left; left >>= 1) {
    if (left & 1)
      power *= base;
    base *= base;
  }
  return exponent < 0 ? 1 / power : power;
}

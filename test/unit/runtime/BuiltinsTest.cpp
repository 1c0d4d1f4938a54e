// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler's helpers against the processor's own instructions, and against mathematics.
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <immintrin.h>

extern "C" {
float __extendhfsf2(_Float16);
_Float16 __truncsfhf2(float);
_Float16 __truncdfhf2(double);
float __powisf2(float, int);
double __powidf2(double, int);
}

namespace {

template <typename To, typename From> To bits(From value) {
  static_assert(sizeof(To) == sizeof(From));
  To result;
  std::memcpy(&result, &value, sizeof result);
  return result;
}

__attribute__((target("f16c"))) uint16_t hardwareHalf(float value) {
  return _cvtss_sh(value, _MM_FROUND_TO_NEAREST_INT);
}
__attribute__((target("f16c"))) float hardwareFloat(uint16_t half) { return _cvtsh_ss(half); }

TEST(Builtins, EveryHalfBecomesItsFloat) {
  if (!__builtin_cpu_supports("f16c"))
    GTEST_SKIP() << "needs F16C";
  for (unsigned half = 0; half < 65536; ++half)
    ASSERT_EQ(bits<uint32_t>(__extendhfsf2(bits<_Float16>(uint16_t(half)))), bits<uint32_t>(hardwareFloat(half)))
        << half;
}

TEST(Builtins, FloatsRoundAsTheProcessorRounds) {
  if (!__builtin_cpu_supports("f16c"))
    GTEST_SKIP() << "needs F16C";
  // An odd stride meets every exponent and many ties.
  for (uint64_t pattern = 0; pattern < (uint64_t(1) << 32); pattern += 4093) {
    float value = bits<float>(uint32_t(pattern));
    ASSERT_EQ(bits<uint16_t>(__truncsfhf2(value)), hardwareHalf(value)) << std::hexfloat << value;
  }
  for (unsigned half = 0; half < 0x7c00; ++half) {
    float low = hardwareFloat(half), high = hardwareFloat(half + 1);
    if (std::isinf(high))
      high = 65536;
    float middle = low + (high - low) / 2;
    for (float value : {std::nextafter(middle, low), middle, std::nextafter(middle, high)}) {
      ASSERT_EQ(bits<uint16_t>(__truncsfhf2(value)), hardwareHalf(value)) << std::hexfloat << value;
      ASSERT_EQ(bits<uint16_t>(__truncsfhf2(-value)), hardwareHalf(-value)) << std::hexfloat << value;
    }
  }
}

TEST(Builtins, DoublesRoundOnce) {
  // Just above the middle between 1 and the next half: by way of float it would become 1.
  EXPECT_EQ(float(__truncdfhf2(1 + 0x1p-11 + 0x1p-40)), 1 + 0x1p-10f);
}

TEST(Builtins, PowersAreProducts) {
  EXPECT_EQ(__powisf2(3, 5), 243);
  EXPECT_EQ(__powisf2(2, -3), 0.125f);
  EXPECT_EQ(__powidf2(2, 0), 1);
  EXPECT_EQ(__powidf2(1, INT32_MIN), 1);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/bench/Peak.h"

#include <chrono>
#include <cstring>

double cnnc::bench::now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Twelve chains hide a latency of up to six cycles on two units.
#define CHAINS(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11)
static constexpr long kRounds = 20000;

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx512f"))) static void roundsV4() {
  __m512 a = _mm512_set1_ps(1e-9f), c[12] = {};
  for (long k = 0; k < kRounds; ++k) {
#define F(i) asm volatile("vfmadd231ps %1, %1, %0" : "+v"(c[i]) : "v"(a));
    CHAINS(F)
#undef F
  }
}

__attribute__((target("avx2,fma"))) static void roundsV3() {
  __m256 a = _mm256_set1_ps(1e-9f), c[12] = {};
  for (long k = 0; k < kRounds; ++k) {
#define F(i) asm volatile("vfmadd231ps %1, %1, %0" : "+x"(c[i]) : "x"(a));
    CHAINS(F)
#undef F
  }
}

/// Without a fused instruction a multiply-add is two.
static void roundsV2() {
  __m128 a = _mm_set1_ps(1e-9f), c[12] = {};
  for (long k = 0; k < kRounds; ++k) {
#define F(i)                                                                                                           \
  {                                                                                                                    \
    __m128 t = a;                                                                                                      \
    asm volatile("mulps %2, %1\n\taddps %1, %0" : "+x"(c[i]), "+x"(t) : "x"(a));                                       \
  }
    CHAINS(F)
#undef F
  }
}

double cnnc::bench::measurePeak(const char *level) {
  bool v4 = std::strstr(level, "v4"), v3 = std::strstr(level, "v3");
  double start = now();
  v4 ? roundsV4() : v3 ? roundsV3() : roundsV2();
  return 12.0 * kRounds * 2 * (v4 ? 16 : v3 ? 8 : 4) / (now() - start) / 1e9;
}
#else
#include <arm_neon.h>

double cnnc::bench::measurePeak(const char *) {
  float32x4_t a = vdupq_n_f32(1e-9f), c[12] = {};
  double start = now();
  for (long k = 0; k < kRounds; ++k) {
#define F(i) asm volatile("fmla %0.4s, %1.4s, %1.4s" : "+w"(c[i]) : "w"(a));
    CHAINS(F)
#undef F
  }
  return 12.0 * kRounds * 2 * 4 / (now() - start) / 1e9;
}
#endif

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The floating-point mode of kernels: round to nearest, no traps, subnormals are zero. A subnormal operand costs over a
 * hundred cycles on some processors. Setting the whole register makes results independent of the caller's mode. */
#ifndef CNNC_FLOAT_MODE_H
#define CNNC_FLOAT_MODE_H

#include <stdint.h>

#if defined(__x86_64__)

static inline uint64_t cnnc_float_mode_enter(void) {
  const uint32_t masked_ftz_daz = 0x9fc0;
  uint32_t saved;
  __asm__ volatile("stmxcsr %0" : "=m"(saved));
  __asm__ volatile("ldmxcsr %0" : : "m"(masked_ftz_daz) : "memory");
  return saved;
}

static inline void cnnc_float_mode_leave(uint64_t saved) {
  const uint32_t mode = (uint32_t)saved;
  __asm__ volatile("ldmxcsr %0" : : "m"(mode) : "memory");
}

#elif defined(__aarch64__)

static inline uint64_t cnnc_float_mode_enter(void) {
  const uint64_t flush_to_zero = (uint64_t)1 << 24;
  uint64_t saved;
  __asm__ volatile("mrs %0, fpcr" : "=r"(saved));
  __asm__ volatile("msr fpcr, %0" : : "r"(flush_to_zero) : "memory");
  return saved;
}

static inline void cnnc_float_mode_leave(uint64_t saved) { __asm__ volatile("msr fpcr, %0" : : "r"(saved) : "memory"); }

#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "split.h"

/* Nanoseconds of the step on one thread, roughly: 32 multiply-accumulates and 16 bytes each. */
static int64_t cnnc_step_estimate_ns(const cnnc_abi_step *step) { return step->macs / 32 + step->bytes / 16; }

cnnc_split cnnc_step_split(const cnnc_abi_step *step, uint32_t threads) {
  const int64_t short_ns = 5000, long_ns = 20000;
  const int64_t estimate_ns = cnnc_step_estimate_ns(step);
  if (threads == 1 || step->tasks < 2 || estimate_ns < short_ns)
    return CNNC_SPLIT_SERIAL;
  if (step->tasks <= threads || step->tasks > INT32_MAX || estimate_ns / threads < long_ns)
    return CNNC_SPLIT_FIXED;
  return CNNC_SPLIT_SHARED;
}

cnnc_range cnnc_split_range(int64_t count, uint32_t thread, uint32_t threads) {
  const int64_t size = count / threads, extra = count % threads;
  const int64_t begin = thread * size + (thread < extra ? thread : extra);
  return (cnnc_range){begin, begin + size + (thread < extra ? 1 : 0)};
}

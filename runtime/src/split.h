/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * How the tasks of a step are split over threads: pure functions of the step, which every thread evaluates alike. */
#ifndef CNNC_SPLIT_H
#define CNNC_SPLIT_H

#include "cnnc/abi.h"

typedef struct cnnc_split {
  _Bool serial;  /* thread 0 runs all */
  int64_t fixed; /* the first tasks have an owner by their number; the others go to whoever is free */
} cnnc_split;

typedef struct cnnc_range {
  int64_t begin, end;
} cnnc_range;

/* Nanoseconds of the step on one thread, roughly: 32 multiply-accumulates and 16 bytes each. */
static inline int64_t cnnc_step_estimate_ns(const cnnc_abi_step *step) { return step->macs / 32 + step->bytes / 16; }

/* A step under 5 us costs more to share than it gains. In one of over 200 us per thread a processor may be taken away
 * by the system, so its last quarter is not bound to a thread. */
static inline cnnc_split cnnc_step_split(const cnnc_abi_step *step, uint32_t threads) {
  const int64_t short_ns = 5000, long_ns = 200000;
  const int64_t estimate_ns = cnnc_step_estimate_ns(step);
  if (threads == 1 || step->tasks < 2 || estimate_ns < short_ns)
    return (cnnc_split){1, step->tasks};
  if (step->tasks <= threads || estimate_ns / threads < long_ns)
    return (cnnc_split){0, step->tasks};
  return (cnnc_split){0, step->tasks - step->tasks / 4};
}

/* The thread's part of 0..count: contiguous, sizes differ by at most one. */
static inline cnnc_range cnnc_split_range(int64_t count, uint32_t thread, uint32_t threads) {
  const int64_t size = count / threads, extra = count % threads;
  const int64_t begin = thread * size + (thread < extra ? thread : extra);
  return (cnnc_range){begin, begin + size + (thread < extra ? 1 : 0)};
}

#endif

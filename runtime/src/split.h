/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What a step is worth in threads, and how its tasks are split over them: pure functions, which every thread evaluates
 * alike. */
#ifndef CNNC_SPLIT_H
#define CNNC_SPLIT_H

#include "cnnc/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cnnc_range {
  int64_t begin, end;
} cnnc_range;

/* Nanoseconds of the step on one thread, roughly: 32 multiply-accumulates and 16 bytes each. */
int64_t cnnc_step_estimate_ns(const cnnc_abi_step *step);

/* The threads that the step's work pays for, at most its tasks: a step under 5 us costs more to share than it gains,
 * and each further thread wants 4 us of it. */
uint32_t cnnc_step_threads(const cnnc_abi_step *step, uint32_t threads);

/* How many of the step's tasks make a piece, which a thread takes at once: a fraction of a microsecond of work, and no
 * more than 65535 pieces. At least 1. */
int64_t cnnc_step_grain(const cnnc_abi_step *step);

/* The thread's part of 0..count: contiguous, sizes differ by at most one. */
cnnc_range cnnc_split_range(int64_t count, uint32_t thread, uint32_t threads);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * How the tasks of a step are split over threads: pure functions of the step, which every thread evaluates alike. */
#ifndef CNNC_SPLIT_H
#define CNNC_SPLIT_H

#include "cnnc/abi.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum cnnc_split {
  CNNC_SPLIT_SERIAL, /* thread 0 runs all */
  CNNC_SPLIT_FIXED,  /* each thread runs its own tasks */
  CNNC_SPLIT_SHARED  /* each runs its own tasks first, then what others have not begun */
} cnnc_split;

typedef struct cnnc_range {
  int64_t begin, end;
} cnnc_range;

/* A step under 5 us costs more to share than it gains. In one of over 20 us per thread it pays to look for others' work
 * at the end: the system may have taken a processor away. */
cnnc_split cnnc_step_split(const cnnc_abi_step *step, uint32_t threads);

/* The thread's part of 0..count: contiguous, sizes differ by at most one. */
cnnc_range cnnc_split_range(int64_t count, uint32_t thread, uint32_t threads);

#ifdef __cplusplus
}
#endif
#endif

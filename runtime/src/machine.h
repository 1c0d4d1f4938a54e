/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What the machine and the environment allow: instruction set level and number of threads. */
#ifndef CNNC_MACHINE_H
#define CNNC_MACHINE_H

#include "cnnc/abi.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of enum cnnc_feature: whose instructions the processor has and whose registers the system saves. */
uint64_t cnnc_machine_features(void);

/* The index of the model's level to run: the last whose needs the machine meets, or such a one that CNNC_ISA names. -1
 * when there is none. Says on stderr, once, when CNNC_ISA cannot be followed. */
int cnnc_level_select(const cnnc_abi_model *model);

/* CNNC_NUM_THREADS, else the processors of this machine that are ours; in 1..CNNC_MAX_THREADS. Says on stderr, once,
 * when CNNC_NUM_THREADS is no such number. */
uint32_t cnnc_threads_default(void);

/* The processors that the calling thread's affinity mask and the cgroup's quota leave; at least 1. */
uint32_t cnnc_machine_processors(void);

/* The whole processors of a quota of so much time in a period, at least 1: what is over would be a thread that the
 * system stops for the rest of each period, with the others waiting. UINT32_MAX where there is no quota. */
uint32_t cnnc_quota_threads(int64_t quota, int64_t period);

/* CNNC_PROFILE is set and neither empty nor "0". */
bool cnnc_profile_wanted(void);

enum { CNNC_MAX_THREADS = 1024, CNNC_MASK_WORDS = 128 }; /* a mask of 8192 processors */

#ifdef __cplusplus
}
#endif

#endif

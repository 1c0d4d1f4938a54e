/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * How many threads a run pays for, from what the table says, what the last runs took and how closely they follow each
 * other. Pure but for its state: the caller reads the clock. */
#ifndef CNNC_EFFORT_H
#define CNNC_EFFORT_H

#include "cnnc/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* To wake a worker costs the caller microseconds and takes tens of them: work of this length pays for it. */
#define CNNC_CALL_PAYS_NS 100000u

typedef struct cnnc_effort {
  uint64_t estimate_ns; /* of a run on one thread, from the table */
  uint64_t work_ns;     /* the same as measured, once it was */
  uint32_t measured;
  uint32_t probe;    /* the next run is on one thread, to measure it */
  uint64_t ended_ns; /* when the last run ended */
  uint32_t widest;   /* threads that the widest step pays for */
  uint32_t follows;  /* runs that came close upon another */
  uint32_t trial;    /* runs on several threads since the last verdict on them */
  uint64_t trial_ns; /* their time */
  uint32_t gains;    /* of these, those that were faster than on one */
  uint32_t rest;     /* runs until the next trial */
  uint32_t next_rest;
} cnnc_effort;

/* What a run had of its workers. */
typedef struct cnnc_help {
  uint64_t done_ns;   /* the estimate of what they did */
  uint64_t waited_ns; /* how long the caller waited for them */
} cnnc_help;

/* Of the model's steps on up to `threads` threads. */
cnnc_effort cnnc_effort_estimate(const cnnc_abi_model *model, uint32_t threads);

/* The threads for a run that begins now. A long run has as many as its work pays for. A short one has one, but where
 * runs follow each other so closely that workers need not sleep between them. Either as long as they are found to gain:
 * on a busy machine, or where processors share a core, one thread may be faster. */
uint32_t cnnc_effort_threads(cnnc_effort *effort, uint64_t now_ns);

/* A run on so many threads has ended. */
void cnnc_effort_measured(cnnc_effort *effort, uint64_t begin_ns, uint64_t end_ns, uint32_t threads, cnnc_help help);

/* How long each worker waits for the next run: enough for a caller that runs again at once, and all together short
 * against the run. */
uint64_t cnnc_effort_linger_ns(const cnnc_effort *effort);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "effort.h"

#include "split.h"

#include <stdbool.h>

enum { FOLLOWS_WANTED = 8, TRIAL_RUNS = 64, FIRST_REST = 4096, LONGEST_REST = 65536 };

cnnc_effort cnnc_effort_estimate(const cnnc_abi_model *model, uint32_t threads) {
  cnnc_effort effort = {.widest = 1, .next_rest = FIRST_REST};
  for (uint32_t i = 0; i < model->step_count; ++i) {
    const uint32_t wide = cnnc_step_threads(&model->steps[i], threads);
    effort.estimate_ns += (uint64_t)cnnc_step_estimate_ns(&model->steps[i]);
    effort.widest = wide > effort.widest ? wide : effort.widest;
  }
  effort.work_ns = effort.estimate_ns;
  return effort;
}

static bool cnnc_run_is_short(const cnnc_effort *effort) { return effort->work_ns < CNNC_CALL_PAYS_NS; }

/* Within a quarter of a run after the last: waiting so long for the next costs less than the workers gain. */
static bool cnnc_run_follows(const cnnc_effort *effort, uint64_t now_ns) {
  return now_ns - effort->ended_ns < effort->work_ns / 4;
}

uint32_t cnnc_effort_threads(cnnc_effort *effort, uint64_t now_ns) {
  if (effort->probe)
    return 1;
  if (!cnnc_run_is_short(effort)) {
    const uint64_t pays = effort->work_ns / (CNNC_CALL_PAYS_NS / 2);
    return pays < effort->widest ? (uint32_t)pays : effort->widest;
  }
  if (!cnnc_run_follows(effort, now_ns)) {
    effort->follows = 0;
    return 1;
  }
  if (effort->rest) {
    --effort->rest;
    return 1;
  }
  if (effort->follows < FOLLOWS_WANTED) {
    ++effort->follows;
    return 1;
  }
  return effort->widest;
}

/* Where threads share a core or are far from each other, or where the processors have other work, several threads may
 * be slower than one. */
static void cnnc_trial_judge(cnnc_effort *effort, uint64_t nanoseconds) {
  effort->gains += 10 * nanoseconds < 9 * effort->work_ns;
  if (++effort->trial < TRIAL_RUNS)
    return;
  if (effort->gains < TRIAL_RUNS / 2) {
    effort->rest = effort->next_rest;
    effort->next_rest = effort->rest < LONGEST_REST ? 2 * effort->rest : LONGEST_REST;
  } else {
    effort->next_rest = FIRST_REST;
  }
  effort->trial = effort->gains = 0;
}

/* A long run on several threads says only what its work is at most: their times together. */
static void cnnc_long_run_judge(cnnc_effort *effort, uint64_t nanoseconds, uint64_t most) {
  if (most < CNNC_CALL_PAYS_NS)
    effort->work_ns = most;
  else if (nanoseconds < CNNC_CALL_PAYS_NS && 2 * most < effort->work_ns)
    effort->probe = 1;
}

/* Upwards slowly: the system may have interrupted the run. */
static void cnnc_run_alone_learn(cnnc_effort *effort, uint64_t nanoseconds) {
  if (!effort->measured || effort->probe || nanoseconds < effort->work_ns)
    effort->work_ns = nanoseconds;
  else
    effort->work_ns += (nanoseconds - effort->work_ns) / 8;
  effort->measured = 1;
  effort->probe = 0;
}

void cnnc_effort_measured(cnnc_effort *effort, uint64_t begin_ns, uint64_t end_ns, uint32_t threads) {
  const uint64_t nanoseconds = end_ns - begin_ns;
  effort->ended_ns = end_ns;
  if (threads == 1)
    cnnc_run_alone_learn(effort, nanoseconds);
  else if (cnnc_run_is_short(effort))
    cnnc_trial_judge(effort, nanoseconds);
  else
    cnnc_long_run_judge(effort, nanoseconds, nanoseconds * threads);
}

uint64_t cnnc_effort_linger_ns(const cnnc_effort *effort) {
  const uint64_t longest_ns = 50000;
  const uint64_t part = cnnc_run_is_short(effort) ? effort->work_ns / 4 : effort->work_ns / 8;
  return part < longest_ns ? part : longest_ns;
}

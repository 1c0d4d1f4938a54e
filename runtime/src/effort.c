/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "effort.h"

#include "split.h"

#include <stdbool.h>

enum { FOLLOWS_WANTED = 8, REST_DOUBLINGS = 4 };

/* So many runs are judged together, and the first rest after a bad verdict. Long runs are fewer. */
typedef struct cnnc_trial {
  uint32_t runs, rest;
} cnnc_trial;

static const cnnc_trial short_runs = {64, 4096}, long_runs = {16, 64};

cnnc_effort cnnc_effort_estimate(const cnnc_abi_model *model, uint32_t threads) {
  cnnc_effort effort = {.widest = 1};
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

static uint32_t cnnc_long_run_threads(const cnnc_effort *effort) {
  const uint64_t pays = effort->work_ns / (CNNC_CALL_PAYS_NS / 2);
  return pays < effort->widest ? (uint32_t)pays : effort->widest;
}

uint32_t cnnc_effort_threads(cnnc_effort *effort, uint64_t now_ns) {
  const bool is_short = cnnc_run_is_short(effort), follows = cnnc_run_follows(effort, now_ns);
  if (effort->probe)
    return 1;
  if (is_short && !follows) {
    effort->follows = 0;
    return 1;
  }
  if (effort->rest) {
    --effort->rest;
    return 1;
  }
  if (!is_short)
    return cnnc_long_run_threads(effort);
  if (effort->follows >= FOLLOWS_WANTED)
    return effort->widest;
  ++effort->follows;
  return 1;
}

/* When most runs of a trial were slower than on one thread, the next ones have one: longer each time. */
static void cnnc_trial_judge(cnnc_effort *effort, cnnc_trial trial, bool gains) {
  effort->gains += gains;
  if (++effort->trial < trial.runs)
    return;
  if (effort->gains < trial.runs / 2) {
    const uint32_t longest = trial.rest << REST_DOUBLINGS;
    effort->rest = effort->next_rest < trial.rest ? trial.rest
                   : effort->next_rest < longest  ? effort->next_rest
                                                  : longest;
    effort->next_rest = 2 * effort->rest;
  } else {
    effort->next_rest = 0;
  }
  effort->trial = effort->gains = 0;
}

/* Without its workers the caller would have worked instead of waited, and have done their part too: that is longer
 * where it waited for a smaller part of the run than they did of the work. */
static bool cnnc_help_gains(const cnnc_effort *effort, uint64_t nanoseconds, cnnc_help help) {
  const double waited = (double)help.waited_ns / (double)nanoseconds;
  return waited < 0.9 * (double)help.done_ns / (double)effort->estimate_ns || help.waited_ns == 0;
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

void cnnc_effort_measured(cnnc_effort *effort, uint64_t begin_ns, uint64_t end_ns, uint32_t threads, cnnc_help help) {
  const uint64_t nanoseconds = end_ns > begin_ns ? end_ns - begin_ns : 1;
  effort->ended_ns = end_ns;
  if (threads == 1) {
    cnnc_run_alone_learn(effort, nanoseconds);
  } else if (cnnc_run_is_short(effort)) {
    cnnc_trial_judge(effort, short_runs, 10 * nanoseconds < 9 * effort->work_ns);
  } else {
    cnnc_trial_judge(effort, long_runs, cnnc_help_gains(effort, nanoseconds, help));
    cnnc_long_run_judge(effort, nanoseconds, nanoseconds * threads);
  }
}

uint64_t cnnc_effort_linger_ns(const cnnc_effort *effort) {
  const uint64_t longest_ns = 50000;
  const uint64_t part = cnnc_run_is_short(effort) ? effort->work_ns / 4 : effort->work_ns / 8;
  return part < longest_ns ? part : longest_ns;
}

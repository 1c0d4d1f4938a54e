/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "effort.h"

#include "split.h"
#include "table.h"

#include <stdbool.h>

enum { FOLLOWS_WANTED = 8 };

/* Runs on several threads are judged together, over a time in which the system finds a processor for each; after a bad
 * verdict the next ones have one thread, some times as many, and twice as many after each further one. */
enum { TRIAL_RUNS = 16, REST_PER_RUN = 4, LONGEST_REST_PER_RUN = 16 };
static const uint64_t trial_ns = 20000000;

cnnc_effort cnnc_effort_estimate(const cnnc_abi_model *model, uint32_t threads) {
  cnnc_effort effort = {.widest = 1};
  for (uint32_t i = 0; i < model->step_count; ++i) {
    const cnnc_abi_step *step = cnnc_step_at(model, i);
    const uint32_t wide = cnnc_step_threads(step, threads);
    effort.estimate_ns += (uint64_t)cnnc_step_estimate_ns(step);
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

static void cnnc_trial_judge(cnnc_effort *effort, uint64_t nanoseconds, bool gains) {
  effort->trial_ns += nanoseconds;
  effort->gains += gains;
  if (++effort->trial < TRIAL_RUNS || effort->trial_ns < trial_ns)
    return;
  if (2 * effort->gains < effort->trial) {
    const uint32_t least = REST_PER_RUN * effort->trial, most = LONGEST_REST_PER_RUN * effort->trial;
    effort->rest = effort->next_rest < least ? least : effort->next_rest < most ? effort->next_rest : most;
    effort->next_rest = 2 * effort->rest;
  } else {
    effort->next_rest = 0;
  }
  effort->trial = effort->gains = 0;
  effort->trial_ns = 0;
}

/* What the run would have taken alone, at the pace of the caller's own part of it. */
static uint64_t cnnc_alone_ns(const cnnc_effort *effort, uint64_t nanoseconds, cnnc_help help) {
  const double own = 1 - (double)help.done_ns / (double)effort->estimate_ns;
  return (uint64_t)((double)(nanoseconds - help.waited_ns) / (own > 0.01 ? own : 0.01));
}

/* The pace only lowers what is known, or an interrupted run would raise it: where it says that the work is far less,
 * or where nothing was measured and the workers seem to be no gain, the next run is on one thread. */
static void cnnc_team_run_learn(cnnc_effort *effort, uint64_t nanoseconds, cnnc_help help, bool gains) {
  const uint64_t alone_ns = cnnc_alone_ns(effort, nanoseconds, help);
  effort->probe = 2 * alone_ns < effort->work_ns || !(effort->measured || gains);
  if (4 * alone_ns < 3 * effort->work_ns)
    effort->work_ns = alone_ns;
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
  const uint64_t nanoseconds = end_ns > begin_ns + help.waited_ns ? end_ns - begin_ns : help.waited_ns + 1;
  effort->ended_ns = end_ns;
  if (threads == 1) {
    cnnc_run_alone_learn(effort, nanoseconds);
    return;
  }
  const bool gains = 10 * nanoseconds < 9 * effort->work_ns;
  cnnc_trial_judge(effort, nanoseconds, gains);
  cnnc_team_run_learn(effort, nanoseconds, help, gains);
}

uint64_t cnnc_effort_linger_ns(const cnnc_effort *effort) {
  if (cnnc_run_is_short(effort))
    return effort->work_ns / 4;
  const uint32_t threads = cnnc_long_run_threads(effort);
  const uint64_t all = effort->work_ns / 8 / (threads > 1 ? threads - 1 : 1);
  const uint64_t longest_ns = 500000, each = 50000 + effort->work_ns / 64;
  return all < each ? all : each < longest_ns ? each : longest_ns;
}

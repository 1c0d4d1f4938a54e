/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Walks the step table: a step's tasks on as many threads as its work pays for, then the next step. */
#include "context.h"
#include "float_mode.h"
#include "split.h"
#include "table.h"

static void cnnc_tasks_run(const cnnc_context *context, const cnnc_abi_step *step, uint32_t seat, int64_t begin,
                           int64_t end) {
  const cnnc_step_fn kernel = step->functions[context->level];
  char *scratch = context->scratch + seat * context->scratch_stride;
  for (int64_t task = begin; task < end; ++task)
    kernel(context->arena, context->weights, context->io, scratch, task);
}

static void cnnc_piece_run(void *job, const void *of, uint32_t seat, uint32_t piece) {
  const cnnc_abi_step *step = of;
  const int64_t grain = cnnc_step_grain(step), begin = piece * grain;
  const int64_t end = step->tasks - begin > grain ? begin + grain : step->tasks;
  cnnc_tasks_run(job, step, seat, begin, end);
}

/* `call`: the step, with those after it, is worth a wake. Returns the estimate of what workers did. */
static uint64_t cnnc_step_run(const cnnc_context *context, const cnnc_abi_step *step, cnnc_team *team, bool call) {
  const uint32_t threads = team ? cnnc_step_threads(step, context->threads) : 1;
  if (threads == 1) {
    cnnc_tasks_run(context, step, 0, 0, step->tasks);
    return 0;
  }
  const int64_t grain = cnnc_step_grain(step), pieces = (step->tasks - 1) / grain + 1;
  const uint64_t piece_ns = (uint64_t)(cnnc_step_estimate_ns(step) / pieces);
  return piece_ns * context->pool->share(team, step, (uint32_t)pieces, threads, call);
}

/* On the caller's thread, with the team's help where there is one. Returns the estimate of what that did. */
static uint64_t cnnc_steps_run(const cnnc_context *context, cnnc_team *team) {
  cnnc_profile *profile = context->profile;
  /* A short run has a team where runs follow each other: then what is left of this one does not matter. */
  const bool is_short = context->effort.work_ns < CNNC_CALL_PAYS_NS;
  uint64_t left_ns = context->effort.estimate_ns, helped_ns = 0;
  uint64_t begin = profile ? cnnc_clock_ns() : 0;
  for (uint32_t i = 0; i < context->model->step_count; ++i) {
    const cnnc_abi_step *step = cnnc_step_at(context->model, i);
    helped_ns += cnnc_step_run(context, step, team, is_short || left_ns >= CNNC_CALL_PAYS_NS);
    left_ns -= (uint64_t)cnnc_step_estimate_ns(step);
    if (profile) {
      const uint64_t end = cnnc_clock_ns();
      profile->steps[i].nanoseconds += end - begin;
      begin = end;
    }
  }
  if (profile)
    ++profile->runs;
  return helped_ns;
}

static void cnnc_walk_with_pool(cnnc_context *context) {
  cnnc_pool *pool = context->pool;
  const uint64_t begin = cnnc_clock_ns();
  const uint32_t threads = cnnc_effort_threads(&context->effort, begin);
  cnnc_team *team = threads > 1 ? pool->open(pool, threads, cnnc_piece_run, context) : NULL;
  cnnc_help help = {cnnc_steps_run(context, team), 0};
  if (team)
    help.waited_ns = pool->close(team, cnnc_effort_linger_ns(&context->effort));
  cnnc_effort_measured(&context->effort, begin, cnnc_clock_ns(), team ? threads : 1, help);
}

void cnnc_context_walk(cnnc_context *context) {
  const uint64_t mode = cnnc_float_mode_enter();
  if (context->pool)
    cnnc_walk_with_pool(context);
  else
    cnnc_steps_run(context, NULL);
  cnnc_float_mode_leave(mode);
}

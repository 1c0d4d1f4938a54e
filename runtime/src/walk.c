/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Walks the step table: the tasks of a step on all threads, a barrier, the next step. */
#include "context.h"
#include "float_mode.h"
#include "split.h"

typedef struct cnnc_walker {
  cnnc_context *context;
  char *scratch;
  uint32_t thread;
  uint32_t threads;
} cnnc_walker;

static void cnnc_tasks_run(const cnnc_walker *walker, const cnnc_abi_step *step, int64_t begin, int64_t end) {
  const cnnc_context *context = walker->context;
  const cnnc_step_fn kernel = step->kernel[context->level];
  for (int64_t task = begin; task < end; ++task)
    kernel(context->arena, context->weights, context->io, walker->scratch, task);
}

static void cnnc_step_share_run(const cnnc_walker *walker, const cnnc_abi_step *step) {
  const cnnc_split split = cnnc_step_split(step, walker->threads);
  if (split.serial) {
    if (walker->thread == 0)
      cnnc_tasks_run(walker, step, 0, step->tasks);
    return;
  }
  const cnnc_range own = cnnc_split_range(split.fixed, walker->thread, walker->threads);
  cnnc_tasks_run(walker, step, own.begin, own.end);
  if (split.fixed == step->tasks)
    return;
  for (;;) {
    const int64_t free_task =
        split.fixed + atomic_fetch_add_explicit(&walker->context->next_task, 1, memory_order_relaxed);
    if (free_task >= step->tasks)
      return;
    cnnc_tasks_run(walker, step, free_task, free_task + 1);
  }
}

/* The last to arrive resets what the next step needs and lets the others go. */
static void cnnc_barrier(cnnc_context *context, uint32_t threads) {
  const uint32_t phase = atomic_load_explicit(&context->phase.value, memory_order_relaxed);
  if (atomic_fetch_add_explicit(&context->arrived, 1, memory_order_acq_rel) + 1 < threads) {
    cnnc_word_wait_while(&context->phase, phase, context->pool->spin_barrier_ns);
    return;
  }
  atomic_store_explicit(&context->arrived, 0, memory_order_relaxed);
  atomic_store_explicit(&context->next_task, 0, memory_order_relaxed);
  cnnc_word_publish(&context->phase, phase + 1);
}

/* Neighbours that thread 0 runs alone need no meeting between them. */
static bool cnnc_barrier_needed(const cnnc_abi_step *step, uint32_t threads) {
  return !cnnc_step_split(step, threads).serial || !cnnc_step_split(step + 1, threads).serial;
}

static void cnnc_walk_share(void *argument, uint32_t thread, uint32_t threads) {
  cnnc_context *context = argument;
  const cnnc_walker walker = {context, context->scratch + thread * context->scratch_stride, thread, threads};
  cnnc_profile *profile = thread == 0 ? context->profile : NULL;
  const uint32_t steps = context->model->step_count;
  const uint64_t mode = cnnc_float_mode_enter();
  uint64_t begin = profile ? cnnc_clock_ns() : 0;
  for (uint32_t i = 0; i < steps; ++i) {
    const cnnc_abi_step *step = &context->model->steps[i];
    cnnc_step_share_run(&walker, step);
    if (threads > 1 && i + 1 < steps && cnnc_barrier_needed(step, threads))
      cnnc_barrier(context, threads);
    if (profile) {
      const uint64_t end = cnnc_clock_ns();
      profile->steps[i].nanoseconds += end - begin;
      begin = end;
    }
  }
  cnnc_float_mode_leave(mode);
}

void cnnc_context_walk(cnnc_context *context) {
  atomic_store_explicit(&context->next_task, 0, memory_order_relaxed);
  cnnc_pool *pool = context->pool;
  if (!pool || !pool->run(pool, context->threads, cnnc_walk_share, context))
    cnnc_walk_share(context, 0, 1);
  if (context->profile)
    ++context->profile->runs;
}

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

/* The number of a task of the share that nobody has taken in this epoch; -1 when all `count` are. */
static int64_t cnnc_share_take(cnnc_share *share, uint32_t epoch, int64_t count) {
  uint64_t old = atomic_load_explicit(&share->taken, memory_order_relaxed);
  for (;;) {
    const uint32_t taken = old >> 32 == epoch ? (uint32_t)old : 0;
    if (taken >= count)
      return -1;
    const uint64_t next = (uint64_t)epoch << 32 | (taken + 1);
    if (atomic_compare_exchange_weak_explicit(&share->taken, &old, next, memory_order_relaxed, memory_order_relaxed))
      return taken;
  }
}

static void cnnc_step_shared_run(const cnnc_walker *walker, const cnnc_abi_step *step, uint32_t epoch) {
  for (uint32_t i = 0; i < walker->threads; ++i) {
    const uint32_t owner = (walker->thread + i) % walker->threads;
    const cnnc_range range = cnnc_split_range(step->tasks, owner, walker->threads);
    cnnc_share *share = &walker->context->shares[owner];
    for (int64_t k; (k = cnnc_share_take(share, epoch, range.end - range.begin)) >= 0;)
      cnnc_tasks_run(walker, step, range.begin + k, range.begin + k + 1);
  }
}

static void cnnc_step_run(const cnnc_walker *walker, const cnnc_abi_step *step, uint32_t epoch) {
  const cnnc_split split = cnnc_step_split(step, walker->threads);
  if (split == CNNC_SPLIT_SHARED) {
    cnnc_step_shared_run(walker, step, epoch);
    return;
  }
  const bool serial = split == CNNC_SPLIT_SERIAL;
  if (serial && walker->thread != 0)
    return;
  const cnnc_range own = cnnc_split_range(step->tasks, walker->thread, serial ? 1 : walker->threads);
  cnnc_tasks_run(walker, step, own.begin, own.end);
}

/* The last to arrive lets the others go. */
static void cnnc_barrier(cnnc_context *context, uint32_t threads) {
  const uint32_t phase = atomic_load_explicit(&context->phase.value, memory_order_relaxed);
  if (atomic_fetch_add_explicit(&context->arrived, 1, memory_order_acq_rel) + 1 < threads) {
    cnnc_word_wait_while(&context->phase, phase, context->pool->spin_barrier_ns);
    return;
  }
  atomic_store_explicit(&context->arrived, 0, memory_order_relaxed);
  cnnc_word_publish(&context->phase, phase + 1);
}

/* Neighbours that thread 0 runs alone need no meeting between them. */
static bool cnnc_barrier_needed(const cnnc_abi_step *step, uint32_t threads) {
  return cnnc_step_split(step, threads) != CNNC_SPLIT_SERIAL || cnnc_step_split(step + 1, threads) != CNNC_SPLIT_SERIAL;
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
    cnnc_step_run(&walker, step, context->epoch + i);
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
  context->epoch += context->model->step_count;
  cnnc_pool *pool = context->pool;
  if (!pool || !pool->run(pool, context->threads, cnnc_walk_share, context))
    cnnc_walk_share(context, 0, 1);
  if (context->profile)
    ++context->profile->runs;
}

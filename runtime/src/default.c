/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What the generated <stem>_* functions call, and the lazy default contexts: the only globals of the runtime. */
#include "api.h"
#include "libc.h"
#include "pool.h"

#include <stdatomic.h>

enum { IDLE_CONTEXTS = 16 };

static _Atomic(cnnc_context *) idle[IDLE_CONTEXTS];
static _Atomic(cnnc_pool *) shared_pool;

/* Racing first callers may make two pools; one of them is kept. */
static cnnc_pool *cnnc_shared_pool(void) {
  cnnc_pool *pool = atomic_load_explicit(&shared_pool, memory_order_acquire), *made;
  if (pool || cnnc_rt_api.pool_create(0, &made) != CNNC_OK)
    return pool;
  if (atomic_compare_exchange_strong(&shared_pool, &pool, made))
    return made;
  cnnc_rt_api.pool_destroy(made);
  return pool;
}

static cnnc_context *cnnc_idle_take(void) {
  for (int i = 0; i < IDLE_CONTEXTS; ++i) {
    if (!atomic_load_explicit(&idle[i], memory_order_relaxed))
      continue;
    cnnc_context *context = atomic_exchange_explicit(&idle[i], NULL, memory_order_acq_rel);
    if (context)
      return context;
  }
  return NULL;
}

static void cnnc_idle_put(cnnc_context *context) {
  for (int i = 0; i < IDLE_CONTEXTS; ++i) {
    cnnc_context *empty = NULL;
    if (atomic_compare_exchange_strong_explicit(&idle[i], &empty, context, memory_order_acq_rel, memory_order_relaxed))
      return;
  }
  cnnc_rt_api.context_destroy(context);
}

int cnnc_rt_run_default(const cnnc_abi_model *model, void *const *inputs, void *const *outputs) {
  cnnc_context *context = cnnc_idle_take();
  if (!context) {
    cnnc_context_options options = {sizeof options, 0, NULL, NULL, 0, 0, 0};
    options.threads = cnnc_rt_api.default_threads();
    options.pool = options.threads > 1 ? cnnc_shared_pool() : NULL;
    const cnnc_status status = cnnc_rt_api.context_create(model, &options, &context);
    if (status != CNNC_OK)
      return status;
  }
  const cnnc_status status = cnnc_rt_api.run(context, inputs, outputs);
  cnnc_idle_put(context);
  return status;
}

int cnnc_rt_run_in(cnnc_context *context, void *const *inputs, void *const *outputs) {
  return cnnc_rt_api.run(context, inputs, outputs);
}

uint64_t cnnc_rt_context_bytes(const cnnc_abi_model *model, uint32_t threads) {
  return cnnc_rt_api.context_bytes(model, threads);
}

int cnnc_rt_context_create(const cnnc_abi_model *model, uint32_t threads, void *memory, uint64_t memory_bytes,
                           cnnc_context **context) {
  const cnnc_context_options options = {sizeof options, threads, NULL, memory, memory_bytes, 0, 0};
  return cnnc_rt_api.context_create(model, &options, context);
}

void cnnc_rt_context_destroy(cnnc_context *context) { cnnc_rt_api.context_destroy(context); }

/* The code of parked workers must not be unmapped under them. A pool that is running while the program exits stays. */
static void cnnc_default_close(void) {
  for (cnnc_context *context; (context = cnnc_idle_take());)
    cnnc_rt_api.context_destroy(context);
  cnnc_pool *pool = atomic_exchange(&shared_pool, NULL);
  cnnc_rt_api.pool_destroy(pool);
}

/* By section name: independent of how the linking compiler lowers __attribute__((destructor)). */
__attribute__((used, section(".fini_array"))) static void (*const close_entry)(void) = cnnc_default_close;

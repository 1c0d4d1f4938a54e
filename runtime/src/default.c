/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What the generated <stem>_* functions call, the model's instance, and the lazy default contexts: the only globals of
 * the runtime. */
#include "api.h"
#include "context.h"
#include "libc.h"
#include "pool.h"

#include <stdatomic.h>
#include <stdbool.h>

enum { IDLE_SLOTS = 31 };

/* Slots for contexts that nobody runs; a further block when more callers than slots have run at once. */
typedef struct cnnc_idle_block {
  _Atomic(struct cnnc_idle_block *) next;
  _Atomic(cnnc_context *) slots[IDLE_SLOTS];
} cnnc_idle_block;

static cnnc_idle_block idle;
static _Atomic(cnnc_pool *) shared_pool;
static _Atomic(const cnnc_instance *) opened;

/* Threads inside cnnc_rt_run_default, and whether the contexts and the pool are gone. */
enum { CLOSED = 1 << 30 };
static _Atomic uint32_t callers;

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

/* The one model that this runtime is linked into, opened by the first who asks. Of two racing openers one gives way. */
static cnnc_status cnnc_instance_get(const cnnc_abi_model *model, const cnnc_instance **instance) {
  *instance = atomic_load_explicit(&opened, memory_order_acquire);
  if (*instance)
    return CNNC_OK;
  const cnnc_instance *made;
  const cnnc_status status = cnnc_rt_api.model_open(model, &made);
  if (status != CNNC_OK)
    return status;
  if (atomic_compare_exchange_strong(&opened, instance, made))
    *instance = made;
  else
    cnnc_rt_api.model_close(made);
  return CNNC_OK;
}

static cnnc_context *cnnc_idle_take(void) {
  for (cnnc_idle_block *block = &idle; block; block = atomic_load_explicit(&block->next, memory_order_acquire))
    for (int i = 0; i < IDLE_SLOTS; ++i) {
      if (!atomic_load_explicit(&block->slots[i], memory_order_relaxed))
        continue;
      cnnc_context *context = atomic_exchange_explicit(&block->slots[i], NULL, memory_order_acq_rel);
      if (context)
        return context;
    }
  return NULL;
}

static bool cnnc_block_put(cnnc_idle_block *block, cnnc_context *context) {
  for (int i = 0; i < IDLE_SLOTS; ++i) {
    cnnc_context *empty = NULL;
    if (atomic_compare_exchange_strong_explicit(&block->slots[i], &empty, context, memory_order_acq_rel,
                                                memory_order_relaxed))
      return true;
  }
  return false;
}

/* The block after this one, made if there is none; NULL when there is no memory. Of two racing makers one gives way. */
static cnnc_idle_block *cnnc_block_next(cnnc_idle_block *block) {
  cnnc_idle_block *next = atomic_load_explicit(&block->next, memory_order_acquire);
  if (next)
    return next;
  void *made = mmap(NULL, sizeof *next, CNNC_PROT_READ | CNNC_PROT_WRITE, CNNC_MAP_PRIVATE | CNNC_MAP_ANONYMOUS, -1, 0);
  if (made == CNNC_MAP_FAILED)
    return NULL;
  if (atomic_compare_exchange_strong(&block->next, &next, made))
    return made;
  munmap(made, sizeof *next);
  return next;
}

static void cnnc_idle_put(cnnc_context *context) {
  for (cnnc_idle_block *block = &idle; block; block = cnnc_block_next(block))
    if (cnnc_block_put(block, context))
      return;
  cnnc_rt_api.context_destroy(context);
}

/* A context of the default number of threads; of one, on no pool, where there are to be none. */
static cnnc_status cnnc_context_make(const cnnc_abi_model *model, bool alone, cnnc_context **context) {
  cnnc_context_options options = {sizeof options, 1, NULL, NULL, 0, 0, 0};
  const cnnc_instance *instance;
  const cnnc_status status = cnnc_instance_get(model, &instance);
  if (status != CNNC_OK)
    return status;
  if (!alone)
    options.threads = cnnc_rt_api.default_threads();
  options.pool = options.threads > 1 ? cnnc_shared_pool() : NULL;
  return cnnc_rt_api.context_create(instance, &options, context);
}

/* The program is ending, and this thread runs on. */
static cnnc_status cnnc_run_closed(const cnnc_abi_model *model, void *const *inputs, void *const *outputs) {
  cnnc_context *context;
  cnnc_status status = cnnc_context_make(model, true, &context);
  if (status != CNNC_OK)
    return status;
  status = cnnc_rt_api.run(context, inputs, outputs);
  cnnc_rt_api.context_destroy(context);
  return status;
}

static cnnc_status cnnc_run_idle(const cnnc_abi_model *model, void *const *inputs, void *const *outputs) {
  cnnc_context *context = cnnc_idle_take();
  if (!context) {
    const cnnc_status status = cnnc_context_make(model, false, &context);
    if (status != CNNC_OK)
      return status;
  }
  const cnnc_status status = cnnc_rt_api.run(context, inputs, outputs);
  cnnc_idle_put(context);
  return status;
}

int cnnc_rt_run_default(const cnnc_abi_model *model, void *const *inputs, void *const *outputs) {
  const bool closed = atomic_fetch_add_explicit(&callers, 1, memory_order_acquire) & CLOSED;
  const cnnc_status status = closed ? cnnc_run_closed(model, inputs, outputs) : cnnc_run_idle(model, inputs, outputs);
  atomic_fetch_sub_explicit(&callers, 1, memory_order_release);
  return status;
}

int cnnc_rt_run_in(const cnnc_abi_model *model, cnnc_context *context, void *const *inputs, void *const *outputs) {
  if (!context || context->model != model)
    return CNNC_INVALID_ARGUMENT;
  return cnnc_rt_api.run(context, inputs, outputs);
}

uint64_t cnnc_rt_context_bytes(const cnnc_abi_model *model, uint32_t threads) {
  return cnnc_rt_api.context_bytes(model, threads);
}

int cnnc_rt_context_create(const cnnc_abi_model *model, uint32_t threads, void *memory, uint64_t memory_bytes,
                           cnnc_context **context) {
  const cnnc_context_options options = {sizeof options, threads, NULL, memory, memory_bytes, 0, 0};
  const cnnc_instance *instance;
  const cnnc_status status = cnnc_instance_get(model, &instance);
  return status == CNNC_OK ? cnnc_rt_api.context_create(instance, &options, context) : status;
}

void cnnc_rt_context_destroy(cnnc_context *context) { cnnc_rt_api.context_destroy(context); }

/* The code of parked workers must not be unmapped under them. With a thread inside, this is no dlclose but the end of
 * the program, and everything stays as it is: the threads end with it. */
static void cnnc_default_close(void) {
  uint32_t none = 0;
  if (!atomic_compare_exchange_strong(&callers, &none, CLOSED))
    return;
  for (cnnc_context *context; (context = cnnc_idle_take());)
    cnnc_rt_api.context_destroy(context);
  for (cnnc_idle_block *block = atomic_exchange(&idle.next, NULL), *next; block; block = next) {
    next = atomic_load(&block->next);
    munmap(block, sizeof *block);
  }
  cnnc_rt_api.pool_destroy(atomic_exchange(&shared_pool, NULL));
  cnnc_rt_api.model_close(atomic_exchange(&opened, NULL));
}

/* By section name: independent of how the linking compiler lowers __attribute__((destructor)). */
__attribute__((used, section(".fini_array"))) static void (*const close_entry)(void) = cnnc_default_close;

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "pool.h"

#include "libc.h"
#include "machine.h"
#include "wait.h"

static const uint64_t spin_between_steps_ns = 150000;
static const uint64_t spin_between_runs_ns = 1000000;

typedef struct cnnc_worker {
  cnnc_word calls; /* one more per job that this worker takes part in */
  struct cnnc_worker_pool *pool;
  cnnc_pthread thread;
  uint32_t index;
} cnnc_worker;

typedef struct cnnc_worker_pool {
  cnnc_pool base;
  uint64_t bytes;
  uint64_t spin_idle_ns;
  _Atomic uint32_t *alive; /* on a page that a forked child finds zeroed: there the workers do not exist */
  _Atomic uint32_t held;

  cnnc_work_fn work; /* NULL: the workers end */
  void *argument;
  uint32_t participants;
  _Atomic int caller_processor;
  _Alignas(CNNC_CACHE_LINE) _Atomic uint32_t remaining;
  cnnc_word finished; /* one more per job */
  cnnc_worker workers[];
} cnnc_worker_pool;

enum { ALIVE_BYTES = 65536 }; /* a page of any system */

static void *cnnc_worker_main(void *argument) {
  cnnc_worker *worker = argument;
  cnnc_worker_pool *pool = worker->pool;
  for (uint32_t call = 0;; ++call) {
    cnnc_word_wait_while(&worker->calls, call, pool->spin_idle_ns);
    if (!pool->work)
      return NULL;
    if (pool->spin_idle_ns > CNNC_CROWDED_SPIN_NS)
      cnnc_thread_step_aside(atomic_load_explicit(&pool->caller_processor, memory_order_relaxed));
    pool->work(pool->argument, worker->index, pool->participants);
    if (atomic_fetch_sub_explicit(&pool->remaining, 1, memory_order_acq_rel) == 1)
      cnnc_word_publish(&pool->finished, atomic_load_explicit(&pool->finished.value, memory_order_relaxed) + 1);
  }
}

static bool cnnc_pool_hold(cnnc_worker_pool *pool) {
  return atomic_load_explicit(pool->alive, memory_order_relaxed) &&
         !atomic_exchange_explicit(&pool->held, 1, memory_order_acquire);
}

static void cnnc_pool_call_workers(cnnc_worker_pool *pool, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    cnnc_word *calls = &pool->workers[i].calls;
    cnnc_word_publish(calls, atomic_load_explicit(&calls->value, memory_order_relaxed) + 1);
  }
}

static bool cnnc_pool_run(cnnc_pool *base, uint32_t threads, cnnc_work_fn work, void *argument) {
  cnnc_worker_pool *pool = (cnnc_worker_pool *)base;
  if (!cnnc_pool_hold(pool))
    return false;
  const uint32_t job = atomic_load_explicit(&pool->finished.value, memory_order_relaxed);
  pool->work = work;
  pool->argument = argument;
  pool->participants = threads;
  atomic_store_explicit(&pool->remaining, threads - 1, memory_order_relaxed);
  atomic_store_explicit(&pool->caller_processor, sched_getcpu(), memory_order_relaxed);
  cnnc_pool_call_workers(pool, threads - 1);
  work(argument, 0, threads);
  if (threads > 1)
    cnnc_word_wait_while(&pool->finished, job, base->spin_barrier_ns);
  atomic_store_explicit(&pool->held, 0, memory_order_release);
  return true;
}

/* Ends the workers that exist: base.threads - 1 of them. */
static void cnnc_pool_join(cnnc_worker_pool *pool) {
  const uint32_t workers = pool->base.threads - 1;
  pool->work = NULL;
  cnnc_pool_call_workers(pool, workers);
  for (uint32_t i = 0; i < workers; ++i)
    pthread_join(pool->workers[i].thread, NULL);
}

static bool cnnc_pool_destroy_workers(cnnc_pool *base) {
  cnnc_worker_pool *pool = (cnnc_worker_pool *)base;
  if (atomic_load_explicit(pool->alive, memory_order_relaxed)) {
    if (!cnnc_pool_hold(pool))
      return false;
    cnnc_pool_join(pool);
  }
  void *alive = (void *)pool->alive;
  munmap(pool, pool->bytes);
  munmap(alive, ALIVE_BYTES);
  return true;
}

static void *cnnc_map(size_t bytes) {
  void *memory = mmap(NULL, bytes, CNNC_PROT_READ | CNNC_PROT_WRITE, CNNC_MAP_PRIVATE | CNNC_MAP_ANONYMOUS, -1, 0);
  return memory == CNNC_MAP_FAILED ? NULL : memory;
}

/* The program's signals are for its own threads. */
static uint32_t cnnc_workers_start(cnnc_worker_pool *pool, uint32_t count) {
  struct cnnc_signal_set all, old;
  memset(&all, 0xff, sizeof all);
  pthread_sigmask(CNNC_SIG_SETMASK, &all, &old);
  uint32_t started = 0;
  for (; started < count; ++started) {
    cnnc_worker *worker = &pool->workers[started];
    worker->pool = pool;
    worker->index = started + 1;
    if (pthread_create(&worker->thread, NULL, cnnc_worker_main, worker) != 0)
      break;
  }
  pthread_sigmask(CNNC_SIG_SETMASK, &old, NULL);
  return started;
}

cnnc_status cnnc_rt_pool_create(uint32_t threads, cnnc_pool **out) {
  if (threads == 0)
    threads = cnnc_threads_default();
  if (threads > CNNC_MAX_THREADS)
    return CNNC_INVALID_ARGUMENT;
  const size_t bytes = sizeof(cnnc_worker_pool) + (threads - 1) * sizeof(cnnc_worker);
  _Atomic uint32_t *alive = cnnc_map(ALIVE_BYTES);
  cnnc_worker_pool *pool = cnnc_map(bytes);
  if (!alive || !pool) {
    if (alive)
      munmap((void *)alive, ALIVE_BYTES);
    if (pool)
      munmap(pool, bytes);
    return CNNC_OUT_OF_MEMORY;
  }
  madvise((void *)alive, ALIVE_BYTES, CNNC_MADV_WIPEONFORK);
  atomic_store_explicit(alive, 1, memory_order_relaxed);

  const bool crowded = threads > cnnc_machine_processors();
  pool->bytes = bytes;
  pool->alive = alive;
  pool->spin_idle_ns = crowded ? CNNC_CROWDED_SPIN_NS : spin_between_runs_ns;
  pool->base.abi_version = CNNC_ABI_VERSION;
  pool->base.spin_barrier_ns = crowded ? CNNC_CROWDED_SPIN_NS : spin_between_steps_ns;
  pool->base.run = cnnc_pool_run;
  pool->base.destroy = cnnc_pool_destroy_workers;
  pool->base.threads = 1 + cnnc_workers_start(pool, threads - 1);
  *out = &pool->base;
  return CNNC_OK;
}

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "pool.h"

#include "float_mode.h"
#include "libc.h"
#include "machine.h"
#include "process.h"
#include "team.h"

/* Waiting for the next call of an open team, or for the last piece: longer than most steps that the caller runs alone.
 * Threads that outnumber the processors keep each other from working. */
static const uint64_t patience_ns = 150000, crowded_patience_ns = 2000;

typedef struct cnnc_worker {
  struct cnnc_worker_pool *pool;
  cnnc_pthread thread;
} cnnc_worker;

enum worker_state { WORKERS_NONE, WORKERS_STARTING, WORKERS_ALIVE };

typedef struct cnnc_worker_pool {
  cnnc_pool base;
  uint64_t bytes;
  uint64_t patience_ns;
  uint32_t team_count;
  uint32_t seats; /* of a team */
  cnnc_team *teams;
  cnnc_worker *workers;
  cnnc_process_word workers_are; /* enum worker_state */

  _Alignas(CNNC_CACHE_LINE) _Atomic uint32_t ending;
  _Atomic uint32_t active; /* open teams */
  _Atomic uint32_t lacks;  /* one more whenever a team lacked workers */
  _Atomic uint32_t parked; /* workers that sleep and are not called */
  _Atomic uint32_t calls;  /* workers that are called and not yet up: a semaphore */
} cnnc_worker_pool;

/* 64 threads may serve 32 callers. */
enum { MAX_TEAMS = 32, WAKES_PER_CALL = 2, RELAXES_PER_CLOCK = 32 };

/* The seats of a team: what it wants, at most its fair share of the pool. */
static uint32_t cnnc_team_limit(const cnnc_team *team) {
  const uint32_t active = atomic_load_explicit(&team->pool->active, memory_order_relaxed);
  const uint32_t fair = team->pool->base.threads / (active ? active : 1);
  const uint32_t wanted = atomic_load_explicit(&team->wanted, memory_order_relaxed);
  return wanted < fair ? wanted : fair;
}

/* Takes an empty seat of an open team. */
static cnnc_team *cnnc_seat_take(cnnc_worker_pool *pool, uint32_t *seat) {
  for (uint32_t i = 0; i < pool->team_count; ++i) {
    cnnc_team *team = &pool->teams[i];
    if (atomic_load_explicit(&team->state, memory_order_acquire) != CNNC_TEAM_OPEN)
      continue;
    const uint32_t limit = cnnc_team_limit(team);
    for (*seat = 1; *seat < limit; ++*seat) {
      _Atomic uint32_t *seated = &team->shares[*seat].seated;
      if (!atomic_load_explicit(seated, memory_order_relaxed) &&
          !atomic_exchange_explicit(seated, 1, memory_order_acquire)) {
        atomic_fetch_add_explicit(&team->present, 1, memory_order_relaxed);
        return team;
      }
    }
  }
  return NULL;
}

static void cnnc_seat_leave(cnnc_team *team, uint32_t seat) {
  atomic_fetch_sub_explicit(&team->present, 1, memory_order_relaxed);
  atomic_store_explicit(&team->shares[seat].seated, 0, memory_order_release);
}

static bool cnnc_seat_withdrawn(const cnnc_team *team, uint32_t seat) {
  return seat >= cnnc_team_limit(team) || atomic_load_explicit(&team->pool->ending, memory_order_relaxed);
}

/* Returns once there is another epoch; false when the team's patience is over before. */
static bool cnnc_epoch_await(const cnnc_team *team, uint64_t epoch, uint32_t seat) {
  uint64_t begin = 0;
  for (;;) {
    for (int i = 0; i < RELAXES_PER_CLOCK; ++i) {
      if (atomic_load_explicit(&team->epoch, memory_order_relaxed) != epoch)
        return true;
      cnnc_relax();
    }
    if (cnnc_seat_withdrawn(team, seat))
      return true;
    const uint64_t now = cnnc_clock_ns();
    begin = begin ? begin : now;
    if (now - begin >= atomic_load_explicit(&team->patience_ns, memory_order_relaxed))
      return false;
  }
}

/* Helps the caller until the seat is withdrawn, or, which is false, until nothing has come for long. */
static bool cnnc_seat_serve(cnnc_team *team, uint32_t seat) {
  while (!cnnc_seat_withdrawn(team, seat)) {
    const uint64_t epoch = atomic_load_explicit(&team->epoch, memory_order_acquire);
    cnnc_team_help(team, epoch, seat);
    if (!cnnc_epoch_await(team, epoch, seat))
      return false;
  }
  return true;
}

static bool cnnc_decrease(_Atomic uint32_t *count) {
  uint32_t old = atomic_load_explicit(count, memory_order_seq_cst);
  while (old)
    if (atomic_compare_exchange_weak(count, &old, old - 1))
      return true;
  return false;
}

/* Sleeps until the worker is called, unless a team has lacked workers since it looked. Each who wakes wakes two more,
 * so that a caller's own wakes are few. */
static void cnnc_worker_park(cnnc_worker_pool *pool, uint32_t lacks) {
  /* The worker says that it sleeps, then looks; who lacks workers, or ends the pool, says so, then looks for sleepers.
   */
  atomic_fetch_add(&pool->parked, 1);
  if ((atomic_load(&pool->lacks) != lacks || atomic_load(&pool->ending)) && cnnc_decrease(&pool->parked))
    return;
  while (!cnnc_decrease(&pool->calls))
    cnnc_futex_wait(&pool->calls, 0);
  if (atomic_load_explicit(&pool->calls, memory_order_relaxed))
    cnnc_futex_wake(&pool->calls, WAKES_PER_CALL);
}

static void *cnnc_worker_main(void *argument) {
  cnnc_worker_pool *pool = ((cnnc_worker *)argument)->pool;
  prctl(CNNC_PR_SET_NAME, "cnnc-worker", 0, 0, 0);
  cnnc_float_mode_enter();
  while (!atomic_load_explicit(&pool->ending, memory_order_acquire)) {
    const uint32_t lacks = atomic_load(&pool->lacks);
    uint32_t seat;
    cnnc_team *team = cnnc_seat_take(pool, &seat);
    bool looks_further = false;
    if (team) {
      looks_further = cnnc_seat_serve(team, seat);
      cnnc_seat_leave(team, seat);
    }
    if (!looks_further)
      cnnc_worker_park(pool, lacks);
  }
  return NULL;
}

/* Wakes up to `count` sleeping workers. */
static void cnnc_workers_call(cnnc_worker_pool *pool, uint32_t count) {
  uint32_t parked = atomic_load(&pool->parked), called;
  do {
    called = parked < count ? parked : count;
    if (called == 0)
      return;
  } while (!atomic_compare_exchange_weak(&pool->parked, &parked, parked - called));
  atomic_fetch_add(&pool->calls, called);
  cnnc_futex_wake(&pool->calls, called < WAKES_PER_CALL ? called : WAKES_PER_CALL);
}

/* Calls the workers that the team lacks and that are not on their way. */
static void cnnc_team_fill(cnnc_team *team) {
  const uint32_t there = 1 + atomic_load_explicit(&team->present, memory_order_relaxed) +
                         atomic_load_explicit(&team->pool->calls, memory_order_relaxed);
  const uint32_t limit = cnnc_team_limit(team);
  if (there >= limit)
    return;
  atomic_fetch_add(&team->pool->lacks, 1);
  cnnc_workers_call(team->pool, limit - there);
}

/* The program's signals are for its own threads; what a thread does itself, and what samples it, goes to the thread. */
static void cnnc_signals_block(struct cnnc_signal_set *old) {
  enum { SIGNAL_ILL = 4, TRAP = 5, ABORT = 6, BUS = 7, FLOAT = 8, SEGMENT = 11, PROFILE = 27, SYSTEM_CALL = 31 };
  static const int kept[] = {SIGNAL_ILL, TRAP, ABORT, BUS, FLOAT, SEGMENT, PROFILE, SYSTEM_CALL, 32, 33, 34};
  struct cnnc_signal_set blocked;
  memset(&blocked, 0xff, sizeof blocked);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; ++i)
    blocked.bits[0] &= ~(1ul << (kept[i] - 1));
  pthread_sigmask(CNNC_SIG_SETMASK, &blocked, old);
}

static void cnnc_workers_start(cnnc_worker_pool *pool) {
  struct cnnc_signal_set old;
  cnnc_signals_block(&old);
  uint32_t started = 0;
  for (; started + 1 < pool->base.threads; ++started) {
    cnnc_worker *worker = &pool->workers[started];
    worker->pool = pool;
    if (pthread_create(&worker->thread, NULL, cnnc_worker_main, worker) != 0)
      break;
  }
  pool->base.threads = 1 + started;
  pthread_sigmask(CNNC_SIG_SETMASK, &old, NULL);
}

/* In a forked child: workers and the callers of other threads do not exist here. */
static void cnnc_pool_restart(cnnc_worker_pool *pool) {
  pool->parked = pool->calls = pool->active = 0;
  for (uint32_t i = 0; i < pool->team_count; ++i) {
    cnnc_team *team = &pool->teams[i];
    team->state = CNNC_TEAM_FREE;
    team->present = team->caller_sleeps = 0;
    team->expected = team->done;
    for (uint32_t seat = 0; seat < pool->seats; ++seat)
      team->shares[seat].seated = 0;
  }
  cnnc_workers_start(pool);
}

/* Whether the pool's workers are in this process. A forked child starts its own; while one thread does, others work
 * alone. */
static bool cnnc_pool_here(cnnc_worker_pool *pool) {
  if (cnnc_process_word_get(&pool->workers_are) == WORKERS_ALIVE)
    return true;
  if (!cnnc_process_word_change(&pool->workers_are, WORKERS_NONE, WORKERS_STARTING))
    return false;
  cnnc_pool_restart(pool);
  cnnc_process_word_set(&pool->workers_are, WORKERS_ALIVE);
  return true;
}

static cnnc_team *cnnc_team_take(cnnc_worker_pool *pool) {
  for (uint32_t i = 0; i < pool->team_count; ++i) {
    cnnc_team *team = &pool->teams[i];
    uint32_t state = CNNC_TEAM_FREE;
    if (atomic_load_explicit(&team->state, memory_order_relaxed) == state &&
        atomic_compare_exchange_strong_explicit(&team->state, &state, CNNC_TEAM_TAKEN, memory_order_acquire,
                                                memory_order_relaxed))
      return team;
  }
  return NULL;
}

static cnnc_team *cnnc_pool_open(cnnc_pool *base, uint32_t threads, cnnc_piece_fn run, void *job) {
  cnnc_worker_pool *pool = (cnnc_worker_pool *)base;
  cnnc_team *team = cnnc_pool_here(pool) ? cnnc_team_take(pool) : NULL;
  if (!team)
    return NULL;
  team->run = run;
  team->job = job;
  team->waited_ns = 0;
  atomic_store_explicit(&team->wanted, threads, memory_order_relaxed);
  atomic_store_explicit(&team->patience_ns, pool->patience_ns, memory_order_relaxed);
  atomic_fetch_add_explicit(&pool->active, 1, memory_order_relaxed);
  atomic_store_explicit(&team->state, CNNC_TEAM_OPEN, memory_order_release);
  return team;
}

static uint32_t cnnc_team_share(cnnc_team *team, const void *step, uint32_t pieces, uint32_t threads, bool call) {
  const uint32_t limit = cnnc_team_limit(team);
  if (threads > limit)
    threads = limit;
  if (threads < 2) {
    for (uint32_t piece = 0; piece < pieces; ++piece)
      team->run(team->job, step, 0, piece);
    return 0;
  }
  cnnc_team_publish(team, step, pieces, threads);
  /* Not before: the system may run a woken worker in the caller's place. */
  if (call)
    cnnc_team_fill(team);
  return cnnc_team_finish(team, step, pieces, threads, team->pool->patience_ns);
}

static uint64_t cnnc_team_close(cnnc_team *team, uint64_t linger_ns) {
  const uint64_t waited_ns = team->waited_ns;
  const uint64_t longest_ns = team->pool->patience_ns == crowded_patience_ns ? crowded_patience_ns : UINT64_MAX;
  atomic_store_explicit(&team->patience_ns, linger_ns < longest_ns ? linger_ns : longest_ns, memory_order_relaxed);
  atomic_fetch_sub_explicit(&team->pool->active, 1, memory_order_relaxed);
  atomic_store_explicit(&team->state, CNNC_TEAM_FREE, memory_order_release);
  return waited_ns;
}

static bool cnnc_pool_destroy_workers(cnnc_pool *base) {
  cnnc_worker_pool *pool = (cnnc_worker_pool *)base;
  if (cnnc_process_word_get(&pool->workers_are) == WORKERS_ALIVE) {
    for (uint32_t i = 0; i < pool->team_count; ++i)
      if (atomic_load_explicit(&pool->teams[i].state, memory_order_acquire) != CNNC_TEAM_FREE)
        return false;
    atomic_store(&pool->ending, 1);
    const uint32_t workers = pool->base.threads - 1;
    cnnc_workers_call(pool, workers);
    for (uint32_t i = 0; i < workers; ++i)
      pthread_join(pool->workers[i].thread, NULL);
  }
  cnnc_process_word_destroy(&pool->workers_are);
  munmap(pool, pool->bytes);
  return true;
}

/* The pool, its teams, their shares, and the workers, in one block. */
static cnnc_worker_pool *cnnc_pool_map(uint32_t threads) {
  const uint32_t pairs = threads / 2;
  const uint32_t team_count = pairs < 1 ? 1 : pairs < MAX_TEAMS ? pairs : MAX_TEAMS;
  const size_t share_bytes = threads * sizeof(cnnc_share);
  const size_t bytes =
      sizeof(cnnc_worker_pool) + team_count * (sizeof(cnnc_team) + share_bytes) + threads * sizeof(cnnc_worker);
  cnnc_worker_pool *pool =
      mmap(NULL, bytes, CNNC_PROT_READ | CNNC_PROT_WRITE, CNNC_MAP_PRIVATE | CNNC_MAP_ANONYMOUS, -1, 0);
  if (pool == CNNC_MAP_FAILED)
    return NULL;
  pool->bytes = bytes;
  pool->team_count = team_count;
  pool->seats = threads;
  pool->teams = (cnnc_team *)(pool + 1);
  char *shares = (char *)(pool->teams + team_count);
  for (uint32_t i = 0; i < team_count; ++i, shares += share_bytes) {
    pool->teams[i].pool = pool;
    pool->teams[i].shares = (cnnc_share *)shares;
  }
  pool->workers = (cnnc_worker *)shares;
  return pool;
}

cnnc_status cnnc_rt_pool_create(uint32_t threads, cnnc_pool **out) {
  if (threads == 0)
    threads = cnnc_threads_default();
  if (threads > CNNC_MAX_THREADS)
    return CNNC_INVALID_ARGUMENT;
  cnnc_worker_pool *pool = cnnc_pool_map(threads);
  if (!pool)
    return CNNC_OUT_OF_MEMORY;
  if (!cnnc_process_word_create(&pool->workers_are)) {
    munmap(pool, pool->bytes);
    return CNNC_OUT_OF_MEMORY;
  }
  pool->patience_ns = threads > cnnc_machine_processors() ? crowded_patience_ns : patience_ns;
  pool->base = (cnnc_pool){CNNC_RUNTIME_VERSION, threads,         cnnc_pool_open,
                           cnnc_team_share,      cnnc_team_close, cnnc_pool_destroy_workers};
  cnnc_workers_start(pool);
  cnnc_process_word_set(&pool->workers_are, WORKERS_ALIVE);
  *out = &pool->base;
  return CNNC_OK;
}

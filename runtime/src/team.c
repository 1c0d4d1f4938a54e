/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "team.h"

#include "split.h"

enum { TAKEN_BITS = 16, RELAXES_PER_CLOCK = 32 };

/* The number of a piece of the share that nobody has taken in this epoch; -1 when all `count` are, or when the epoch is
 * over: then every share of it is full, and one of a later epoch says so by itself. */
static int64_t cnnc_share_take(cnnc_share *share, uint64_t epoch, int64_t count) {
  uint64_t old = atomic_load_explicit(&share->taken, memory_order_relaxed);
  for (;;) {
    const uint64_t its_epoch = old >> TAKEN_BITS;
    const int64_t taken = its_epoch == epoch ? (int64_t)(old & CNNC_MAX_PIECES) : 0;
    if (its_epoch > epoch || taken >= count)
      return -1;
    const uint64_t next = epoch << TAKEN_BITS | (uint64_t)(taken + 1);
    if (atomic_compare_exchange_weak_explicit(&share->taken, &old, next, memory_order_relaxed, memory_order_relaxed))
      return taken;
  }
}

/* Takes pieces of the share of seat `owner` until there are none. Returns how many. */
static uint32_t cnnc_share_work(cnnc_team *team, uint64_t epoch, uint32_t seat, uint32_t owner, const void *step,
                                uint32_t pieces, uint32_t threads) {
  const cnnc_range range = cnnc_split_range(pieces, owner, threads);
  uint32_t done = 0;
  for (int64_t k; (k = cnnc_share_take(&team->shares[owner], epoch, range.end - range.begin)) >= 0; ++done)
    team->run(team->job, step, seat, (uint32_t)(range.begin + k));
  return done;
}

void cnnc_team_help(cnnc_team *team, uint64_t epoch, uint32_t seat) {
  const cnnc_call *call = &team->calls[epoch & 1];
  /* Acquire: who reads a part of a later call sees its epoch below. */
  const void *step = atomic_load_explicit(&call->step, memory_order_acquire);
  const uint32_t pieces = atomic_load_explicit(&call->pieces, memory_order_acquire);
  const uint32_t threads = atomic_load_explicit(&call->threads, memory_order_acquire);
  if (atomic_load_explicit(&team->epoch, memory_order_relaxed) != epoch || seat >= threads)
    return;
  /* Its own share, then those at distances 1, 2, 4 ...: many threads would look at each other's. */
  uint32_t done = cnnc_share_work(team, epoch, seat, seat, step, pieces, threads);
  for (uint32_t distance = 1; distance < threads; distance *= 2)
    done += cnnc_share_work(team, epoch, seat, (seat + distance) % threads, step, pieces, threads);
  if (done == 0)
    return;
  /* The worker counts, then looks for a sleeping caller; the caller says that it sleeps, then looks at the count. */
  atomic_fetch_add_explicit(&team->done, done, memory_order_seq_cst);
  if (atomic_load_explicit(&team->caller_sleeps, memory_order_seq_cst))
    cnnc_futex_wake(&team->done, 1);
}

static bool cnnc_done_spin(cnnc_team *team, uint32_t wanted) {
  for (int i = 0; i < RELAXES_PER_CLOCK; ++i) {
    if (atomic_load_explicit(&team->done, memory_order_acquire) == wanted)
      return true;
    cnnc_relax();
  }
  return false;
}

static void cnnc_done_sleep(cnnc_team *team, uint32_t wanted) {
  atomic_store_explicit(&team->caller_sleeps, 1, memory_order_seq_cst);
  for (uint32_t done; (done = atomic_load_explicit(&team->done, memory_order_seq_cst)) != wanted;)
    cnnc_futex_wait(&team->done, done);
  atomic_store_explicit(&team->caller_sleeps, 0, memory_order_relaxed);
}

static void cnnc_done_await(cnnc_team *team, uint32_t wanted, uint64_t spin_ns) {
  if (cnnc_done_spin(team, wanted))
    return;
  const uint64_t begin = cnnc_clock_ns();
  while (!cnnc_done_spin(team, wanted))
    if (cnnc_clock_ns() - begin >= spin_ns) {
      cnnc_done_sleep(team, wanted);
      break;
    }
  team->waited_ns += cnnc_clock_ns() - begin;
}

void cnnc_team_publish(cnnc_team *team, const void *step, uint32_t pieces, uint32_t threads) {
  const uint64_t epoch = atomic_load_explicit(&team->epoch, memory_order_relaxed) + 1;
  cnnc_call *call = &team->calls[epoch & 1];
  atomic_store_explicit(&call->step, step, memory_order_release);
  atomic_store_explicit(&call->pieces, pieces, memory_order_release);
  atomic_store_explicit(&call->threads, threads, memory_order_release);
  atomic_store_explicit(&team->epoch, epoch, memory_order_release);
}

uint32_t cnnc_team_finish(cnnc_team *team, const void *step, uint32_t pieces, uint32_t threads, uint64_t spin_ns) {
  const uint64_t epoch = atomic_load_explicit(&team->epoch, memory_order_relaxed);
  uint32_t own = cnnc_share_work(team, epoch, 0, 0, step, pieces, threads);
  /* Where the workers are through, a look at their shares would cost a cache line each. */
  if (atomic_load_explicit(&team->done, memory_order_relaxed) != team->expected + pieces - own)
    for (uint32_t owner = 1; owner < threads; ++owner)
      own += cnnc_share_work(team, epoch, 0, owner, step, pieces, threads);
  team->expected += pieces - own;
  cnnc_done_await(team, team->expected, spin_ns);
  return pieces - own;
}

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "wait.h"

#include "libc.h"
#include "machine.h"

#include <limits.h>
#include <stdbool.h>

uint64_t cnnc_clock_ns(void) {
  struct cnnc_timespec now = {0, 0};
  clock_gettime(CNNC_CLOCK_MONOTONIC, &now);
  return (uint64_t)now.seconds * 1000000000u + (uint64_t)now.nanoseconds;
}

static inline void cnnc_relax(void) {
#if defined(__x86_64__)
  __asm__ volatile("pause" ::: "memory");
#else
  __asm__ volatile("isb" ::: "memory");
#endif
}

static bool cnnc_spin_while(cnnc_word *word, uint32_t old, uint64_t spin_ns) {
  enum { RELAXES_PER_CLOCK = 32 };
  uint64_t begin = 0;
  for (;;) {
    for (int i = 0; i < RELAXES_PER_CLOCK; ++i) {
      if (atomic_load_explicit(&word->value, memory_order_acquire) != old)
        return true;
      cnnc_relax();
    }
    uint64_t now = cnnc_clock_ns();
    if (begin == 0)
      begin = now;
    if (now - begin >= spin_ns)
      return false;
  }
}

void cnnc_thread_step_aside(int taken) {
  uint64_t mask[CNNC_MASK_WORDS] = {0};
  if (taken < 0 || sched_getcpu() != taken || sched_getaffinity(0, sizeof mask, mask) < 0)
    return;
  const uint64_t bit = (uint64_t)1 << (taken % 64);
  mask[taken / 64] &= ~bit;
  if (sched_setaffinity(0, sizeof mask, mask) < 0) /* no other is allowed */
    return;
  mask[taken / 64] |= bit;
  sched_setaffinity(0, sizeof mask, mask);
}

void cnnc_word_wait_while(cnnc_word *word, uint32_t old, uint64_t spin_ns) {
  if (cnnc_spin_while(word, old, spin_ns))
    return;
  /* The waiter announces itself, then looks; the publisher stores, then looks for waiters. Both orders are sequentially
   * consistent, so one of them sees the other. */
  atomic_fetch_add_explicit(&word->parked, 1, memory_order_seq_cst);
  while (atomic_load_explicit(&word->value, memory_order_seq_cst) == old)
    syscall(CNNC_SYS_FUTEX, &word->value, CNNC_FUTEX_WAIT_PRIVATE, old, (void *)0, (void *)0, 0);
  atomic_fetch_sub_explicit(&word->parked, 1, memory_order_relaxed);
  if (spin_ns > CNNC_CROWDED_SPIN_NS)
    cnnc_thread_step_aside(atomic_load_explicit(&word->processor, memory_order_relaxed));
}

void cnnc_word_publish(cnnc_word *word, uint32_t value) {
  atomic_store_explicit(&word->value, value, memory_order_seq_cst);
  if (atomic_load_explicit(&word->parked, memory_order_seq_cst) == 0)
    return;
  atomic_store_explicit(&word->processor, sched_getcpu(), memory_order_relaxed);
  syscall(CNNC_SYS_FUTEX, &word->value, CNNC_FUTEX_WAKE_PRIVATE, INT_MAX, (void *)0, (void *)0, 0);
  sched_yield(); /* to one that was woken on this processor: it is gone in a moment */
}

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A word that threads wait on: they spin for a while, then park on a futex. Publishing a value costs a system call only
 * when somebody is parked. */
#ifndef CNNC_WAIT_H
#define CNNC_WAIT_H

#include <stdatomic.h>
#include <stdint.h>

#define CNNC_CACHE_LINE 64

typedef struct cnnc_word {
  _Alignas(CNNC_CACHE_LINE) _Atomic uint32_t value;
  _Atomic uint32_t parked;
  _Atomic int processor; /* of the last publisher that found somebody parked */
} cnnc_word;

/* Threads that outnumber the processors spin so briefly, and share a processor without complaint. */
#define CNNC_CROWDED_SPIN_NS 2000u

/* Returns once the value differs from `old`; spins for `spin_ns`, then parks. One that is woken on its waker's
 * processor steps aside. */
void cnnc_word_wait_while(cnnc_word *word, uint32_t old, uint64_t spin_ns);

/* Stores the value and wakes all who are parked. What was written before is visible to whoever sees the value. */
void cnnc_word_publish(cnnc_word *word, uint32_t value);

/* Moves the calling thread to any other processor that its mask allows, if it runs on `taken`, and leaves the mask as
 * it was. The system tends to wake a thread where its waker runs; there the two would take turns, step after step,
 * while another processor idles. */
void cnnc_thread_step_aside(int taken);

uint64_t cnnc_clock_ns(void);

#endif

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
} cnnc_word;

/* Returns once the value differs from `old`; spins for `spin_ns`, then parks. */
void cnnc_word_wait_while(cnnc_word *word, uint32_t old, uint64_t spin_ns);

/* Stores the value and wakes all who are parked. What was written before is visible to whoever sees the value. */
void cnnc_word_publish(cnnc_word *word, uint32_t value);

uint64_t cnnc_clock_ns(void);

#endif

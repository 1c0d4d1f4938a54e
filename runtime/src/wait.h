/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What waiting is made of: the clock, a pause, a futex. */
#ifndef CNNC_WAIT_H
#define CNNC_WAIT_H

#include <stdatomic.h>
#include <stdint.h>

#define CNNC_CACHE_LINE 64

/* On a clock that never steps back; no system call. */
uint64_t cnnc_clock_ns(void);

/* Tells the processor that this is a loop of waiting; a few tens of nanoseconds. */
void cnnc_relax(void);

/* Sleeps while the word holds `value`; may return early. */
void cnnc_futex_wait(_Atomic uint32_t *word, uint32_t value);

/* Wakes up to `count` of those who sleep on the word. */
void cnnc_futex_wake(_Atomic uint32_t *word, uint32_t count);

#endif

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "wait.h"

#include "libc.h"

uint64_t cnnc_clock_ns(void) {
  struct cnnc_timespec now = {0, 0};
  clock_gettime(CNNC_CLOCK_MONOTONIC, &now);
  return (uint64_t)now.seconds * 1000000000u + (uint64_t)now.nanoseconds;
}

void cnnc_relax(void) {
#if defined(__x86_64__)
  __asm__ volatile("pause" ::: "memory");
#else
  __asm__ volatile("isb" ::: "memory");
#endif
}

void cnnc_futex_wait(_Atomic uint32_t *word, uint32_t value) {
  syscall(CNNC_SYS_FUTEX, word, CNNC_FUTEX_WAIT_PRIVATE, value, (void *)0, (void *)0, 0);
}

void cnnc_futex_wake(_Atomic uint32_t *word, uint32_t count) {
  syscall(CNNC_SYS_FUTEX, word, CNNC_FUTEX_WAKE_PRIVATE, count, (void *)0, (void *)0, 0);
}

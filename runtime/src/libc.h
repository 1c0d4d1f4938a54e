/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * All that the runtime needs of libc, declared by hand: so its bitcode for every target is built without that target's
 * headers. The types and numbers are those of 64-bit Linux on x86-64 and aarch64, glibc and musl alike.
 * Whoever adds a function here adds it to the list of symbols that compiler/emit links against. */
#ifndef CNNC_LIBC_H
#define CNNC_LIBC_H

#include <stddef.h>
#include <stdint.h>

#if !defined(__linux__) || !defined(__LP64__)
#error "the runtime knows 64-bit Linux"
#endif

typedef unsigned long cnnc_pthread; /* pthread_t */

struct cnnc_timespec {
  int64_t seconds;
  int64_t nanoseconds;
};

struct cnnc_signal_set {
  unsigned long bits[16];
};

enum {
  CNNC_PROT_READ = 1,
  CNNC_PROT_WRITE = 2,
  CNNC_MAP_PRIVATE = 2,
  CNNC_MAP_ANONYMOUS = 0x20,
  CNNC_MADV_WILLNEED = 3,
  CNNC_MADV_HUGEPAGE = 14,
  CNNC_MADV_WIPEONFORK = 18,
  CNNC_PR_SET_NAME = 15,
  CNNC_CLOCK_MONOTONIC = 1,
  CNNC_SIG_SETMASK = 2,
  CNNC_FUTEX_WAIT_PRIVATE = 128,
  CNNC_FUTEX_WAKE_PRIVATE = 129,
  CNNC_O_RDONLY_CLOEXEC = 02000000,
  CNNC_AT_HWCAP = 16,
#if defined(__x86_64__)
  CNNC_SYS_FUTEX = 202
#elif defined(__aarch64__)
  CNNC_SYS_FUTEX = 98
#else
#error "the runtime knows x86-64 and aarch64"
#endif
};

#define CNNC_MAP_FAILED ((void *)-1)

extern int clock_gettime(int clock, struct cnnc_timespec *time);
extern int close(int file);
extern unsigned long getauxval(unsigned long type);
extern char *getenv(const char *name);
extern int getpid(void);
extern int madvise(void *address, size_t bytes, int advice);
extern void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
extern void *memset(void *to, int byte, size_t bytes);
extern void *mmap(void *address, size_t bytes, int protection, int flags, int file, long offset);
extern int munmap(void *address, size_t bytes);
extern int open(const char *path, int flags, ...);
extern int prctl(int option, ...);
extern int pthread_create(cnnc_pthread *thread, const void *attributes, void *(*start)(void *), void *argument);
extern int pthread_join(cnnc_pthread thread, void **result);
extern int pthread_sigmask(int how, const struct cnnc_signal_set *set, struct cnnc_signal_set *old);
extern long read(int file, void *to, size_t bytes);
extern int sched_getaffinity(int process, size_t bytes, void *set);
extern int snprintf(char *restrict to, size_t bytes, const char *restrict format, ...)
    __attribute__((format(printf, 3, 4)));
extern int strcmp(const char *left, const char *right);
extern size_t strlen(const char *text);
extern long syscall(long number, ...);
extern long write(int file, const void *from, size_t bytes);

#endif

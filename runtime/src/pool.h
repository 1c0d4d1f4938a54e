/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Worker threads. A pool made by one model's runtime serves the contexts of another: it is called through the functions
 * that it carries. */
#ifndef CNNC_POOL_H
#define CNNC_POOL_H

#include "cnnc/cnnc.h"

#include <stdbool.h>

typedef void (*cnnc_work_fn)(void *argument, uint32_t thread, uint32_t threads);

struct cnnc_pool {
  uint32_t abi_version;
  uint32_t threads;         /* with the caller's */
  uint64_t spin_barrier_ns; /* how long it pays to spin for threads of this pool */

  /* Calls work(argument, i, threads) once for each i below `threads`, 0 on the caller's thread, and returns when all
   * have returned. `threads` is at most the pool's. Returns false, and calls nothing, while another caller holds the
   * pool.
   */
  bool (*run)(cnnc_pool *pool, uint32_t threads, cnnc_work_fn work, void *argument);
  /* Returns false, and destroys nothing, while a caller holds the pool. */
  bool (*destroy)(cnnc_pool *pool);
};

cnnc_status cnnc_rt_pool_create(uint32_t threads, cnnc_pool **pool);

#endif

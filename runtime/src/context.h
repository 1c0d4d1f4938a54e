/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * One context: arena, scratch of each thread, and the state of the run in progress. Laid out in one block:
 * this structure, the io pointers, the arena, the scratch blocks. */
#ifndef CNNC_CONTEXT_H
#define CNNC_CONTEXT_H

#include "effort.h"
#include "pool.h"
#include "process.h"
#include "wait.h"

#include <stdbool.h>

typedef struct cnnc_step_time {
  uint64_t nanoseconds; /* sum over the runs */
} cnnc_step_time;

typedef struct cnnc_profile {
  uint64_t bytes; /* of this mapping */
  uint64_t runs;
  bool print_at_close;
  cnnc_step_time steps[];
} cnnc_profile;

struct cnnc_context {
  const cnnc_abi_model *model; /* first: libcnnc finds the model's runtime through it */
  const char *weights;
  char *arena;
  char *scratch;
  uint64_t scratch_stride;
  void **io;
  cnnc_pool *pool;       /* NULL on one thread */
  cnnc_profile *profile; /* NULL where steps are not measured */
  void *mapping;         /* NULL where the memory is the caller's */
  uint64_t bytes;
  uint32_t threads;
  uint32_t level;
  bool owns_pool;
  cnnc_process_word running; /* 1: a thread of this process is in it */

  cnnc_effort effort; /* where there is a pool */
};

/* Walks the step table. The context is valid, the buffers are checked and in context->io. */
void cnnc_context_walk(cnnc_context *context);

cnnc_profile *cnnc_profile_create(const cnnc_abi_model *model, bool print_at_close);
void cnnc_profile_destroy(cnnc_profile *profile);
void cnnc_profile_write(const cnnc_context *context);

#endif

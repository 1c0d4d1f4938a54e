/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * How the threads of a team take pieces of a step. Each seat owns a share of them, takes its own first, then what
 * others have not begun. The caller leaves a step when all pieces are done; who did them, it does not ask. */
#ifndef CNNC_TEAM_H
#define CNNC_TEAM_H

#include "pool.h"
#include "wait.h"

typedef struct cnnc_share {
  _Alignas(CNNC_CACHE_LINE) _Atomic uint64_t taken; /* the epoch, above 16 bits of how many pieces are taken in it */
  _Atomic uint32_t seated;                          /* a worker sits here */
} cnnc_share;

typedef struct cnnc_call {
  _Atomic(const void *) step;
  _Atomic uint32_t pieces;
  _Atomic uint32_t threads;
} cnnc_call;

enum cnnc_team_state { CNNC_TEAM_FREE, CNNC_TEAM_TAKEN, CNNC_TEAM_OPEN };

struct cnnc_team {
  /* One line that the caller writes and the workers watch. Calls alternate, so that a worker which reads the call of an
   * epoch, and finds the epoch unchanged, has read no part of another. */
  _Alignas(CNNC_CACHE_LINE) _Atomic uint64_t epoch; /* one more per call */
  cnnc_call calls[2];

  /* Only grows: to reset it, the caller would have to wait for its cache line before a call is seen. */
  _Alignas(CNNC_CACHE_LINE) _Atomic uint32_t done; /* pieces that workers have done */
  _Atomic uint32_t caller_sleeps;

  _Alignas(CNNC_CACHE_LINE) _Atomic uint32_t state;
  _Atomic uint32_t wanted;      /* threads */
  _Atomic uint32_t present;     /* workers that sit */
  _Atomic uint64_t patience_ns; /* how long they wait for a call */
  cnnc_piece_fn run;
  void *job;
  cnnc_share *shares; /* one per seat */
  struct cnnc_worker_pool *pool;

  /* The caller's own. */
  _Alignas(CNNC_CACHE_LINE) uint32_t expected; /* pieces that workers have done when they are through with the calls */
  uint64_t waited_ns;                          /* for workers since the team was opened */
};

/* Takes pieces of the call of `epoch` until there are none. Nothing when the caller has gone on to another. */
void cnnc_team_help(cnnc_team *team, uint64_t epoch, uint32_t seat);

/* The caller's next call. */
void cnnc_team_publish(cnnc_team *team, const void *step, uint32_t pieces, uint32_t threads);

/* Takes pieces of the call that is published and returns when all are done; spins for `spin_ns`, then sleeps. Returns
 * how many the workers did. */
uint32_t cnnc_team_finish(cnnc_team *team, const void *step, uint32_t pieces, uint32_t threads, uint64_t spin_ns);

#endif

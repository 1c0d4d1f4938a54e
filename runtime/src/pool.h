/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Worker threads. A pool made by one model's runtime serves the contexts of another: it is called through the functions
 * that it carries.
 *
 * A caller opens a team and shares pieces of work with it, one call after another; it works itself, and never waits for
 * a worker that has taken nothing. So workers may come late, leave, and go over to another caller at any time, and a
 * worker whose processor is taken away delays nobody but by the piece that it holds. */
#ifndef CNNC_POOL_H
#define CNNC_POOL_H

#include "api.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cnnc_team cnnc_team;

/* Piece `piece` of a step, by the thread at `seat`: no two threads have one seat at a time. */
typedef void (*cnnc_piece_fn)(void *job, const void *step, uint32_t seat, uint32_t piece);

enum { CNNC_MAX_PIECES = 65535 };

struct cnnc_pool {
  uint32_t version; /* CNNC_RUNTIME_VERSION */
  uint32_t threads; /* with the caller's */

  /* A team of up to `threads` for this caller, at most its fair share: the pool's threads by the number of teams. Or
   * NULL: then the caller works alone. */
  cnnc_team *(*open)(cnnc_pool *pool, uint32_t threads, cnnc_piece_fn run, void *job);
  /* Calls run(job, step, seat, i) once for each i below `pieces`, on up to `threads` threads, seats below `threads`;
   * the caller's seat is 0. Returns when all have returned. `call` wakes the workers that the team lacks. At most
   * CNNC_MAX_PIECES. Returns how many the workers did. */
  uint32_t (*share)(cnnc_team *team, const void *step, uint32_t pieces, uint32_t threads, bool call);
  /* The workers wait `linger_ns` for this caller's next team, then sleep. Returns how many nanoseconds the caller
   * waited for workers, but for waits of under a microsecond. */
  uint64_t (*close)(cnnc_team *team, uint64_t linger_ns);
  /* Ends the workers. Returns false, and destroys nothing, while a team is open. */
  bool (*destroy)(cnnc_pool *pool);
};

cnnc_status cnnc_rt_pool_create(uint32_t threads, cnnc_pool **pool);

#ifdef __cplusplus
}
#endif
#endif

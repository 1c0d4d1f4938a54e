/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "split.h"

#include "pool.h"

int64_t cnnc_step_estimate_ns(const cnnc_abi_step *step) { return step->macs / 32 + step->bytes / 16; }

uint32_t cnnc_step_threads(const cnnc_abi_step *step, uint32_t threads) {
  const int64_t short_ns = 5000, thread_ns = 4096;
  const int64_t estimate_ns = cnnc_step_estimate_ns(step);
  if (step->tasks < 2 || estimate_ns < short_ns)
    return 1;
  const int64_t pays = 1 + estimate_ns / thread_ns;
  const int64_t most = pays < step->tasks ? pays : step->tasks;
  return most < threads ? (uint32_t)most : threads;
}

int64_t cnnc_step_grain(const cnnc_abi_step *step) {
  const int64_t piece_ns = 256;
  const int64_t estimate_ns = cnnc_step_estimate_ns(step);
  const int64_t least = (step->tasks - 1) / CNNC_MAX_PIECES + 1;
  const int64_t most = estimate_ns / piece_ns + 1; /* pieces that are long enough */
  const int64_t grain = step->tasks / most;
  return grain > least ? grain : least;
}

cnnc_range cnnc_split_range(int64_t count, uint32_t thread, uint32_t threads) {
  const int64_t size = count / threads, extra = count % threads;
  const int64_t begin = thread * size + (thread < extra ? thread : extra);
  return (cnnc_range){begin, begin + size + (thread < extra ? 1 : 0)};
}

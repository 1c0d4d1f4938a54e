/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "remark.h"

#include "libc.h"

/* FNV-1a, but never 0. */
static uint32_t cnnc_line_hash(const char *line) {
  uint32_t hash = 2166136261u;
  for (; *line; ++line)
    hash = (hash ^ (unsigned char)*line) * 16777619u;
  return hash | 1;
}

void cnnc_remark_once(_Atomic uint32_t *remarked, const char *line) {
  const uint32_t hash = cnnc_line_hash(line);
  if (atomic_exchange_explicit(remarked, hash, memory_order_relaxed) != hash)
    (void)!write(2, line, strlen(line));
}

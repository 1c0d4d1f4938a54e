/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "process.h"

#include "libc.h"

enum { PAGE_BYTES = 65536 }; /* a page of any system */

bool cnnc_process_word_create(cnnc_process_word *word) {
  void *page = mmap(NULL, PAGE_BYTES, CNNC_PROT_READ | CNNC_PROT_WRITE, CNNC_MAP_PRIVATE | CNNC_MAP_ANONYMOUS, -1, 0);
  if (page == CNNC_MAP_FAILED)
    return false;
  word->at = page;
  word->by_number = madvise(page, PAGE_BYTES, CNNC_MADV_WIPEONFORK) != 0;
  return true;
}

void cnnc_process_word_destroy(cnnc_process_word *word) {
  if (word->at)
    munmap((void *)word->at, PAGE_BYTES);
}

static uint64_t cnnc_process_mark(const cnnc_process_word *word) {
  return word->by_number ? (uint64_t)getpid() << 32 : 0;
}

/* What the word is to the process of this mark. */
static uint32_t cnnc_value_of(uint64_t bits, uint64_t mark) { return bits >> 32 == mark >> 32 ? (uint32_t)bits : 0; }

uint32_t cnnc_process_word_get(const cnnc_process_word *word) {
  return cnnc_value_of(atomic_load_explicit(word->at, memory_order_acquire), cnnc_process_mark(word));
}

bool cnnc_process_word_change(const cnnc_process_word *word, uint32_t from, uint32_t to) {
  const uint64_t mark = cnnc_process_mark(word);
  uint64_t old = atomic_load_explicit(word->at, memory_order_relaxed);
  while (cnnc_value_of(old, mark) == from)
    if (atomic_compare_exchange_weak_explicit(word->at, &old, mark | to, memory_order_acquire, memory_order_relaxed))
      return true;
  return false;
}

void cnnc_process_word_set(const cnnc_process_word *word, uint32_t to) {
  atomic_store_explicit(word->at, cnnc_process_mark(word) | to, memory_order_release);
}

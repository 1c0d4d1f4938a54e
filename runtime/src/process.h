/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A number of this process: threads do not follow a fork, and neither do the runs of other threads. */
#ifndef CNNC_PROCESS_H
#define CNNC_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Lies on a page that the system zeroes in a forked child. Where it does not (Linux before 4.14, some sandboxes) the
 * upper half is the number of the process that wrote it, and every look costs a system call. */
typedef struct cnnc_process_word {
  _Atomic uint64_t *at;
  bool by_number;
} cnnc_process_word;

/* At 0. False when there is no memory. */
bool cnnc_process_word_create(cnnc_process_word *word);
void cnnc_process_word_destroy(cnnc_process_word *word);

/* What this process wrote last; 0 when it has not. */
uint32_t cnnc_process_word_get(const cnnc_process_word *word);

/* From one value to another, for one of racing threads: false when the value is none such. Acquires. */
bool cnnc_process_word_change(const cnnc_process_word *word, uint32_t from, uint32_t to);

/* Releases. */
void cnnc_process_word_set(const cnnc_process_word *word, uint32_t to);

#endif

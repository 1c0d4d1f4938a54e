/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Whether the caller's buffers may be used: pure, so that libcnnc can word what the runtime refused. */
#ifndef CNNC_CHECK_H
#define CNNC_CHECK_H

#include "cnnc/cnnc.h"

/* Buffers are numbered inputs first, then outputs; `other` equal to `buffer` means the context's memory. */
typedef struct cnnc_buffer_fault {
  uint32_t buffer;
  uint32_t other;
} cnnc_buffer_fault;

cnnc_status cnnc_buffers_check(const cnnc_abi_model *model, void *const *inputs, void *const *outputs,
                               const void *memory, uint64_t memory_bytes, cnnc_buffer_fault *fault);

#endif

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "check.h"

#include "table.h"

#include <stdbool.h>

static bool cnnc_overlap(const void *left, uint64_t left_bytes, const void *right, uint64_t right_bytes) {
  const uintptr_t l = (uintptr_t)left, r = (uintptr_t)right;
  return l < r ? r - l < left_bytes && right_bytes != 0 : l - r < right_bytes && left_bytes != 0;
}

/* The first buffer of `tensors` that overlaps the given one; `count` when none does. */
static uint32_t cnnc_overlap_find(const void *buffer, uint64_t bytes, const cnnc_abi_model *model,
                                  const cnnc_abi_tensor *tensors, void *const *buffers, uint32_t count) {
  uint32_t i = 0;
  while (i < count && !cnnc_overlap(buffer, bytes, buffers[i], cnnc_tensor_at(model, tensors, i)->bytes))
    ++i;
  return i;
}

static uint32_t cnnc_null_find(const cnnc_abi_model *model, const cnnc_abi_tensor *tensors, void *const *buffers,
                               uint32_t count) {
  uint32_t i = 0;
  while (i < count && (buffers[i] || cnnc_tensor_at(model, tensors, i)->bytes == 0))
    ++i;
  return i;
}

static cnnc_status cnnc_fail(cnnc_buffer_fault *fault, uint32_t buffer, uint32_t other, cnnc_status status) {
  *fault = (cnnc_buffer_fault){buffer, other};
  return status;
}

cnnc_status cnnc_buffers_check(const cnnc_abi_model *model, void *const *inputs, void *const *outputs,
                               const void *memory, uint64_t memory_bytes, cnnc_buffer_fault *fault) {
  const uint32_t in = model->input_count, out = model->output_count;
  if ((!inputs && in) || (!outputs && out))
    return cnnc_fail(fault, inputs || !in ? in : 0, 0, CNNC_INVALID_ARGUMENT);

  uint32_t missing = cnnc_null_find(model, model->inputs, inputs, in);
  if (missing == in)
    missing += cnnc_null_find(model, model->outputs, outputs, out);
  if (missing != in + out)
    return cnnc_fail(fault, missing, missing, CNNC_INVALID_ARGUMENT);

  for (uint32_t i = 0; i < out; ++i) {
    const uint64_t bytes = cnnc_tensor_at(model, model->outputs, i)->bytes;
    uint32_t other = cnnc_overlap_find(outputs[i], bytes, model, model->inputs, inputs, in);
    if (other != in)
      return cnnc_fail(fault, in + i, other, CNNC_OVERLAPPING_BUFFERS);
    other = cnnc_overlap_find(outputs[i], bytes, model, model->outputs, outputs, i);
    if (other != i)
      return cnnc_fail(fault, in + i, in + other, CNNC_OVERLAPPING_BUFFERS);
    if (cnnc_overlap(outputs[i], bytes, memory, memory_bytes))
      return cnnc_fail(fault, in + i, in + i, CNNC_OVERLAPPING_BUFFERS);
  }
  const uint32_t inside = cnnc_overlap_find(memory, memory_bytes, model, model->inputs, inputs, in);
  return inside == in ? CNNC_OK : cnnc_fail(fault, inside, inside, CNNC_OVERLAPPING_BUFFERS);
}

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Elements of a model's arrays, at the sizes that the model says: its compiler may be a later one, whose structures are
 * longer. */
#ifndef CNNC_TABLE_H
#define CNNC_TABLE_H

#include "cnnc/abi.h"

static inline const void *cnnc_element_at(const void *first, uint32_t index, uint32_t size) {
  return (const char *)first + (uint64_t)index * size;
}

static inline const cnnc_abi_level *cnnc_level_at(const cnnc_abi_model *model, uint32_t index) {
  return (const cnnc_abi_level *)cnnc_element_at(model->levels, index, model->level_size);
}

/* Of `model->inputs` or `model->outputs`. */
static inline const cnnc_abi_tensor *cnnc_tensor_at(const cnnc_abi_model *model, const cnnc_abi_tensor *tensors,
                                                    uint32_t index) {
  return (const cnnc_abi_tensor *)cnnc_element_at(tensors, index, model->tensor_size);
}

static inline const cnnc_abi_step *cnnc_step_at(const cnnc_abi_model *model, uint32_t index) {
  return (const cnnc_abi_step *)cnnc_element_at(model->steps, index, model->step_size);
}

#endif

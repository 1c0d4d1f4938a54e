/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "open/validate.h"

#include "api.h"
#include "open/error.h"
#include "open/types.h"
#include "table.h"

static cnnc_status cnnc_damaged(const char *path, const char *what) {
  return cnnc_error(CNNC_NOT_A_MODEL, "%s: the model's table is damaged: %s", path, what);
}

/* An array's elements are at least as long as this libcnnc knows them, and aligned. */
static bool cnnc_array_valid(const void *first, uint32_t count, uint32_t size, size_t known) {
  return (first || !count) && size >= known && size % 8 == 0;
}

static bool cnnc_tensors_valid(const cnnc_abi_model *model, const cnnc_abi_tensor *tensors, uint32_t count) {
  if (!cnnc_array_valid(tensors, count, model->tensor_size, sizeof *tensors))
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    const cnnc_abi_tensor *tensor = cnnc_tensor_at(model, tensors, i);
    uint64_t bytes;
    if (!tensor->name || (tensor->rank && (!tensor->shape || !tensor->symbols)))
      return false;
    if (!cnnc_tensor_bytes(tensor, &bytes) || bytes != tensor->bytes)
      return false;
    if (tensor->image_bytes && bytes % tensor->image_bytes != 0)
      return false;
  }
  return true;
}

static bool cnnc_levels_valid(const cnnc_abi_model *model) {
  if (model->level_count == 0 ||
      !cnnc_array_valid(model->levels, model->level_count, model->level_size, sizeof *model->levels))
    return false;
  for (uint32_t i = 0; i < model->level_count; ++i)
    if (!cnnc_level_at(model, i)->name)
      return false;
  return true;
}

static bool cnnc_step_valid(const cnnc_abi_step *step, uint32_t levels) {
  if (step->tasks < 0 || !step->functions)
    return false;
  for (uint32_t level = 0; level < levels; ++level)
    if (!step->functions[level])
      return false;
  return true;
}

static cnnc_status cnnc_steps_validate(const char *path, const cnnc_abi_model *model) {
  if (!cnnc_array_valid(model->steps, model->step_count, model->step_size, sizeof *model->steps))
    return cnnc_damaged(path, "no usable steps");
  for (uint32_t i = 0; i < model->step_count; ++i) {
    const cnnc_abi_step *step = cnnc_step_at(model, i);
    if (step->kind != CNNC_STEP_CALL)
      return cnnc_error(CNNC_NOT_A_MODEL, "%s: step %u is of kind %u, which this libcnnc does not know", path, i,
                        step->kind);
    if (!cnnc_step_valid(step, model->level_count))
      return cnnc_damaged(path, "a step without code");
  }
  return CNNC_OK;
}

cnnc_status cnnc_model_validate(const char *path, const cnnc_abi_model *model) {
  if (model->abi_version != CNNC_ABI_VERSION)
    return cnnc_error(CNNC_NOT_A_MODEL, "%s: compiled for ABI version %u, but this libcnnc has version %u", path,
                      model->abi_version, CNNC_ABI_VERSION);
  if (model->struct_size < sizeof *model)
    return cnnc_error(CNNC_NOT_A_MODEL, "%s: the model's table has %u bytes, but at least %zu are expected", path,
                      model->struct_size, sizeof *model);
  const struct cnnc_rt_api *api = model->api;
  if (!api)
    return cnnc_damaged(path, "it has no runtime");
  if (api->version != CNNC_RUNTIME_VERSION || api->struct_size < sizeof *api)
    return cnnc_error(CNNC_NOT_A_MODEL,
                      "%s: compiled with a runtime of version %u and %u bytes, but this libcnnc has version %u and %zu",
                      path, api->version, api->struct_size, CNNC_RUNTIME_VERSION, sizeof *api);
  if (!model->name || !model->compiler || !model->flags)
    return cnnc_damaged(path, "it does not say what it is");
  if (!cnnc_levels_valid(model))
    return cnnc_damaged(path, "no usable instruction set level");
  if (!cnnc_tensors_valid(model, model->inputs, model->input_count))
    return cnnc_damaged(path, "an input's description does not add up");
  if (!cnnc_tensors_valid(model, model->outputs, model->output_count))
    return cnnc_damaged(path, "an output's description does not add up");
  return cnnc_steps_validate(path, model);
}

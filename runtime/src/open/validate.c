/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "open/validate.h"

#include "api.h"
#include "open/error.h"
#include "open/types.h"

static cnnc_status cnnc_damaged(const char *path, const char *what) {
  return cnnc_error(CNNC_NOT_A_MODEL, "%s: the model's table is damaged: %s", path, what);
}

static bool cnnc_tensors_valid(const cnnc_abi_tensor *tensors, uint32_t count) {
  if (count && !tensors)
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    uint64_t bytes;
    if (!tensors[i].name || (tensors[i].rank && (!tensors[i].shape || !tensors[i].symbols)))
      return false;
    if (!cnnc_tensor_bytes(&tensors[i], &bytes) || bytes != tensors[i].bytes)
      return false;
  }
  return true;
}

static bool cnnc_levels_valid(const cnnc_abi_model *model) {
  if (model->level_count == 0 || model->level_count > CNNC_MAX_LEVELS)
    return false;
  for (uint32_t i = 0; i < model->level_count; ++i)
    if (!model->level_name[i])
      return false;
  return true;
}

static bool cnnc_steps_valid(const cnnc_abi_model *model) {
  if (model->step_count && !model->steps)
    return false;
  for (uint32_t i = 0; i < model->step_count; ++i) {
    if (model->steps[i].tasks < 0)
      return false;
    for (uint32_t level = 0; level < model->level_count; ++level)
      if (!model->steps[i].kernel[level])
        return false;
  }
  return true;
}

cnnc_status cnnc_model_validate(const char *path, const cnnc_abi_model *model) {
  if (model->abi_version != CNNC_ABI_VERSION)
    return cnnc_error(CNNC_NOT_A_MODEL, "%s: compiled for ABI version %u, but this libcnnc has version %u", path,
                      model->abi_version, CNNC_ABI_VERSION);
  if (model->struct_size != sizeof *model)
    return cnnc_error(CNNC_NOT_A_MODEL, "%s: the model's table has %u bytes, but %zu are expected", path,
                      model->struct_size, sizeof *model);
  const struct cnnc_rt_api *api = model->api;
  if (!api)
    return cnnc_damaged(path, "it has no runtime");
  if (api->version != CNNC_RUNTIME_VERSION || api->struct_size != sizeof *api)
    return cnnc_error(CNNC_NOT_A_MODEL, "%s: compiled with a runtime of version %u, but this libcnnc has version %u",
                      path, api->version, CNNC_RUNTIME_VERSION);
  if (!model->name || !cnnc_levels_valid(model))
    return cnnc_damaged(path, "no usable instruction set level");
  if (!cnnc_tensors_valid(model->inputs, model->input_count))
    return cnnc_damaged(path, "an input's description does not add up");
  if (!cnnc_tensors_valid(model->outputs, model->output_count))
    return cnnc_damaged(path, "an output's description does not add up");
  if (!cnnc_steps_valid(model))
    return cnnc_damaged(path, "a step without code");
  return CNNC_OK;
}

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Contexts and pools: each call goes to the runtime that the model carries. */
#include "api.h"
#include "check.h"
#include "machine.h"
#include "open/error.h"
#include "pool.h"
#include "table.h"

#include <stdio.h>

/* A context begins with the pointer to its model, whichever runtime made it. */
static const cnnc_abi_model *cnnc_model_of(const cnnc_context *context) {
  return *(const cnnc_abi_model *const *)(const void *)context;
}

static const struct cnnc_rt_api *cnnc_api_of(const cnnc_context *context) { return cnnc_model_of(context)->api; }

void cnnc_context_destroy(cnnc_context *context) {
  if (context)
    cnnc_api_of(context)->context_destroy(context);
}

uint32_t cnnc_context_threads(const cnnc_context *context) {
  return context ? cnnc_api_of(context)->context_threads(context) : 0;
}

const char *cnnc_context_isa(const cnnc_context *context) {
  return context ? cnnc_api_of(context)->context_isa(context) : "";
}

static void cnnc_buffer_describe(const cnnc_abi_model *model, uint32_t index, char *text, size_t bytes) {
  const bool is_input = index < model->input_count;
  const cnnc_abi_tensor *tensor = is_input ? cnnc_tensor_at(model, model->inputs, index)
                                           : cnnc_tensor_at(model, model->outputs, index - model->input_count);
  snprintf(text, bytes, "%s \"%.200s\"", is_input ? "input" : "output", tensor->name);
}

static cnnc_status cnnc_run_failure(const cnnc_context *context, void *const *inputs, void *const *outputs,
                                    cnnc_status status) {
  const cnnc_abi_model *model = cnnc_model_of(context);
  if (status == CNNC_BUSY)
    return cnnc_error(status, "the context is running on another thread");
  cnnc_buffer_fault fault;
  char buffer[256], other[256];
  if ((!inputs && model->input_count) || (!outputs && model->output_count))
    return cnnc_error(status, "cnnc_run: %s is NULL", !inputs && model->input_count ? "inputs" : "outputs");
  if (cnnc_buffers_check(model, inputs, outputs, context, 0, &fault) != status)
    return cnnc_error(status, "a buffer overlaps the memory of the context");
  cnnc_buffer_describe(model, fault.buffer, buffer, sizeof buffer);
  if (status == CNNC_INVALID_ARGUMENT)
    return cnnc_error(status, "the pointer for %s is NULL", buffer);
  cnnc_buffer_describe(model, fault.other, other, sizeof other);
  return cnnc_error(status, "the buffer of %s overlaps that of %s", buffer, other);
}

cnnc_status cnnc_run(cnnc_context *context, void *const *inputs, void *const *outputs) {
  if (!context)
    return cnnc_error(CNNC_INVALID_ARGUMENT, "cnnc_run: context is NULL");
  const cnnc_status status = cnnc_api_of(context)->run(context, inputs, outputs);
  return status == CNNC_OK ? status : cnnc_run_failure(context, inputs, outputs, status);
}

cnnc_status cnnc_step_profile_get(const cnnc_context *context, uint32_t index, cnnc_step_profile *profile) {
  if (!context || !profile)
    return cnnc_error(CNNC_INVALID_ARGUMENT, "cnnc_step_profile_get: %s is NULL", context ? "profile" : "context");
  if (index >= cnnc_model_of(context)->step_count)
    return cnnc_error(CNNC_INVALID_ARGUMENT, "the model has %u steps, but step %u is asked for",
                      cnnc_model_of(context)->step_count, index);
  const cnnc_status status = cnnc_api_of(context)->step_profile(context, index, profile);
  return status == CNNC_OK ? status : cnnc_error(status, "the context does not measure its steps");
}

void cnnc_profile_print(const cnnc_context *context) {
  if (context)
    cnnc_api_of(context)->profile_print(context);
}

uint32_t cnnc_default_threads(void) { return cnnc_threads_default(); }

cnnc_status cnnc_pool_create(uint32_t threads, cnnc_pool **pool) {
  if (!pool)
    return cnnc_error(CNNC_INVALID_ARGUMENT, "cnnc_pool_create: pool is NULL");
  const cnnc_status status = cnnc_rt_pool_create(threads, pool);
  if (status == CNNC_INVALID_ARGUMENT)
    return cnnc_error(status, "a pool has at most %d threads, but %u are asked for", CNNC_MAX_THREADS, threads);
  return status == CNNC_OK ? status : cnnc_error(status, "no memory for a pool of %u threads", threads);
}

void cnnc_pool_destroy(cnnc_pool *pool) {
  if (pool)
    pool->destroy(pool);
}

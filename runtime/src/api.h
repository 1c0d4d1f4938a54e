/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What the runtime inside a model offers: a table of functions for libcnnc, and the functions that the generated
 * <stem>_* call. See cnnc.h for the meaning of each; here no message is kept, the status is all. */
#ifndef CNNC_API_H
#define CNNC_API_H

#include "cnnc/cnnc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of this table and of struct cnnc_pool: what one model's runtime, another's and libcnnc have in common. */
#define CNNC_RUNTIME_VERSION 3u

/* A model that has been opened: what its contexts share on the machine that they run on. */
typedef struct cnnc_instance cnnc_instance;

/* Grows at its end, as the structures of abi.h do. */
struct cnnc_rt_api {
  uint32_t version;     /* CNNC_RUNTIME_VERSION */
  uint32_t struct_size; /* sizeof(struct cnnc_rt_api) */
  cnnc_status (*model_open)(const cnnc_abi_model *model, const cnnc_instance **instance);
  void (*model_close)(const cnnc_instance *instance); /* after its contexts; NULL is allowed */
  uint64_t (*context_bytes)(const cnnc_abi_model *model, uint32_t threads);
  cnnc_status (*context_create)(const cnnc_instance *instance, const cnnc_context_options *options,
                                cnnc_context **context);
  void (*context_destroy)(cnnc_context *context);
  uint32_t (*context_threads)(const cnnc_context *context);
  const char *(*context_isa)(const cnnc_context *context);
  cnnc_status (*run)(cnnc_context *context, void *const *inputs, void *const *outputs);
  cnnc_status (*step_profile)(const cnnc_context *context, uint32_t index, cnnc_step_profile *profile);
  void (*profile_print)(const cnnc_context *context);
  uint32_t (*default_threads)(void);
  cnnc_status (*pool_create)(uint32_t threads, cnnc_pool **pool);
  void (*pool_destroy)(cnnc_pool *pool);
};

extern const struct cnnc_rt_api cnnc_rt_api;

/* <stem>_run: on a context of the default number of threads, made by the first call and freed when the model is
 * unloaded. Concurrent calls get a context each, kept for the next; all share one pool. Threads may run on while the
 * program exits. */
int cnnc_rt_run_default(const cnnc_abi_model *model, void *const *inputs, void *const *outputs);

/* <stem>_run_in: on a context of this model from cnnc_rt_context_create, cnnc_rt_api or libcnnc. */
int cnnc_rt_run_in(const cnnc_abi_model *model, cnnc_context *context, void *const *inputs, void *const *outputs);

/* For programs that link a model without libcnnc. `memory` may be NULL; `threads` 0 is the default number. */
uint64_t cnnc_rt_context_bytes(const cnnc_abi_model *model, uint32_t threads);
int cnnc_rt_context_create(const cnnc_abi_model *model, uint32_t threads, void *memory, uint64_t memory_bytes,
                           cnnc_context **context);
void cnnc_rt_context_destroy(cnnc_context *context);

#ifdef __cplusplus
}
#endif

#endif

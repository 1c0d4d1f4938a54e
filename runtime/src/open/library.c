/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr1 */
#endif
#include "api.h"
#include "open/elf_file.h"
#include "open/error.h"
#include "open/validate.h"
#include "pool.h"
#include "table.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cnnc_library {
  const cnnc_abi_model *model;
  const cnnc_instance *instance;
  void *handle; /* NULL for a linked model */
  _Atomic(cnnc_pool *) pool;
};

/* A library that has a symbol of the name may still be anything: its size tells whether a table can be there. */
static bool cnnc_table_is_whole(const void *table) {
#ifdef __GLIBC__
  Dl_info info;
  const ElfW(Sym) *symbol = NULL;
  if (!dladdr1(table, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol)
    return false;
  return symbol->st_size >= sizeof(cnnc_abi_model) && ((uintptr_t)table & 7) == 0;
#else
  return ((uintptr_t)table & 7) == 0;
#endif
}

static cnnc_status cnnc_library_make(const char *path, const cnnc_abi_model *model, void *handle, cnnc_library **out) {
  cnnc_library *library = calloc(1, sizeof *library);
  if (!library)
    return cnnc_error(CNNC_OUT_OF_MEMORY, "no memory for the model's handle");
  const cnnc_status status = model->api->model_open(model, &library->instance);
  if (status != CNNC_OK) {
    free(library);
    return cnnc_error(status, "%s: the model cannot be opened: %s", path, cnnc_status_text(status));
  }
  library->model = model;
  library->handle = handle;
  *out = library;
  return CNNC_OK;
}

static cnnc_status cnnc_table_check(const char *path, const cnnc_abi_model *model) {
  if (!model)
    return cnnc_error(CNNC_NOT_A_MODEL, "%s: no compiled model: it exports no cnnc_model", path);
  if (!cnnc_table_is_whole(model))
    return cnnc_error(CNNC_NOT_A_MODEL, "%s: no compiled model: its cnnc_model is something else", path);
  return cnnc_model_validate(path, model);
}

cnnc_status cnnc_open(const char *path, cnnc_library **out) {
  char local[PATH_MAX];
  if (!path || !out)
    return cnnc_error(CNNC_INVALID_ARGUMENT, "cnnc_open: %s is NULL", path ? "library" : "path");
  const int length = snprintf(local, sizeof local, "%s%s", strchr(path, '/') ? "" : "./", path);
  if (length < 0 || (size_t)length >= sizeof local)
    return cnnc_error(CNNC_LOAD_FAILED, "the path of the model is too long: %d characters", length);

  const cnnc_status file_status = cnnc_elf_file_check(local);
  if (file_status != CNNC_OK)
    return file_status;
  void *handle = dlopen(local, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    return cnnc_error(CNNC_LOAD_FAILED, "cannot load the model: %s", reason ? reason : path);
  }
  const cnnc_abi_model *model = dlsym(handle, "cnnc_model");
  cnnc_status status = cnnc_table_check(path, model);
  if (status == CNNC_OK)
    status = cnnc_library_make(path, model, handle, out);
  if (status != CNNC_OK)
    dlclose(handle);
  return status;
}

cnnc_status cnnc_open_linked(const cnnc_abi_model *table, cnnc_library **out) {
  if (!table || !out)
    return cnnc_error(CNNC_INVALID_ARGUMENT, "cnnc_open_linked: %s is NULL", table ? "library" : "table");
  const cnnc_status status = cnnc_model_validate("linked model", table);
  return status == CNNC_OK ? cnnc_library_make("linked model", table, NULL, out) : status;
}

void cnnc_close(cnnc_library *library) {
  if (!library)
    return;
  cnnc_pool_destroy(atomic_load(&library->pool));
  library->model->api->model_close(library->instance);
  if (library->handle)
    dlclose(library->handle);
  free(library);
}

const char *cnnc_model_name(const cnnc_library *library) { return library ? library->model->name : ""; }
const char *cnnc_model_compiler(const cnnc_library *library) { return library ? library->model->compiler : ""; }
const char *cnnc_model_flags(const cnnc_library *library) { return library ? library->model->flags : ""; }
uint32_t cnnc_input_count(const cnnc_library *library) { return library ? library->model->input_count : 0; }
uint32_t cnnc_output_count(const cnnc_library *library) { return library ? library->model->output_count : 0; }
uint32_t cnnc_step_count(const cnnc_library *library) { return library ? library->model->step_count : 0; }

const cnnc_tensor *cnnc_input(const cnnc_library *library, uint32_t index) {
  if (index >= cnnc_input_count(library))
    return NULL;
  return cnnc_tensor_at(library->model, library->model->inputs, index);
}

const cnnc_tensor *cnnc_output(const cnnc_library *library, uint32_t index) {
  if (index >= cnnc_output_count(library))
    return NULL;
  return cnnc_tensor_at(library->model, library->model->outputs, index);
}

uint64_t cnnc_context_bytes(const cnnc_library *library, uint32_t threads) {
  return library ? library->model->api->context_bytes(library->model, threads) : 0;
}

/* The library's pool, made by the first context that wants it. Of two racing makers one gives way. */
static cnnc_status cnnc_library_pool(cnnc_library *library, cnnc_pool **pool) {
  *pool = atomic_load(&library->pool);
  if (*pool)
    return CNNC_OK;
  cnnc_pool *made;
  const cnnc_status status = cnnc_pool_create(0, &made);
  if (status != CNNC_OK)
    return status;
  if (atomic_compare_exchange_strong(&library->pool, pool, made))
    *pool = made;
  else
    cnnc_pool_destroy(made);
  return CNNC_OK;
}

static cnnc_status cnnc_context_failure(const cnnc_library *library, const cnnc_context_options *options,
                                        cnnc_status status) {
  const uint64_t bytes = cnnc_context_bytes(library, options->threads);
  if (status == CNNC_UNSUPPORTED_CPU)
    return cnnc_error(status, "model \"%s\" needs a processor of level %s or above", library->model->name,
                      cnnc_level_at(library->model, 0)->name);
  if (status == CNNC_OUT_OF_MEMORY)
    return cnnc_error(status, "no memory for a context of %llu bytes", (unsigned long long)bytes);
  if (options->memory)
    return cnnc_error(status,
                      "the context's memory must be 64-byte aligned and of %llu bytes, but is at %p and of %llu",
                      (unsigned long long)bytes, options->memory, (unsigned long long)options->memory_bytes);
  return cnnc_error(status, "cannot create a context of %u threads: %s", options->threads, cnnc_status_text(status));
}

cnnc_status cnnc_context_create(cnnc_library *library, const cnnc_context_options *given, cnnc_context **context) {
  if (!library || !context)
    return cnnc_error(CNNC_INVALID_ARGUMENT, "cnnc_context_create: %s is NULL", library ? "context" : "library");
  if (given && given->struct_size != sizeof *given)
    return cnnc_error(CNNC_INVALID_ARGUMENT, "cnnc_context_options has %zu bytes, but its struct_size says %u",
                      sizeof *given, given->struct_size);
  cnnc_context_options options = {.struct_size = sizeof options};
  if (given)
    options = *given;
  if (options.threads == 0)
    options.threads = cnnc_default_threads();
  if (!options.pool && options.threads > 1 && options.threads <= cnnc_default_threads()) {
    const cnnc_status status = cnnc_library_pool(library, &options.pool);
    if (status != CNNC_OK)
      return status;
  }
  const cnnc_status status = library->model->api->context_create(library->instance, &options, context);
  return status == CNNC_OK ? status : cnnc_context_failure(library, &options, status);
}

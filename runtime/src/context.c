/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "context.h"

#include "api.h"
#include "check.h"
#include "libc.h"
#include "machine.h"
#include "table.h"

/* Where the parts of a context lie in its block. Two cache lines apart, so that no prefetcher makes threads share. */
typedef struct cnnc_context_layout {
  uint64_t io, arena, scratch, scratch_stride, bytes;
} cnnc_context_layout;

enum { ARENA_ALIGNMENT = 64, SCRATCH_ALIGNMENT = 128 };

/* Steps over `bytes` from *offset, then up to a multiple of `alignment`. Returns 0 when that overflows. */
static bool cnnc_place(uint64_t *offset, uint64_t bytes, uint64_t alignment) {
  uint64_t end;
  if (__builtin_add_overflow(*offset, bytes, &end) || __builtin_add_overflow(end, alignment - 1, &end))
    return false;
  *offset = end & ~(alignment - 1);
  return true;
}

static bool cnnc_layout(const cnnc_abi_model *model, uint32_t threads, cnnc_context_layout *layout) {
  const uint64_t pointers = (uint64_t)model->input_count + model->output_count;
  uint64_t stride = 0, all_scratch, end = 0;
  if (!cnnc_place(&stride, model->scratch_bytes, SCRATCH_ALIGNMENT) ||
      __builtin_mul_overflow(stride, (uint64_t)threads, &all_scratch))
    return false;
  bool fits = cnnc_place(&end, sizeof(cnnc_context), CNNC_CACHE_LINE);
  layout->io = end;
  fits = fits && cnnc_place(&end, pointers * sizeof(void *), ARENA_ALIGNMENT);
  layout->arena = end;
  fits = fits && cnnc_place(&end, model->arena_bytes, SCRATCH_ALIGNMENT);
  layout->scratch = end;
  layout->scratch_stride = stride;
  fits = fits && cnnc_place(&end, all_scratch, ARENA_ALIGNMENT);
  layout->bytes = end;
  return fits && end <= PTRDIFF_MAX;
}

static uint32_t cnnc_threads_of(const cnnc_context_options *options) {
  if (options->threads == 0)
    return options->pool ? options->pool->threads : cnnc_threads_default();
  return options->threads;
}

static uint64_t cnnc_context_size(const cnnc_abi_model *model, uint32_t threads) {
  cnnc_context_layout layout;
  if (threads > CNNC_MAX_THREADS || !cnnc_layout(model, threads ? threads : cnnc_threads_default(), &layout))
    return 0;
  return layout.bytes;
}

static const char *cnnc_weights_of(const cnnc_abi_model *model) {
  return model->weights_delta ? (const char *)model->weights_delta + *model->weights_delta : NULL;
}

/* Starts reading the weights from the file; the first run meets them in memory. */
static void cnnc_weights_prefetch(const char *weights, uint64_t bytes) {
  const uintptr_t page = 65536; /* a multiple of every system's page */
  const uintptr_t begin = ((uintptr_t)weights + page - 1) & ~(page - 1);
  const uintptr_t end = ((uintptr_t)weights + bytes) & ~(page - 1);
  if (weights && begin < end)
    madvise((void *)begin, end - begin, CNNC_MADV_WILLNEED);
}

static void *cnnc_memory_map(uint64_t bytes) {
  const uint64_t large = (uint64_t)4 << 20;
  void *memory = mmap(NULL, bytes, CNNC_PROT_READ | CNNC_PROT_WRITE, CNNC_MAP_PRIVATE | CNNC_MAP_ANONYMOUS, -1, 0);
  if (memory == CNNC_MAP_FAILED)
    return NULL;
  if (bytes >= large)
    madvise(memory, bytes, CNNC_MADV_HUGEPAGE);
  return memory;
}

static cnnc_status cnnc_options_check(const cnnc_context_options *options, uint32_t threads, uint64_t bytes) {
  if (threads > CNNC_MAX_THREADS || (options->pool && options->pool->version != CNNC_RUNTIME_VERSION))
    return CNNC_INVALID_ARGUMENT;
  if (!options->memory)
    return CNNC_OK;
  const bool aligned = ((uintptr_t)options->memory & (ARENA_ALIGNMENT - 1)) == 0;
  return aligned && options->memory_bytes >= bytes ? CNNC_OK : CNNC_INVALID_ARGUMENT;
}

/* A passed-in pool may be too small; without one the context has its own. Threads that do not start are done without.
 */
static cnnc_status cnnc_context_pool_attach(cnnc_context *context, cnnc_pool *pool) {
  if (context->threads == 1)
    return CNNC_OK;
  if (!pool) {
    cnnc_status status = cnnc_rt_pool_create(context->threads, &pool);
    if (status != CNNC_OK)
      return status;
    context->owns_pool = 1;
  }
  context->pool = pool;
  if (pool->threads < context->threads)
    context->threads = pool->threads;
  context->effort = cnnc_effort_estimate(context->model, context->threads);
  return CNNC_OK;
}

static void cnnc_context_destroy_rt(cnnc_context *context) {
  if (!context)
    return;
  if (context->profile && context->profile->print_at_close)
    cnnc_profile_write(context);
  cnnc_profile_destroy(context->profile);
  cnnc_process_word_destroy(&context->running);
  if (context->owns_pool)
    context->pool->destroy(context->pool);
  if (context->mapping)
    munmap(context->mapping, context->bytes);
}

/* On a CPU there is nothing beside the table: the loader has put weights and code where runs read them. */
struct cnnc_instance {
  cnnc_abi_model table;
};

static cnnc_status cnnc_model_open_rt(const cnnc_abi_model *model, const cnnc_instance **instance) {
  if (!model || !instance)
    return CNNC_INVALID_ARGUMENT;
  *instance = (const cnnc_instance *)model;
  return CNNC_OK;
}

static void cnnc_model_close_rt(const cnnc_instance *instance) { (void)instance; }

static cnnc_status cnnc_context_create_rt(const cnnc_instance *instance, const cnnc_context_options *given,
                                          cnnc_context **out) {
  static const cnnc_context_options defaults = {sizeof defaults, 0, NULL, NULL, 0, 0, 0};
  const cnnc_context_options *options = given ? given : &defaults;
  if (!instance || !out || options->struct_size < sizeof *options)
    return CNNC_INVALID_ARGUMENT;
  const cnnc_abi_model *model = &instance->table;
  const uint32_t threads = cnnc_threads_of(options);
  cnnc_context_layout layout;
  if (!cnnc_layout(model, threads, &layout))
    return CNNC_OUT_OF_MEMORY;
  cnnc_status status = cnnc_options_check(options, threads, layout.bytes);
  if (status != CNNC_OK)
    return status;
  const int level = cnnc_level_select(model);
  if (level < 0)
    return CNNC_UNSUPPORTED_CPU;

  char *memory = options->memory ? options->memory : cnnc_memory_map(layout.bytes);
  if (!memory)
    return CNNC_OUT_OF_MEMORY;
  cnnc_context *context = (cnnc_context *)memory;
  memset(context, 0, layout.io);
  context->model = model;
  context->weights = cnnc_weights_of(model);
  context->io = (void **)(memory + layout.io);
  context->arena = memory + layout.arena;
  context->scratch = memory + layout.scratch;
  context->scratch_stride = layout.scratch_stride;
  context->mapping = options->memory ? NULL : memory;
  context->bytes = layout.bytes;
  context->threads = threads;
  context->level = (uint32_t)level;

  const bool print = cnnc_profile_wanted();
  if (print || options->profile)
    context->profile = cnnc_profile_create(model, print);
  const bool has_memory =
      cnnc_process_word_create(&context->running) && (context->profile || !(print || options->profile));
  status = has_memory ? CNNC_OK : CNNC_OUT_OF_MEMORY;
  if (status == CNNC_OK)
    status = cnnc_context_pool_attach(context, options->pool);
  if (status != CNNC_OK) {
    cnnc_context_destroy_rt(context);
    return status;
  }
  cnnc_weights_prefetch(context->weights, model->weights_bytes);
  *out = context;
  return CNNC_OK;
}

static cnnc_status cnnc_context_run(cnnc_context *context, void *const *inputs, void *const *outputs) {
  if (!context)
    return CNNC_INVALID_ARGUMENT;
  if (!cnnc_process_word_change(&context->running, 0, 1))
    return CNNC_BUSY;
  const cnnc_abi_model *model = context->model;
  cnnc_buffer_fault fault;
  cnnc_status status = cnnc_buffers_check(model, inputs, outputs, context, context->bytes, &fault);
  if (status == CNNC_OK) {
    for (uint32_t i = 0; i < model->input_count; ++i)
      context->io[i] = inputs[i];
    for (uint32_t i = 0; i < model->output_count; ++i)
      context->io[model->input_count + i] = outputs[i];
    cnnc_context_walk(context);
  }
  cnnc_process_word_set(&context->running, 0);
  return status;
}

static uint32_t cnnc_context_threads_rt(const cnnc_context *context) { return context->threads; }

static const char *cnnc_context_isa_rt(const cnnc_context *context) {
  return cnnc_level_at(context->model, context->level)->name;
}

static cnnc_status cnnc_step_profile_rt(const cnnc_context *context, uint32_t index, cnnc_step_profile *out) {
  const cnnc_profile *profile = context->profile;
  if (!profile || index >= context->model->step_count)
    return CNNC_INVALID_ARGUMENT;
  const cnnc_abi_step *step = cnnc_step_at(context->model, index);
  const double runs = profile->runs ? (double)profile->runs : 1;
  *out = (cnnc_step_profile){step->name, step->algorithm, step->macs, step->bytes,
                             (double)profile->steps[index].nanoseconds / runs / 1e6};
  return CNNC_OK;
}

static void cnnc_pool_destroy_rt(cnnc_pool *pool) {
  if (pool)
    pool->destroy(pool);
}

const struct cnnc_rt_api cnnc_rt_api = {
    CNNC_RUNTIME_VERSION, sizeof(struct cnnc_rt_api), cnnc_model_open_rt,      cnnc_model_close_rt,
    cnnc_context_size,    cnnc_context_create_rt,     cnnc_context_destroy_rt, cnnc_context_threads_rt,
    cnnc_context_isa_rt,  cnnc_context_run,           cnnc_step_profile_rt,    cnnc_profile_write,
    cnnc_threads_default, cnnc_rt_pool_create,        cnnc_pool_destroy_rt,
};

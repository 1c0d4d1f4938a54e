/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "TestModel.h"

#include "api.h"

#include <string.h>

enum { SCALE_TASKS = 24, MIX_TASKS = 7, MIX_STEPS = 40, CHUNK = TEST_ELEMENTS / SCALE_TASKS };

/* The arena: two buffers that the mixing steps fill in turn, then a slot per task for the sum. */
typedef struct test_arena {
  float even[TEST_ELEMENTS];
  float odd[TEST_ELEMENTS];
  float slots[SCALE_TASKS];
} test_arena;

static const struct {
  int64_t delta;
  _Alignas(64) float weights[CHUNK];
} weights_blob = {64, {1.5f, -0.75f, 0.3f, 2.1f, 0.9f, -1.25f, 1.0f, 0.1f}};

void (*test_model_hook)(void);

static void scale_chunk(const float *x, const float *weights, float *to, int64_t task) {
  for (int i = 0; i < CHUNK; ++i)
    to[task * CHUNK + i] = x[task * CHUNK + i] * weights[i];
}

static void mix_part(const float *from, float *to, int64_t task) {
  for (int64_t i = task; i < TEST_ELEMENTS; i += MIX_TASKS)
    to[i] = 0.7f * from[i] - 0.7f * from[(i * 13 + 5) % TEST_ELEMENTS];
}

static float sum_chunk(const float *from, int64_t task) {
  float sum = 0;
  for (int i = 0; i < CHUNK; ++i)
    sum += from[task * CHUNK + i];
  return sum;
}

static void scale(char *arena, const char *weights, void *const *io, char *scratch, int64_t task) {
  (void)scratch;
  if (task == 0 && test_model_hook)
    test_model_hook();
  scale_chunk(io[0], (const float *)weights, ((test_arena *)arena)->even, task);
}

static void mix_even(char *arena, const char *weights, void *const *io, char *scratch, int64_t task) {
  (void)weights, (void)io, (void)scratch;
  mix_part(((test_arena *)arena)->even, ((test_arena *)arena)->odd, task);
}

static void mix_odd(char *arena, const char *weights, void *const *io, char *scratch, int64_t task) {
  (void)weights, (void)io, (void)scratch;
  mix_part(((test_arena *)arena)->odd, ((test_arena *)arena)->even, task);
}

/* Goes through the scratch: two threads with one block of it would disturb each other. */
static void sum(char *arena, const char *weights, void *const *io, char *scratch, int64_t task) {
  (void)weights, (void)io;
  test_arena *a = (test_arena *)arena;
  memset(scratch, 0, sizeof(a->even));
  memcpy(scratch + task * CHUNK * sizeof(float), &a->even[task * CHUNK], CHUNK * sizeof(float));
  a->slots[task] = sum_chunk((const float *)scratch, task);
}

static void total(test_arena *arena, float *totals, float level) {
  volatile float tiny = 1e-30f;
  totals[0] = 0;
  for (int i = 0; i < SCALE_TASKS; ++i)
    totals[0] += arena->slots[i];
  totals[1] = tiny * 1e-10f;
  totals[2] = level;
}

static void total_0(char *arena, const char *weights, void *const *io, char *scratch, int64_t task) {
  (void)weights, (void)scratch, (void)task;
  total((test_arena *)arena, io[2], 0);
}

static void total_1(char *arena, const char *weights, void *const *io, char *scratch, int64_t task) {
  (void)weights, (void)scratch, (void)task;
  total((test_arena *)arena, io[2], 1);
}

static void store(char *arena, const char *weights, void *const *io, char *scratch, int64_t task) {
  (void)weights, (void)scratch;
  memcpy((float *)io[1] + task * CHUNK, &((test_arena *)arena)->even[task * CHUNK], CHUNK * sizeof(float));
}

/* The multiply-accumulates steer the split: long steps let free threads grab tasks, short ones stay on one thread. */
#define LONG_MACS ((int64_t)1 << 34)
#define MIDDLE_MACS ((int64_t)1 << 20)
static const cnnc_step_fn scale_functions[] = {scale, scale}, mix_even_functions[] = {mix_even, mix_even},
                          mix_odd_functions[] = {mix_odd, mix_odd}, sum_functions[] = {sum, sum},
                          total_functions[] = {total_0, total_1}, store_functions[] = {store, store};

#define MIX                                                                                                            \
  {"/mix/Even", "generic", mix_even_functions, MIX_TASKS, MIDDLE_MACS, 1536, CNNC_STEP_CALL, 0},                       \
      {"/mix/Odd", "generic", mix_odd_functions, MIX_TASKS, LONG_MACS, 1536, CNNC_STEP_CALL, 0}
#define MIX_5 MIX, MIX, MIX, MIX, MIX

static const cnnc_abi_step steps[] = {
    {"/scale/Conv", "direct", scale_functions, SCALE_TASKS, LONG_MACS, 1536, CNNC_STEP_CALL, 0},
    MIX_5,
    MIX_5,
    MIX_5,
    MIX_5,
    {"/sum/Reduce", "generic", sum_functions, SCALE_TASKS, MIDDLE_MACS, 768, CNNC_STEP_CALL, 0},
    {"/total/Reduce", "generic", total_functions, 1, 24, 96, CNNC_STEP_CALL, 0},
    {"/store/Identity", "generic", store_functions, SCALE_TASKS, 0, 768, CNNC_STEP_CALL, 0},
};

static const int64_t x_shape[] = {1, 3, 8, 8}, y_shape[] = {1, 192}, totals_shape[] = {3};
static const char *const batch_symbol[] = {"batch", NULL, NULL, NULL}, *const no_symbols[] = {NULL, NULL};
static const cnnc_abi_tensor inputs[] = {{"x", x_shape, batch_symbol, 768, 4, CNNC_FLOAT32, 0}};
static const cnnc_abi_tensor outputs[] = {{"y", y_shape, no_symbols, 768, 2, CNNC_FLOAT32, 0},
                                          {"totals", totals_shape, no_symbols, 12, 1, CNNC_FLOAT32, 0}};

#ifdef __x86_64__
#define LEVEL_1 CNNC_FEATURE_X86_64_V2
#else
#define LEVEL_1 CNNC_FEATURE_NEON
#endif
static const cnnc_abi_level levels[] = {{"base", 0}, {"level-1", LEVEL_1}};

#define TEST_MODEL                                                                                                     \
  {CNNC_ABI_VERSION,                                                                                                   \
   sizeof(cnnc_abi_model),                                                                                             \
   "test-model",                                                                                                       \
   "by hand",                                                                                                          \
   "-O0",                                                                                                              \
   &cnnc_rt_api,                                                                                                       \
   levels,                                                                                                             \
   inputs,                                                                                                             \
   outputs,                                                                                                            \
   steps,                                                                                                              \
   &weights_blob.delta,                                                                                                \
   sizeof weights_blob.weights,                                                                                        \
   sizeof(test_arena),                                                                                                 \
   sizeof(float[TEST_ELEMENTS]),                                                                                       \
   sizeof levels / sizeof *levels,                                                                                     \
   1,                                                                                                                  \
   2,                                                                                                                  \
   sizeof steps / sizeof *steps,                                                                                       \
   sizeof(cnnc_abi_level),                                                                                             \
   sizeof(cnnc_abi_tensor),                                                                                            \
   sizeof(cnnc_abi_step),                                                                                              \
   0}

const cnnc_abi_model test_model = TEST_MODEL;
/* What a model file exports. */
__attribute__((visibility("default"))) const cnnc_abi_model cnnc_model = TEST_MODEL;

int test_model_run(void *const *model_inputs, void *const *model_outputs) {
  return cnnc_rt_run_default(&cnnc_model, model_inputs, model_outputs);
}

void test_model_reference(const float *x, float *y, float *sum_of_all) {
  test_arena arena;
  for (int64_t task = 0; task < SCALE_TASKS; ++task)
    scale_chunk(x, weights_blob.weights, arena.even, task);
  for (int step = 0; step < MIX_STEPS; ++step)
    for (int64_t task = 0; task < MIX_TASKS; ++task)
      mix_part(step % 2 ? arena.odd : arena.even, step % 2 ? arena.even : arena.odd, task);
  *sum_of_all = 0;
  for (int64_t task = 0; task < SCALE_TASKS; ++task)
    *sum_of_all += sum_chunk(arena.even, task);
  memcpy(y, arena.even, sizeof arena.even);
}

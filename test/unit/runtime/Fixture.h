// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CNNC_TEST_UNIT_RUNTIME_FIXTURE_H
#define CNNC_TEST_UNIT_RUNTIME_FIXTURE_H

#include "TestModel.h"
#include "api.h"

#include "gtest/gtest.h"

#include <array>
#include <cstdlib>

namespace cnnc::test {

/// Buffers of the test model, with an input that differs by `seed`.
struct Buffers {
  std::array<float, TEST_ELEMENTS> x;
  std::array<float, TEST_ELEMENTS> y = {};
  std::array<float, TEST_TOTALS> totals = {};
  std::array<void *, 1> inputs = {x.data()};
  std::array<void *, 2> outputs = {y.data(), totals.data()};

  explicit Buffers(int seed = 1) {
    for (int i = 0; i < TEST_ELEMENTS; ++i)
      x[i] = static_cast<float>((i * 37 + seed * 11) % 101) / 50.0f - 1.0f;
  }
  Buffers(const Buffers &) = delete;
};

/// Opens a table, which may be any, and makes a context of it.
inline cnnc_status createContext(const cnnc_abi_model &model, uint32_t threads, cnnc_context **context,
                                 cnnc_pool *pool = nullptr) {
  cnnc_context_options options = {};
  options.struct_size = sizeof options;
  options.threads = threads;
  options.pool = pool;
  const cnnc_instance *instance = nullptr;
  const cnnc_status status = cnnc_rt_api.model_open(&model, &instance);
  return status == CNNC_OK ? cnnc_rt_api.context_create(instance, &options, context) : status;
}

/// A context of the runtime that is linked into the test.
struct RuntimeContext {
  cnnc_context *context = nullptr;
  cnnc_status status;

  explicit RuntimeContext(uint32_t threads, cnnc_pool *pool = nullptr) {
    status = createContext(test_model, threads, &context, pool);
  }
  RuntimeContext(const RuntimeContext &) = delete;
  ~RuntimeContext() { cnnc_rt_api.context_destroy(context); }

  cnnc_status run(Buffers &buffers) { return cnnc_rt_api.run(context, buffers.inputs.data(), buffers.outputs.data()); }
};

/// A table with nothing but steps, which every machine runs.
inline cnnc_abi_model modelOfSteps(const cnnc_abi_step *steps, uint32_t count) {
  static const cnnc_abi_level any = {"any", 0};
  cnnc_abi_model model = {};
  model.abi_version = CNNC_ABI_VERSION;
  model.struct_size = sizeof model;
  model.levels = &any;
  model.level_count = 1;
  model.level_size = sizeof any;
  model.steps = steps;
  model.step_count = count;
  model.step_size = sizeof *steps;
  return model;
}

/// Sets a variable of the environment while it lives.
struct Environment {
  const char *name;
  Environment(const char *name, const char *value) : name(name) { setenv(name, value, 1); }
  Environment(const Environment &) = delete;
  ~Environment() { unsetenv(name); }
};

inline void expectReference(const Buffers &buffers) {
  std::array<float, TEST_ELEMENTS> y;
  float sum = 0;
  test_model_reference(buffers.x.data(), y.data(), &sum);
  EXPECT_EQ(buffers.y, y);
  EXPECT_EQ(buffers.totals[0], sum);
}

} // namespace cnnc::test

#endif

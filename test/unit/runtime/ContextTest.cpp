// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a context refuses, and the memory that a caller supplies.
#include "Fixture.h"

#include <vector>

using namespace cnnc::test;

TEST(Buffers, NullPointersAreRefused) {
  RuntimeContext context(1);
  Buffers buffers;
  EXPECT_EQ(cnnc_rt_api.run(nullptr, buffers.inputs.data(), buffers.outputs.data()), CNNC_INVALID_ARGUMENT);
  EXPECT_EQ(cnnc_rt_api.run(context.context, nullptr, buffers.outputs.data()), CNNC_INVALID_ARGUMENT);
  EXPECT_EQ(cnnc_rt_api.run(context.context, buffers.inputs.data(), nullptr), CNNC_INVALID_ARGUMENT);
  buffers.inputs[0] = nullptr;
  EXPECT_EQ(context.run(buffers), CNNC_INVALID_ARGUMENT);
  buffers.inputs[0] = buffers.x.data();
  buffers.outputs[1] = nullptr;
  EXPECT_EQ(context.run(buffers), CNNC_INVALID_ARGUMENT);
}

TEST(Buffers, OverlapIsRefused) {
  RuntimeContext context(1);
  Buffers buffers;
  buffers.outputs[0] = buffers.x.data() + TEST_ELEMENTS - 1;
  EXPECT_EQ(context.run(buffers), CNNC_OVERLAPPING_BUFFERS);
  buffers.outputs[0] = buffers.y.data();
  buffers.outputs[1] = buffers.y.data() + 5;
  EXPECT_EQ(context.run(buffers), CNNC_OVERLAPPING_BUFFERS);
  buffers.outputs[1] = reinterpret_cast<char *>(context.context) + 256;
  EXPECT_EQ(context.run(buffers), CNNC_OVERLAPPING_BUFFERS);
  buffers.outputs[1] = buffers.totals.data();
  buffers.inputs[0] = reinterpret_cast<char *>(context.context) - sizeof(float);
  EXPECT_EQ(context.run(buffers), CNNC_OVERLAPPING_BUFFERS);
}

TEST(Buffers, NeighboursDoNotOverlap) {
  RuntimeContext context(1);
  std::vector<float> block(2 * TEST_ELEMENTS + TEST_TOTALS);
  Buffers buffers;
  std::copy(buffers.x.begin(), buffers.x.end(), block.begin() + TEST_ELEMENTS);
  buffers.outputs = {block.data(), block.data() + 2 * TEST_ELEMENTS};
  buffers.inputs[0] = block.data() + TEST_ELEMENTS;
  EXPECT_EQ(context.run(buffers), CNNC_OK);
}

TEST(ContextMemory, TheCallersIsUsed) {
  for (uint32_t threads : {1u, 3u}) {
    const uint64_t bytes = cnnc_rt_context_bytes(&test_model, threads);
    EXPECT_GE(bytes, test_model.arena_bytes + threads * test_model.scratch_bytes);
    EXPECT_LE(bytes, test_model.arena_bytes + threads * (test_model.scratch_bytes + 128) + 1024);
    void *memory = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
    cnnc_context *context = nullptr;
    ASSERT_EQ(cnnc_rt_context_create(&test_model, threads, memory, bytes, &context), CNNC_OK);
    EXPECT_EQ(static_cast<void *>(context), memory);
    Buffers buffers;
    EXPECT_EQ(cnnc_rt_run_in(&test_model, context, buffers.inputs.data(), buffers.outputs.data()), CNNC_OK);
    expectReference(buffers);
    cnnc_rt_context_destroy(context);
    std::free(memory);
  }
}

TEST(ContextMemory, TooLittleOrMisalignedIsRefused) {
  const uint64_t bytes = cnnc_rt_context_bytes(&test_model, 1);
  std::vector<char> block(bytes + 128);
  char *aligned = block.data() + (64 - reinterpret_cast<uintptr_t>(block.data()) % 64);
  cnnc_context *context = nullptr;
  EXPECT_EQ(cnnc_rt_context_create(&test_model, 1, aligned, bytes - 1, &context), CNNC_INVALID_ARGUMENT);
  EXPECT_EQ(cnnc_rt_context_create(&test_model, 1, aligned + 4, bytes, &context), CNNC_INVALID_ARGUMENT);
  EXPECT_EQ(context, nullptr);
}

TEST(ContextMemory, SizesThatOverflowAreRefused) {
  cnnc_abi_model model = test_model;
  model.arena_bytes = UINT64_MAX - 64;
  cnnc_context *context = nullptr;
  EXPECT_EQ(cnnc_rt_context_bytes(&model, 1), 0u);
  EXPECT_EQ(createContext(model, 1, &context), CNNC_OUT_OF_MEMORY);
  model.arena_bytes = uint64_t(1) << 60;
  EXPECT_EQ(createContext(model, 1, &context), CNNC_OUT_OF_MEMORY);
  EXPECT_EQ(cnnc_rt_context_create(&test_model, 100000, nullptr, 0, &context), CNNC_INVALID_ARGUMENT);
}

TEST(Context, OfAnotherModelIsRefused) {
  const cnnc_abi_model other = test_model;
  RuntimeContext context(1);
  Buffers buffers;
  EXPECT_EQ(cnnc_rt_run_in(&other, context.context, buffers.inputs.data(), buffers.outputs.data()),
            CNNC_INVALID_ARGUMENT);
  EXPECT_EQ(cnnc_rt_run_in(&test_model, nullptr, buffers.inputs.data(), buffers.outputs.data()), CNNC_INVALID_ARGUMENT);
  EXPECT_EQ(cnnc_rt_run_in(&test_model, context.context, buffers.inputs.data(), buffers.outputs.data()), CNNC_OK);
}

static cnnc_context *runningContext;
static cnnc_status statusInside;

TEST(Context, IsBusyWhileItRuns) {
  RuntimeContext context(1);
  runningContext = context.context;
  test_model_hook = [] {
    Buffers buffers;
    statusInside = cnnc_rt_api.run(runningContext, buffers.inputs.data(), buffers.outputs.data());
  };
  Buffers buffers;
  EXPECT_EQ(context.run(buffers), CNNC_OK);
  test_model_hook = nullptr;
  EXPECT_EQ(statusInside, CNNC_BUSY);
  EXPECT_EQ(context.run(buffers), CNNC_OK);
}

TEST(Context, MeasuresItsSteps) {
  cnnc_context_options options = {};
  options.struct_size = sizeof options;
  options.threads = 2;
  options.profile = 1;
  cnnc_context *context = nullptr;
  const cnnc_instance *instance = nullptr;
  ASSERT_EQ(cnnc_rt_api.model_open(&test_model, &instance), CNNC_OK);
  ASSERT_EQ(cnnc_rt_api.context_create(instance, &options, &context), CNNC_OK);
  Buffers buffers;
  ASSERT_EQ(cnnc_rt_api.run(context, buffers.inputs.data(), buffers.outputs.data()), CNNC_OK);
  cnnc_step_profile profile;
  ASSERT_EQ(cnnc_rt_api.step_profile(context, 0, &profile), CNNC_OK);
  EXPECT_STREQ(profile.name, "/scale/Conv");
  EXPECT_STREQ(profile.algorithm, "direct");
  EXPECT_GT(profile.milliseconds, 0);
  EXPECT_EQ(cnnc_rt_api.step_profile(context, test_model.step_count, &profile), CNNC_INVALID_ARGUMENT);
  cnnc_rt_api.context_destroy(context);

  RuntimeContext silent(1);
  EXPECT_EQ(cnnc_rt_api.step_profile(silent.context, 0, &profile), CNNC_INVALID_ARGUMENT);
}

TEST(Context, PrintsItsStepsAtCloseWhenTheEnvironmentAsks) {
  Environment profile("CNNC_PROFILE", "1");
  testing::internal::CaptureStderr();
  {
    RuntimeContext context(2);
    Buffers buffers;
    ASSERT_EQ(context.run(buffers), CNNC_OK);
  }
  const std::string table = testing::internal::GetCapturedStderr();
  EXPECT_NE(table.find("GFLOP/s"), std::string::npos);
  EXPECT_NE(table.find("/scale/Conv"), std::string::npos);
  EXPECT_NE(table.find("total"), std::string::npos);
}

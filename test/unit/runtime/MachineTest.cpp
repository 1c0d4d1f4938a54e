// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Levels, numbers of threads, and the split of a step.
#include "machine.h"
#include "Fixture.h"
#include "split.h"

#include <sched.h>
#include <thread>

using namespace cnnc::test;

TEST(Level, TheHighestThatTheMachineHasIsTaken) {
  cnnc_abi_model model = test_model;
  EXPECT_EQ(cnnc_level_select(&model), 1);
  model.level_isa[1] = 99;
  EXPECT_EQ(cnnc_level_select(&model), 0);
  model.level_isa[0] = 98;
  EXPECT_EQ(cnnc_level_select(&model), -1);
  cnnc_context *context = nullptr;
  EXPECT_EQ(cnnc_rt_context_create(&model, 1, nullptr, 0, &context), CNNC_UNSUPPORTED_CPU);
}

TEST(Level, TheEnvironmentForcesALowerOne) {
  Environment isa("CNNC_ISA", "base");
  RuntimeContext context(1);
  EXPECT_STREQ(cnnc_rt_api.context_isa(context.context), "base");
  Buffers buffers;
  ASSERT_EQ(context.run(buffers), CNNC_OK);
  EXPECT_EQ(buffers.totals[2], 0.0f);
}

TEST(Level, UnknownAndHigherNamesAreIgnoredWithARemark) {
  Environment isa("CNNC_ISA", "level-1");
  cnnc_abi_model model = test_model;
  model.level_isa[1] = 99;
  testing::internal::CaptureStderr();
  EXPECT_EQ(cnnc_level_select(&model), 0);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("this processor lacks it"), std::string::npos);

  Environment unknown("CNNC_ISA", "z80");
  testing::internal::CaptureStderr();
  EXPECT_EQ(cnnc_level_select(&test_model), 1);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("no such level"), std::string::npos);
}

#ifdef __x86_64__
TEST(Level, AgreesWithTheCompilersView) {
  EXPECT_EQ(cnnc_machine_isa() >= CNNC_ISA_X86_64_V2, __builtin_cpu_supports("x86-64-v2") != 0);
  EXPECT_EQ(cnnc_machine_isa() >= CNNC_ISA_X86_64_V3, __builtin_cpu_supports("x86-64-v3") != 0);
  EXPECT_EQ(cnnc_machine_isa() >= CNNC_ISA_X86_64_V4, __builtin_cpu_supports("x86-64-v4") != 0);
}
#endif

TEST(Threads, TheEnvironmentSetsTheDefault) {
  {
    Environment threads("CNNC_NUM_THREADS", "5");
    EXPECT_EQ(cnnc_threads_default(), 5u);
  }
  for (const char *text : {"0", "-3", "many", "", "2x"}) {
    Environment threads("CNNC_NUM_THREADS", text);
    EXPECT_LE(cnnc_threads_default(), cnnc_machine_processors());
  }
}

TEST(Threads, AffinityIsHonoured) {
  std::thread bound([] {
    cpu_set_t mine;
    CPU_ZERO(&mine);
    CPU_SET(sched_getcpu(), &mine);
    ASSERT_EQ(sched_setaffinity(0, sizeof mine, &mine), 0);
    EXPECT_EQ(cnnc_machine_processors(), 1u);
    EXPECT_EQ(cnnc_threads_default(), 1u);
  });
  bound.join();
}

TEST(Split, RangesCoverEachTaskOnce) {
  for (int64_t count : {0, 1, 2, 7, 24, 1000003})
    for (uint32_t threads : {1u, 2u, 3u, 7u, 64u}) {
      int64_t next = 0;
      for (uint32_t thread = 0; thread < threads; ++thread) {
        const cnnc_range range = cnnc_split_range(count, thread, threads);
        EXPECT_EQ(range.begin, next);
        EXPECT_LE(range.end - range.begin, count / threads + 1);
        next = range.end;
      }
      EXPECT_EQ(next, count);
    }
}

TEST(Split, ShortStepsStayTogetherAndLongOnesAreShared) {
  cnnc_abi_step step = {};
  step.tasks = 40;
  step.macs = 32 * 1000;
  EXPECT_EQ(cnnc_step_split(&step, 4), CNNC_SPLIT_SERIAL);
  step.macs = 32 * 50000;
  EXPECT_EQ(cnnc_step_split(&step, 4), CNNC_SPLIT_FIXED);
  EXPECT_EQ(cnnc_step_split(&step, 1), CNNC_SPLIT_SERIAL);
  step.macs = 32 * 100000;
  EXPECT_EQ(cnnc_step_split(&step, 4), CNNC_SPLIT_SHARED);
  step.tasks = 4;
  EXPECT_EQ(cnnc_step_split(&step, 4), CNNC_SPLIT_FIXED);
  step.tasks = 1;
  EXPECT_EQ(cnnc_step_split(&step, 4), CNNC_SPLIT_SERIAL);
}

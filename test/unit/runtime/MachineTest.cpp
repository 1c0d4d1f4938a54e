// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Levels, numbers of threads, and the split of a step.
#include "machine.h"
#include "Fixture.h"
#include "split.h"

#include <sched.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace cnnc::test;

/// The test model with levels of other needs.
struct Leveled {
  cnnc_abi_model model = test_model;
  std::vector<cnnc_abi_level> levels;

  explicit Leveled(std::vector<uint64_t> needs) {
    for (size_t i = 0; i < needs.size(); ++i)
      levels.push_back({names[i], needs[i]});
    model.levels = levels.data();
    model.level_count = uint32_t(levels.size());
  }
  int select() const { return cnnc_level_select(&model); }
  static constexpr const char *names[] = {"level-0", "level-1", "level-2", "level-3"};
};

constexpr uint64_t kNobodyHas = uint64_t(1) << 62;

TEST(Level, TheLastWhoseNeedsTheMachineMeetsIsTaken) {
  EXPECT_EQ(cnnc_level_select(&test_model), 1);
  // Needs lie on no line: one that is not met says nothing of those behind it.
  const uint64_t machine = cnnc_machine_features(), one = machine & -machine;
  EXPECT_EQ(Leveled({0, kNobodyHas, one}).select(), 2);
  EXPECT_EQ(Leveled({0, machine, one | kNobodyHas}).select(), 1);
  EXPECT_EQ(Leveled({one, kNobodyHas, machine, kNobodyHas | machine}).select(), 2);
  EXPECT_EQ(Leveled({kNobodyHas, one | kNobodyHas}).select(), -1);
  const Leveled unmet({kNobodyHas});
  cnnc_context *context = nullptr;
  EXPECT_EQ(createContext(unmet.model, 1, &context), CNNC_UNSUPPORTED_CPU);
}

TEST(Level, TheEnvironmentForcesAnother) {
  Environment isa("CNNC_ISA", "base");
  RuntimeContext context(1);
  EXPECT_STREQ(cnnc_rt_api.context_isa(context.context), "base");
  Buffers buffers;
  ASSERT_EQ(context.run(buffers), CNNC_OK);
  EXPECT_EQ(buffers.totals[2], 0.0f);
}

TEST(Level, UnknownNamesAndUnmetNeedsAreIgnoredWithARemark) {
  Environment isa("CNNC_ISA", "level-1");
  testing::internal::CaptureStderr();
  EXPECT_EQ(Leveled({0, kNobodyHas, 0}).select(), 2);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("this processor lacks it"), std::string::npos);

  Environment unknown("CNNC_ISA", "z80");
  testing::internal::CaptureStderr();
  EXPECT_EQ(cnnc_level_select(&test_model), 1);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("no such level"), std::string::npos);
}

#ifdef __x86_64__
TEST(Level, AgreesWithTheCompilersView) {
  const uint64_t features = cnnc_machine_features();
  auto has = [&](uint64_t feature) { return (features & feature) != 0; };
  EXPECT_EQ(has(CNNC_FEATURE_X86_64_V2), __builtin_cpu_supports("x86-64-v2") != 0);
  EXPECT_EQ(has(CNNC_FEATURE_X86_64_V3), __builtin_cpu_supports("x86-64-v3") != 0);
  EXPECT_EQ(has(CNNC_FEATURE_X86_64_V4), __builtin_cpu_supports("x86-64-v4") != 0);
  EXPECT_EQ(has(CNNC_FEATURE_AVX_VNNI), __builtin_cpu_supports("avxvnni") != 0);
  EXPECT_EQ(has(CNNC_FEATURE_AVX512_VNNI), __builtin_cpu_supports("avx512vnni") != 0);
  EXPECT_FALSE(has(CNNC_FEATURE_NEON | CNNC_FEATURE_NEON_DOTPROD));
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

TEST(ThreadsDeathTest, ANumberThatIsNoneIsSaidOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Environment threads("CNNC_NUM_THREADS", "2x");
  const std::string line = "cnnc: CNNC_NUM_THREADS=2x is ignored: no number of threads; running on " +
                           std::to_string(cnnc_machine_processors()) + "\n";
  EXPECT_EXIT((cnnc_threads_default(), cnnc_threads_default(), _exit(0)), testing::ExitedWithCode(0),
              testing::Eq(line));
}

TEST(LevelDeathTest, ALevelThatCannotBeHadIsSaidOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Environment isa("CNNC_ISA", "z80");
  EXPECT_EXIT((cnnc_level_select(&test_model), cnnc_level_select(&test_model), _exit(0)), testing::ExitedWithCode(0),
              testing::Eq("cnnc: CNNC_ISA=z80 is ignored: the model has no such level; running level-1\n"));
}

TEST(Threads, AQuotaGivesItsWholeProcessors) {
  EXPECT_EQ(cnnc_quota_threads(100000, 100000), 1u);
  EXPECT_EQ(cnnc_quota_threads(150000, 100000), 1u);
  EXPECT_EQ(cnnc_quota_threads(199999, 100000), 1u);
  EXPECT_EQ(cnnc_quota_threads(250000, 100000), 2u);
  EXPECT_EQ(cnnc_quota_threads(10000, 100000), 1u);
  EXPECT_EQ(cnnc_quota_threads(-1, 100000), UINT32_MAX);
  EXPECT_EQ(cnnc_quota_threads(100000, 0), UINT32_MAX);
  EXPECT_EQ(cnnc_quota_threads(INT64_MAX, 1), UINT32_MAX);
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

/// A step of so many microseconds on one thread.
static cnnc_abi_step stepOf(int64_t microseconds, int64_t tasks) {
  cnnc_abi_step step = {};
  step.tasks = tasks;
  step.macs = 32 * 1000 * microseconds;
  return step;
}

TEST(Split, AStepTakesTheThreadsThatItPaysFor) {
  struct {
    int64_t microseconds, tasks;
    uint32_t threads, expected;
  } cases[] = {{0, 40, 64, 1},   {4, 40, 64, 1},    {5, 40, 64, 2},   {5, 40, 1, 1},      {20, 40, 64, 5},
               {20, 40, 4, 4},   {20, 3, 64, 3},    {20, 1, 64, 1},   {1000, 40, 64, 40}, {1000, 400, 64, 64},
               {1000, 0, 64, 1}, {300, 80, 64, 64}, {100, 80, 64, 25}};
  for (const auto &c : cases) {
    const cnnc_abi_step step = stepOf(c.microseconds, c.tasks);
    EXPECT_EQ(cnnc_step_threads(&step, c.threads), c.expected) << c.microseconds << " us, " << c.tasks << " tasks";
  }
}

TEST(Split, PiecesAreFewAndLongEnough) {
  struct {
    int64_t microseconds, tasks, grain;
  } cases[] = {{20, 40, 1}, {20, 4000, 50}, {0, 1, 1}, {1000, 1, 1}, {1000000, 65535, 1}, {1000000, 65536, 2}};
  for (const auto &c : cases) {
    const cnnc_abi_step step = stepOf(c.microseconds, c.tasks);
    EXPECT_EQ(cnnc_step_grain(&step), c.grain) << c.microseconds << " us, " << c.tasks << " tasks";
  }
  const cnnc_abi_step huge = stepOf(1000, INT64_MAX);
  EXPECT_LE((huge.tasks - 1) / cnnc_step_grain(&huge) + 1, 65535);
}

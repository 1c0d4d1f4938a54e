// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many threads a run gets, on a clock of our own.
#include "effort.h"

#include "gtest/gtest.h"

#include <algorithm>

namespace {

constexpr uint64_t microsecond = 1000, millisecond = 1000000;

/// A model of one step with `tasks` tasks and so much work, and the times of its runs.
struct Caller {
  cnnc_abi_step step = {};
  cnnc_abi_model model = {};
  cnnc_effort effort;
  uint64_t now = 1000 * millisecond;

  Caller(uint64_t estimate, uint32_t threads) {
    step.tasks = 1000;
    step.macs = static_cast<int64_t>(32 * estimate);
    model.steps = &step;
    model.step_count = 1;
    effort = cnnc_effort_estimate(&model, threads);
  }

  /// After a pause, a run that takes so long on one thread and on several; the threads that it had.
  uint32_t run(uint64_t pause, uint64_t alone, uint64_t together, uint64_t waited = 0) {
    now += pause;
    const uint32_t threads = cnnc_effort_threads(&effort, now);
    const uint64_t begin = now;
    now += threads == 1 ? alone : together;
    const cnnc_help help = {threads > 1 ? effort.estimate_ns / 2 : 0, waited};
    cnnc_effort_measured(&effort, begin, now, threads, help);
    return threads;
  }

  /// How many of `count` such runs had several threads.
  int teamsOf(int count, uint64_t pause, uint64_t alone, uint64_t together, uint64_t waited = 0) {
    int teams = 0;
    for (int i = 0; i < count; ++i)
      teams += run(pause, alone, together, waited) > 1;
    return teams;
  }
};

TEST(Effort, LongRunsHaveTheThreadsTheyPayFor) {
  for (uint64_t pause : {0 * millisecond, 1 * millisecond, 100 * millisecond}) {
    EXPECT_EQ(Caller(8 * millisecond, 2).run(pause, 8 * millisecond, 4 * millisecond), 2u);
    EXPECT_EQ(Caller(8 * millisecond, 64).run(pause, 8 * millisecond, millisecond), 64u);
    EXPECT_EQ(Caller(400 * microsecond, 64).run(pause, 400 * microsecond, 60 * microsecond), 8u);
  }
}

TEST(Effort, ShortRunsAtARateHaveOneThread) {
  for (uint64_t pause : {100 * millisecond, 10 * millisecond, millisecond, 10 * microsecond})
    EXPECT_EQ(Caller(10 * microsecond, 2).teamsOf(1000, pause, 16 * microsecond, 10 * microsecond), 0);
}

TEST(Effort, ShortRunsInAClosedLoopHaveAllThatGain) {
  EXPECT_GT(Caller(10 * microsecond, 2).teamsOf(1000, 100, 16 * microsecond, 10 * microsecond), 980);
}

TEST(Effort, ShortRunsThatSeveralThreadsSlowDownHaveOne) {
  Caller caller(10 * microsecond, 2);
  EXPECT_LE(caller.teamsOf(5000, 100, 16 * microsecond, 20 * microsecond), 1000);
  // Now and then it is tried again: things may have changed.
  EXPECT_GT(caller.teamsOf(20000, 100, 16 * microsecond, 10 * microsecond), 5000);
}

TEST(Effort, ShortRunsAreJudgedOnceTheirWorkersAreUp) {
  // For milliseconds the system runs both threads on one processor, and then finds the other idle.
  Caller caller(10 * microsecond, 2);
  caller.teamsOf(200, 100, 16 * microsecond, 40 * microsecond);
  EXPECT_GT(caller.teamsOf(10000, 100, 16 * microsecond, 10 * microsecond), 9900);
}

TEST(Effort, LongRunsThatShareTheirProcessorWithTheirWorkersHaveOneThread) {
  // Nobody waits, and yet each has half of the time.
  Caller caller(6 * millisecond, 2);
  EXPECT_LE(caller.teamsOf(1000, 10 * millisecond, 3 * millisecond, 6 * millisecond), 100);
}

TEST(Effort, LongRunsThatWaitForTheirWorkersHaveOneThread) {
  Caller caller(8 * millisecond, 2);
  EXPECT_EQ(caller.teamsOf(100, millisecond, 8 * millisecond, 5 * millisecond, 2 * millisecond), 100);
  EXPECT_LE(caller.teamsOf(1000, millisecond, 8 * millisecond, 20 * millisecond, 15 * millisecond), 100);
  EXPECT_GT(caller.teamsOf(4000, millisecond, 8 * millisecond, 4 * millisecond, 0), 2000);
}

TEST(Effort, AWrongEstimateIsFoundOut) {
  for (uint32_t threads : {2u, 64u}) {
    Caller pessimist(10 * millisecond, threads);
    EXPECT_LE(pessimist.teamsOf(100, 10 * millisecond, 16 * microsecond, 50 * microsecond), 1);
  }
  Caller optimist(50 * microsecond, 2);
  EXPECT_EQ(optimist.teamsOf(100, 10 * millisecond, 5 * millisecond, 3 * millisecond), 99);
}

TEST(Effort, AnInterruptedRunIsForgotten) {
  Caller caller(10 * microsecond, 2);
  caller.teamsOf(10, millisecond, 16 * microsecond, 10 * microsecond);
  caller.run(millisecond, 20 * millisecond, 20 * millisecond);
  EXPECT_LE(caller.teamsOf(100, millisecond, 16 * microsecond, 10 * microsecond), 1);
}

TEST(Effort, WorkersLingerForAFractionOfTheRun) {
  for (uint64_t work : {10 * microsecond, 90 * microsecond, 400 * microsecond, 80 * millisecond}) {
    const cnnc_effort effort = Caller(work, 2).effort;
    EXPECT_LE(cnnc_effort_linger_ns(&effort), std::min(work / 4, 500 * microsecond));
    EXPECT_GE(cnnc_effort_linger_ns(&effort), std::min(work / 8, 50 * microsecond));
    const cnnc_effort many = Caller(work, 64).effort;
    EXPECT_LE(63 * cnnc_effort_linger_ns(&many), std::max(work / 8, 63 * 25 * microsecond));
  }
}

} // namespace

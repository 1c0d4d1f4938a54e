// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same bits for any number of threads, of contexts, and of callers at once.
#include "Fixture.h"

#include <atomic>
#include <cfenv>
#include <chrono>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace cnnc::test;

class WalkOnThreads : public testing::TestWithParam<uint32_t> {};

TEST_P(WalkOnThreads, GivesTheReferencesBits) {
  RuntimeContext context(GetParam());
  ASSERT_EQ(context.status, CNNC_OK);
  EXPECT_EQ(cnnc_rt_api.context_threads(context.context), GetParam());
  for (int seed = 0; seed < 100; ++seed) {
    Buffers buffers(seed);
    ASSERT_EQ(context.run(buffers), CNNC_OK);
    expectReference(buffers);
  }
}

TEST_P(WalkOnThreads, WakesParkedWorkers) {
  RuntimeContext context(GetParam());
  for (int seed = 0; seed < 3; ++seed) {
    Buffers buffers(seed);
    ASSERT_EQ(context.run(buffers), CNNC_OK);
    expectReference(buffers);
    usleep(10000);
  }
}

// Thread 0 loses its processor in its first task: the other takes the tasks that thread 0 has not begun.
static std::atomic<int64_t> tasksDone;

static void holdUpTheFirst(char *, const char *, void *const *, char *, int64_t task) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  do
    usleep(1000); // long enough to be worth a worker in the next run too
  while (task == 0 && tasksDone < 7 && std::chrono::steady_clock::now() < end);
  tasksDone += task != 0 || tasksDone == 7;
}

TEST(Walk, TasksOfAThreadThatIsHeldUpGoToOthers) {
  cnnc_step_fn function = holdUpTheFirst;
  cnnc_abi_step step = {"long", "test", &function, 8, int64_t(1) << 30, 0, CNNC_STEP_CALL, 0};
  cnnc_abi_model model = modelOfSteps(&step, 1);
  cnnc_context *context = nullptr;
  ASSERT_EQ(createContext(model, 2, &context), CNNC_OK);
  for (int run = 0; run < 3; ++run) {
    tasksDone = 0;
    ASSERT_EQ(cnnc_rt_api.run(context, nullptr, nullptr), CNNC_OK);
    EXPECT_EQ(tasksDone, 8);
  }
  cnnc_rt_api.context_destroy(context);
}

INSTANTIATE_TEST_SUITE_P(Counts, WalkOnThreads, testing::Values(1, 2, 3, 7));

static void runManyTimes(cnnc_context *context, int seed, std::atomic<int> &failures) {
  Buffers buffers(seed), expected(seed);
  float sum;
  test_model_reference(expected.x.data(), expected.y.data(), &sum);
  for (int i = 0; i < 200; ++i) {
    buffers.y.fill(0);
    const int status = cnnc_rt_run_in(&test_model, context, buffers.inputs.data(), buffers.outputs.data());
    if (status != CNNC_OK || buffers.y != expected.y)
      ++failures;
  }
}

TEST(WalkConcurrently, ContextsShareOnePool) {
  cnnc_pool *pool = nullptr;
  ASSERT_EQ(cnnc_rt_api.pool_create(3, &pool), CNNC_OK);
  {
    std::vector<std::unique_ptr<RuntimeContext>> contexts;
    std::vector<std::thread> callers;
    std::atomic<int> failures{0};
    for (int i = 0; i < 5; ++i)
      contexts.push_back(std::make_unique<RuntimeContext>(3, pool));
    for (int i = 0; i < 5; ++i)
      callers.emplace_back([&, i] { runManyTimes(contexts[i]->context, i, failures); });
    for (std::thread &caller : callers)
      caller.join();
    EXPECT_EQ(failures, 0);
  }
  cnnc_rt_api.pool_destroy(pool);
}

TEST(WalkConcurrently, DefaultContextsAreMadeAsNeeded) {
  std::atomic<int> failures{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back([&, i] {
      Buffers buffers(i);
      for (int run = 0; run < 50; ++run)
        if (cnnc_rt_run_default(&test_model, buffers.inputs.data(), buffers.outputs.data()) != CNNC_OK)
          ++failures;
      expectReference(buffers);
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(failures, 0);
}

TEST(WalkConcurrently, APoolWithFewerThreadsServes) {
  cnnc_pool *pool = nullptr;
  ASSERT_EQ(cnnc_rt_api.pool_create(2, &pool), CNNC_OK);
  {
    RuntimeContext context(7, pool);
    EXPECT_EQ(cnnc_rt_api.context_threads(context.context), 2u);
    Buffers buffers;
    EXPECT_EQ(context.run(buffers), CNNC_OK);
    expectReference(buffers);
  }
  cnnc_rt_api.pool_destroy(pool);
}

TEST(WalkAfterFork, TheChildHasItsOwnWorkers) {
  RuntimeContext context(3);
  Buffers buffers;
  ASSERT_EQ(context.run(buffers), CNNC_OK);
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    Buffers own(5), expected(5);
    float sum;
    const cnnc_status status = context.run(own);
    test_model_reference(expected.x.data(), expected.y.data(), &sum);
    cnnc_rt_api.context_destroy(context.context);
    _exit(status == CNNC_OK && own.y == expected.y ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(context.run(buffers), CNNC_OK);
}

TEST(FloatMode, SubnormalsAreZeroInsideAndTheCallersModeIsRestored) {
  RuntimeContext context(1);
  Buffers buffers;
  const int rounding = fegetround();
  ASSERT_EQ(fesetround(FE_UPWARD), 0);
  EXPECT_EQ(context.run(buffers), CNNC_OK);
  EXPECT_EQ(fegetround(), FE_UPWARD);
  fesetround(rounding);
  expectReference(buffers);
  EXPECT_EQ(buffers.totals[1], 0.0f);
  volatile float tiny = 1e-30f;
  EXPECT_NE(tiny * 1e-10f, 0.0f);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A forked child has neither the workers nor the other threads' runs of its parent.
#include "Fixture.h"
#include "Interposed.h"
#include "pool.h"

#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace cnnc::test;

namespace {

/// With and without a kernel that wipes pages on fork.
class Fork : public testing::TestWithParam<bool> {
protected:
  void SetUp() override { wipeOnForkFails = GetParam(); }
  void TearDown() override { wipeOnForkFails = false; }
};

/// The status of a child that runs the function; it has ten seconds.
template <typename Function> int statusOfChild(Function function) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    _exit(function() ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

bool runsRight(RuntimeContext &context, int seed) {
  Buffers buffers(seed), expected(seed);
  float sum;
  test_model_reference(expected.x.data(), expected.y.data(), &sum);
  return context.run(buffers) == CNNC_OK && buffers.y == expected.y;
}

std::atomic<bool> helped;

void noteHelp(void *, const void *, uint32_t seat, uint32_t) { helped = helped || seat != 0; }

/// Until a worker has come; the child's alarm bounds it.
bool getsHelp(cnnc_pool *pool) {
  for (helped = false; !helped;) {
    cnnc_team *team = pool->open(pool, 3, noteHelp, nullptr);
    if (!team)
      return false;
    pool->share(team, nullptr, 1000, 3, true);
    pool->close(team, 0);
  }
  return true;
}

TEST_P(Fork, TheChildHasWorkersOfItsOwn) {
  cnnc_pool *pool = nullptr;
  ASSERT_EQ(cnnc_rt_api.pool_create(3, &pool), CNNC_OK);
  {
    RuntimeContext context(3, pool);
    ASSERT_TRUE(runsRight(context, 1) && getsHelp(pool));
    const int status = statusOfChild([&] { return runsRight(context, 5) && getsHelp(pool) && pool->destroy(pool); });
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(runsRight(context, 2) && getsHelp(pool));
  }
  // A child that never ran may destroy it too.
  EXPECT_EQ(statusOfChild([&] { return pool->destroy(pool); }), 0);
  cnnc_rt_api.pool_destroy(pool);
}

std::atomic<bool> inside, goOn;

TEST_P(Fork, AContextThatRanMeanwhileIsFreeInTheChild) {
  for (uint32_t threads : {1u, 3u}) {
    RuntimeContext context(threads);
    inside = goOn = false;
    test_model_hook = [] {
      inside = true;
      while (!goOn)
        usleep(100);
    };
    std::thread runner([&] { EXPECT_TRUE(runsRight(context, 1)); });
    while (!inside)
      usleep(100);
    const int status = statusOfChild([&] {
      test_model_hook = nullptr;
      return runsRight(context, 5) && runsRight(context, 6);
    });
    EXPECT_EQ(status, 0) << threads << " threads";
    Buffers buffers;
    EXPECT_EQ(context.run(buffers), CNNC_BUSY) << "in the parent it is not";
    goOn = true;
    runner.join();
    test_model_hook = nullptr;
    EXPECT_TRUE(runsRight(context, 7));
  }
}

TEST_P(Fork, GrandchildrenToo) {
  RuntimeContext context(2);
  const int status = statusOfChild([&] {
    return runsRight(context, 1) && statusOfChild([&] { return runsRight(context, 2); }) == 0 && runsRight(context, 3);
  });
  EXPECT_EQ(status, 0);
}

INSTANTIATE_TEST_SUITE_P(Wipes, Fork, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(CannotWipe, Fork, testing::Values(true));

} // namespace

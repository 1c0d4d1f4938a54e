// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Many more threads than processors, callers that come and go, contexts and pools that are made and destroyed, and
// forks meanwhile: for some seconds, every result is compared.
#include "Fixture.h"
#include "pool.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace cnnc::test;

namespace {

using Clock = std::chrono::steady_clock;

/// What a caller's steps do: each piece adds its number, whoever runs it.
struct Sum {
  std::atomic<uint64_t> pieces{0}, sum{0};

  static void run(void *job, const void *step, uint32_t, uint32_t piece) {
    Sum &own = *static_cast<Sum *>(job);
    ++own.pieces;
    own.sum += piece + *static_cast<const uint32_t *>(step);
  }
};

/// A team of random size, some steps of random numbers of pieces and threads.
bool shareAtRandom(cnnc_pool *pool, std::minstd_rand &random) {
  Sum sum;
  const uint32_t wanted = 1 + random() % pool->threads;
  cnnc_team *team = pool->open(pool, wanted, Sum::run, &sum);
  if (!team)
    return true; // more callers than teams
  uint64_t pieces = 0, expected = 0;
  for (uint32_t step = 0, steps = random() % 20; step < steps; ++step) {
    const uint32_t count = random() % 300;
    pool->share(team, &step, count, 1 + random() % wanted, random() % 2);
    pieces += count;
    expected += uint64_t(count) * step + uint64_t(count) * (count - 1) / 2 * (count > 0);
    if (sum.pieces != pieces || sum.sum != expected)
      return false;
  }
  pool->close(team, random() % 30000);
  return true;
}

bool runContext(cnnc_pool *pool, std::minstd_rand &random) {
  RuntimeContext context(1 + random() % 64, pool);
  const int seed = static_cast<int>(random() % 100);
  Buffers buffers(seed), expected(seed);
  test_model_reference(expected.x.data(), expected.y.data(), expected.totals.data());
  for (int i = 0; i < 3; ++i)
    if (context.run(buffers) != CNNC_OK || buffers.y != expected.y)
      return false;
  return true;
}

bool forkAndRun(cnnc_pool *pool, std::minstd_rand &random) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(shareAtRandom(pool, random) && runContext(pool, random) ? 0 : 1);
  }
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

bool ownPool(std::minstd_rand &random) {
  cnnc_pool *own = nullptr;
  if (cnnc_rt_pool_create(1 + random() % 16, &own) != CNNC_OK)
    return false;
  const bool right = shareAtRandom(own, random);
  return own->destroy(own) && right;
}

TEST(Stress, EveryResultIsRight) {
  cnnc_pool *pool = nullptr;
  ASSERT_EQ(cnnc_rt_pool_create(64, &pool), CNNC_OK);
  ASSERT_EQ(pool->threads, 64u);
  const Clock::time_point end = Clock::now() + std::chrono::seconds(5);
  std::atomic<int> faults{0}, turns{0};
  std::vector<std::thread> callers;
  for (unsigned caller = 0; caller < 6; ++caller)
    callers.emplace_back([&, caller] {
      std::minstd_rand random(caller + 1);
      for (; Clock::now() < end && faults == 0; ++turns) {
        const unsigned kind = random() % 100;
        const bool right = kind < 70   ? shareAtRandom(pool, random)
                           : kind < 90 ? runContext(pool, random)
                           : kind < 97 ? ownPool(random)
                                       : forkAndRun(pool, random);
        faults += !right;
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(faults, 0);
  EXPECT_GT(turns, 50);
  EXPECT_TRUE(pool->destroy(pool));
}

} // namespace

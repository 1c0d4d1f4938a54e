// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Teams: who takes pieces, at which seats, and what waiting costs.
#include "pool.h"
#include "Fixture.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

/// A pool for the time of a test.
struct Pool {
  cnnc_pool *pool = nullptr;
  explicit Pool(uint32_t threads) { EXPECT_EQ(cnnc_rt_pool_create(threads, &pool), CNNC_OK); }
  Pool(const Pool &) = delete;
  ~Pool() { EXPECT_TRUE(pool->destroy(pool)); }
  cnnc_pool *operator->() const { return pool; }
};

/// Counts how often each piece ran, and whether two threads ever had one seat.
struct Tally {
  std::vector<std::atomic<int>> pieces;
  std::vector<std::atomic<int>> seats;
  std::atomic<int> faults{0}, helped{0}, inside{0}, peak{0};
  std::chrono::microseconds sleep{0};

  Tally(size_t pieces, size_t seats) : pieces(pieces), seats(seats) {}

  static void run(void *job, const void *, uint32_t seat, uint32_t piece) {
    Tally &tally = *static_cast<Tally *>(job);
    tally.faults += seat >= tally.seats.size() || piece >= tally.pieces.size() || tally.seats[seat]++ != 0;
    const int inside = ++tally.inside;
    for (int peak = tally.peak; inside > peak && !tally.peak.compare_exchange_weak(peak, inside);)
      ;
    if (tally.sleep.count())
      std::this_thread::sleep_for(tally.sleep);
    ++tally.pieces[piece];
    tally.helped += seat != 0;
    --tally.inside;
    --tally.seats[seat];
  }
};

TEST(Pool, EveryPieceRunsOnceWhateverTheNumbers) {
  for (uint32_t threads : {1u, 2u, 3u, 8u, 64u}) {
    Pool pool(threads);
    for (uint32_t pieces : {0u, 1u, 2u, 7u, 64u, 1000u, threads == 3 ? uint32_t(CNNC_MAX_PIECES) : 100u})
      for (uint32_t wanted : {1u, 2u, threads}) {
        Tally tally(pieces, std::max(wanted, 1u));
        cnnc_team *team = pool->open(pool.pool, wanted, Tally::run, &tally);
        ASSERT_NE(team, nullptr);
        for (int turn = 1; turn <= 3; ++turn) {
          pool->share(team, nullptr, pieces, wanted, true);
          for (const std::atomic<int> &piece : tally.pieces)
            tally.faults += piece != turn;
        }
        pool->close(team, 0);
        EXPECT_EQ(tally.faults, 0) << threads << " threads, " << wanted << " wanted, " << pieces << " pieces";
      }
  }
}

TEST(Pool, WorkersHelp) {
  Pool pool(4);
  Tally tally(64, 4);
  tally.sleep = std::chrono::milliseconds(1);
  // Sleeping pieces leave the processor to others, however busy the machine is.
  cnnc_team *team = pool->open(pool.pool, 4, Tally::run, &tally);
  for (int turn = 0; turn < 100 && tally.peak < 4; ++turn)
    pool->share(team, nullptr, 64, 4, true);
  pool->close(team, 0);
  EXPECT_EQ(tally.peak, 4);
  EXPECT_EQ(tally.faults, 0);
}

TEST(Pool, AStepHasNoMoreThreadsThanItPaysFor) {
  Pool pool(8);
  Tally tally(64, 8);
  tally.sleep = std::chrono::milliseconds(1);
  cnnc_team *team = pool->open(pool.pool, 8, Tally::run, &tally);
  for (int turn = 0; turn < 100 && tally.peak < 8; ++turn)
    pool->share(team, nullptr, 64, 8, true);
  tally.peak = 0;
  for (int turn = 0; turn < 20; ++turn)
    pool->share(team, nullptr, 64, 3, true);
  pool->close(team, 0);
  EXPECT_LE(tally.peak, 3);
}

/// Opens teams of all threads until it is told to stop.
static void callUntil(const std::atomic<bool> &stop, cnnc_pool *pool, Tally &tally) {
  while (!stop) {
    cnnc_team *team = pool->open(pool, pool->threads, Tally::run, &tally);
    ASSERT_NE(team, nullptr);
    for (int step = 0; step < 5; ++step)
      pool->share(team, nullptr, 32, pool->threads, true);
    pool->close(team, 0);
  }
}

static bool waitFor(const std::function<bool()> &condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return condition();
}

TEST(Pool, TwoCallersShareTheWorkers) {
  Pool pool(8);
  Tally first(32, 8), second(32, 8);
  first.sleep = second.sleep = std::chrono::milliseconds(1);
  std::atomic<bool> stop{false};
  std::thread one([&] { callUntil(stop, pool.pool, first); });
  EXPECT_TRUE(waitFor([&] { return first.peak == 8; })) << "the first has all";
  std::thread two([&] { callUntil(stop, pool.pool, second); });
  EXPECT_TRUE(waitFor([&] { return second.peak >= 3; })) << "the second has its half";
  stop = true;
  one.join();
  two.join();
  EXPECT_EQ(first.faults + second.faults, 0);
}

TEST(Pool, MoreCallersThanTeamsWorkAlone) {
  Pool pool(2);
  Tally tally(1, 2);
  cnnc_team *team = pool->open(pool.pool, 2, Tally::run, &tally);
  EXPECT_EQ(pool->open(pool.pool, 2, Tally::run, &tally), nullptr);
  EXPECT_FALSE(pool->destroy(pool.pool));
  pool->close(team, 0);
}

static double processorMilliseconds() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

TEST(Pool, IdleWorkersSleep) {
  Pool pool(4);
  Tally tally(64, 4);
  cnnc_team *team = pool->open(pool.pool, 4, Tally::run, &tally);
  pool->share(team, nullptr, 64, 4, true);
  pool->close(team, 10000000); // longer than workers ever wait
  const double before = processorMilliseconds();
  usleep(50000);
  EXPECT_LT(processorMilliseconds() - before, 5);
}

static std::atomic<bool> maskSeen;
static sigset_t workersMask;

static void readMask(void *, const void *, uint32_t seat, uint32_t) {
  if (seat != 0 && !maskSeen) {
    pthread_sigmask(SIG_BLOCK, nullptr, &workersMask);
    maskSeen = true;
  }
  usleep(1000);
}

TEST(Pool, WorkersTakeTheSignalsOfTheirOwnFaultsOnly) {
  Pool pool(2);
  cnnc_team *team = pool->open(pool.pool, 2, readMask, nullptr);
  EXPECT_TRUE(waitFor([&] {
    pool->share(team, nullptr, 4, 2, true);
    return maskSeen.load();
  }));
  pool->close(team, 0);
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF})
    EXPECT_EQ(sigismember(&workersMask, signal), 0) << strsignal(signal);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD, SIGPIPE, SIGWINCH})
    EXPECT_EQ(sigismember(&workersMask, signal), 1) << strsignal(signal);
  sigset_t own;
  pthread_sigmask(SIG_BLOCK, nullptr, &own);
  EXPECT_EQ(sigismember(&own, SIGTERM), 0) << "the caller's mask is left as it was";
}

} // namespace

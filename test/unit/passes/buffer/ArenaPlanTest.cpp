// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/ArenaPlan.h"
#include "gtest/gtest.h"
#include <random>

using namespace cnnc::buffer;

TEST(ArenaPlan, OfNothingIsEmpty) {
  ArenaPlan plan = planArena({});
  EXPECT_EQ(plan.bytes, 0);
  EXPECT_EQ(plan.liveBytes, 0);
}

TEST(ArenaPlan, ReusesWhatIsDead) {
  Buffer chain[] = {{1024, 0, 1}, {1024, 1, 2}, {1024, 2, 3}, {1024, 3, 4}};
  ArenaPlan plan = planArena(chain);
  EXPECT_TRUE(isValidPlan(chain, plan));
  EXPECT_EQ(plan.bytes, 2048);
  EXPECT_EQ(plan.liveBytes, 2048);
}

TEST(ArenaPlan, CountsBothEndsOfALife) {
  Buffer touching[] = {{64, 0, 3}, {64, 3, 5}};
  EXPECT_EQ(planArena(touching).bytes, 128);
}

TEST(ArenaPlan, RoundsToCacheLines) {
  Buffer odd[] = {{1, 0, 0}, {65, 0, 0}};
  ArenaPlan plan = planArena(odd);
  EXPECT_EQ(plan.offsets[0] % 64, 0);
  EXPECT_EQ(plan.offsets[1] % 64, 0);
  EXPECT_EQ(plan.bytes, 192);
}

TEST(ArenaPlan, TakesTheSmallestGap) {
  // The short buffer fits between two long ones, where a third has ended.
  Buffer buffers[] = {{512, 0, 9}, {256, 0, 1}, {256, 0, 9}, {128, 5, 6}};
  ArenaPlan plan = planArena(buffers);
  EXPECT_TRUE(isValidPlan(buffers, plan));
  EXPECT_EQ(plan.bytes, 1024);
}

TEST(ArenaPlan, RefusesOverlap) {
  Buffer buffers[] = {{128, 0, 2}, {128, 1, 3}};
  ArenaPlan plan = planArena(buffers);
  plan.offsets[1] = plan.offsets[0] + 64;
  EXPECT_FALSE(isValidPlan(buffers, plan));
}

TEST(ArenaPlan, StaysNearTheLowerBound) {
  std::mt19937 random(1);
  for (int network = 0; network != 50; ++network) {
    // Chains with skips, as networks have them.
    llvm::SmallVector<Buffer> buffers;
    for (int64_t step = 0; step != 100; ++step)
      buffers.push_back(
          {int64_t(1024 + random() % 65536), step, step + 1 + int64_t(random() % 4 == 0 ? random() % 8 : 0)});
    ArenaPlan plan = planArena(buffers);
    EXPECT_TRUE(isValidPlan(buffers, plan));
    EXPECT_LE(plan.bytes, plan.liveBytes * 1.2);
  }
}

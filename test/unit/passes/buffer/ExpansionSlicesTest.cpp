// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/ExpansionSlices.h"
#include "gtest/gtest.h"

using namespace cnnc::buffer;

static constexpr int64_t kKiB = 1024;

TEST(ExpansionSlices, AreForMapsLargerThanAnyL2) {
  ExpandedMap map = {9, 58 * 64, 56, 1, 3}; // 144 channels at 56 x 56
  EXPECT_EQ(map.bytes(), 9 * 58 * 58 * 64);
  EXPECT_NE(selectRowParts(map, 512 * kKiB, 1024 * kKiB), 0);
  EXPECT_EQ(selectRowParts(map, 512 * kKiB, map.bytes()), 0);
}

TEST(ExpansionSlices, StayInHalfOfL2) {
  ExpandedMap map = {6, 113 * 64, 56, 2, 3}; // 96 channels at 112 x 112
  int64_t parts = selectRowParts(map, 512 * kKiB, 1024 * kKiB);
  EXPECT_EQ(parts, 4);
  EXPECT_LE(map.rowBytes * map.readRows(map.rows / parts), 256 * kKiB);
  EXPECT_EQ(selectRowParts(map, 2048 * kKiB, 2048 * kKiB), 2);
}

TEST(ExpansionSlices, AreEnoughForThreads) {
  // One part would do for L2, but nine tasks leave two threads uneven.
  EXPECT_EQ(selectRowParts({9, 58 * 64, 56, 1, 3}, 512 * kKiB, 1024 * kKiB), 2);
  EXPECT_EQ(selectRowParts({12, 58 * 64, 56, 1, 3}, 512 * kKiB, 1024 * kKiB), 1);
}

TEST(ExpansionSlices, ComputeFewRowsTwice) {
  // Four parts of a large kernel, but for L2 alone.
  EXPECT_EQ(selectRowParts({6, 118 * 64, 112, 1, 7}, 512 * kKiB, 1024 * kKiB), 0);
  // Rows of a prime number have no parts.
  EXPECT_EQ(selectRowParts({6, 115 * 64, 113, 1, 3}, 512 * kKiB, 1024 * kKiB), 0);
}

TEST(ExpansionSlices, NeedWindowsThatMeet) {
  EXPECT_EQ(selectRowParts({6, 113 * 64, 56, 2, 1}, 512 * kKiB, 1024 * kKiB), 0);
}

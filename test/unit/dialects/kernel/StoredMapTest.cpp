// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/StoredMap.h"

#include <gtest/gtest.h>

using namespace cnnc::kernel;

namespace {

TEST(MergePixelDims, MergesWhatEveryOperandWalksAsOne) {
  // 2 images of 7 x 7 pixels, both operands dense.
  auto merged = mergePixelDims({{2, {49 * 64, 49 * 128}}, {7, {7 * 64, 7 * 128}}, {7, {64, 128}}});
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_EQ(merged[0].extent, 98);
  EXPECT_EQ(merged[0].pitches[1], 128);
}

TEST(MergePixelDims, KeepsApartWhatOneOperandWalksWithGaps) {
  // The first operand has a border of one pixel on each side of a row.
  auto merged = mergePixelDims({{7, {9 * 64, 7 * 64}}, {7, {64, 64}}});
  ASSERT_EQ(merged.size(), 2u);
  EXPECT_EQ(merged[0].extent, 7);
}

TEST(MergePixelDims, DropsExtentsOfOneButLeavesADimension) {
  auto merged = mergePixelDims({{1, {64}}, {1, {64}}});
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_EQ(merged[0].extent, 1);
}

TEST(MergePixelDims, ABroadcastOperandMergesOnlyWithItself) {
  auto merged = mergePixelDims({{3, {70, 0}}, {7, {10, 0}}});
  EXPECT_EQ(merged.size(), 1u);
  merged = mergePixelDims({{3, {70, 0}}, {7, {10, 4}}});
  EXPECT_EQ(merged.size(), 2u);
}

} // namespace

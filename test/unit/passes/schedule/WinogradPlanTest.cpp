// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/WinogradPlan.h"

#include <gtest/gtest.h>

using namespace cnnc;
using namespace cnnc::schedule;

namespace {

constexpr WinogradChoice kChoice = {7, 4, 33, 1, 1, 6};

WinogradPlan plan(int64_t panels, bool isRaw = false, const WinogradPlan &pinned = {}) {
  return planWinograd(panels, isRaw, kChoice, *target::lookupLevel("x86-64-v4"), pinned);
}

TEST(WinogradPlan, ChunksOfOnePanelLessHaveATileOfTheirOwn) {
  // 7 panels are chunks of 4 and of 3, whose tile of three vectors has room for more pixels.
  WinogradPlan chosen = plan(7);
  EXPECT_EQ(chosen.chunk, 4);
  EXPECT_EQ(chosen.rows, 7);
  EXPECT_EQ(chosen.narrowRows, 9);
}

TEST(WinogradPlan, RawFiltersAreTransformedFewAtATime) {
  WinogradPlan chosen = plan(8, /*isRaw=*/true);
  EXPECT_EQ(chosen.chunk, 2);
  EXPECT_EQ(chosen.blocks, 8);
}

TEST(WinogradPlan, WhatIsPinnedStays) {
  WinogradPlan pinned;
  pinned.tileBlock = 5;
  pinned.panelParts = 2;
  WinogradPlan chosen = plan(8, false, pinned);
  EXPECT_EQ(chosen.tileBlock, 5);
  EXPECT_EQ(chosen.panelParts, 2);
  EXPECT_EQ(chosen.tileParts, 3) << "six tasks";
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/WindowPlan.h"

#include <gtest/gtest.h>

using namespace cnnc;
using namespace cnnc::schedule;
using kernel::UnrolledTaps;

namespace {

/// A depthwise convolution of one image, channels last.
struct Window {
  llvm::SmallVector<int64_t> extents, kernel;
  WindowFacts facts;
  Window(llvm::ArrayRef<int64_t> extents, llvm::ArrayRef<int64_t> kernel)
      : extents(extents), kernel(kernel), facts{this->extents, this->kernel, 1, 64, 1, true, false, false, 1} {}
  WindowPlan plan(const WindowPlan &pinned = {}) {
    return planWindow(facts, *target::lookupLevel("x86-64-v3"), pinned);
  }
};

TEST(WindowPlan, ATileLiesAlongTheLastDimensionUnlessThatIsShort) {
  EXPECT_EQ(Window({14, 14}, {3, 3}).plan().along, 1);
  Window tall({9, 1}, {3, 3});
  EXPECT_EQ(tall.plan().along, 0);
  tall.facts.sumsRows = true;
  EXPECT_EQ(tall.plan().along, 1) << "rows that are summed";
}

TEST(WindowPlan, TilesFitTheRow) {
  EXPECT_EQ(Window({14, 14}, {3, 3}).plan().tile, 7);
  EXPECT_EQ(Window({14, 5}, {3, 3}).plan().tile, 5);
}

TEST(WindowPlan, UnrollsFewTaps) {
  EXPECT_EQ(Window({14, 14}, {5, 5}).plan().unroll, UnrolledTaps::all);
  EXPECT_EQ(Window({14, 14}, {7, 7}).plan().unroll, UnrolledTaps::row);
  EXPECT_EQ(Window({14, 14}, {1, 33}).plan().unroll, UnrolledTaps::none);
}

TEST(WindowPlan, CallsOfManyTasksAreSmaller) {
  Window window({14, 14}, {3, 3});
  EXPECT_EQ(window.plan().channels, 64);
  EXPECT_EQ(window.plan().rows, 14);
  window.facts.tasks = 8;
  EXPECT_LT(window.plan().channels, 64);
  EXPECT_LT(window.plan().rows, 14);
  window.facts.isBlocked = true;
  EXPECT_EQ(window.plan().channels, 16);
}

TEST(WindowPlan, WhatIsPinnedStays) {
  WindowPlan pinned;
  pinned.along = 0;
  pinned.rows = 2;
  WindowPlan plan = Window({14, 28}, {3, 3}).plan(pinned);
  EXPECT_EQ(plan.along, 0);
  EXPECT_EQ(plan.rows, 2);
  EXPECT_NE(plan.tile, kernel::kOpen);
}

TEST(WindowPlan, AWindowWithoutDimensionsIsOneOutput) {
  WindowPlan plan = Window({}, {}).plan();
  EXPECT_EQ(plan.along, 0);
  EXPECT_EQ(plan.tile, 1);
  EXPECT_EQ(plan.rows, 1);
}

} // namespace

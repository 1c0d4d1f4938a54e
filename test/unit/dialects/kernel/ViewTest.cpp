// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/View.h"

#include "gtest/gtest.h"

using namespace cnnc::kernel;

TEST(View, DenseFromADimensionOn) {
  EXPECT_TRUE(isDenseFrom(0, {2, 3, 4}, {12, 4, 1}));
  EXPECT_FALSE(isDenseFrom(0, {2, 3, 4}, {24, 4, 1}));
  EXPECT_TRUE(isDenseFrom(1, {2, 3, 4}, {24, 4, 1}));
  EXPECT_FALSE(isDenseFrom(1, {2, 3, 4}, {24, 8, 1}));
  EXPECT_TRUE(isDenseFrom(2, {2, 3, 4}, {24, 8, 1}));
  EXPECT_FALSE(isDenseFrom(2, {2, 3, 4}, {24, 8, 2}));
  EXPECT_TRUE(isDenseFrom(3, {2, 3, 4}, {24, 8, 2}));
}

TEST(View, StridesOfExtentsOfOneDoNotCount) {
  EXPECT_TRUE(isDenseFrom(0, {2, 1, 4, 1}, {4, 99, 1, 7}));
  EXPECT_FALSE(isDenseFrom(0, {2, 1, 4, 1}, {5, 99, 1, 7}));
}

TEST(View, Scalars) { EXPECT_TRUE(isDenseFrom(0, {}, {})); }

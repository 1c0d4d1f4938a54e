// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/tune/Candidates.h"
#include "test/unit/passes/layout/ConvShapes.h"

#include "gtest/gtest.h"

using namespace cnnc;
using namespace cnnc::layout;
using namespace cnnc::tune;
using cnn::Algorithm;
using Algorithms = llvm::SmallVector<Algorithm>;

TEST(Candidates, TheChosenOneComesFirstThenTheQuickest) {
  EXPECT_EQ(rankCandidates(square(512, 7, 3), Algorithm::direct, kAvx2),
            (Algorithms{Algorithm::direct, Algorithm::winograd_2_3, Algorithm::winograd_4_3}));
}

TEST(Candidates, WhatIsFarBehindOrInaccurateIsNotTimed) {
  Algorithms candidates = rankCandidates(square(128, 56, 3), Algorithm::winograd_4_3, kAvx2);
  EXPECT_EQ(candidates, (Algorithms{Algorithm::winograd_4_3, Algorithm::winograd_2_3}));
}

TEST(Candidates, OtherShapesHaveOne) {
  EXPECT_EQ(rankCandidates(square(64, 56, 1), Algorithm::pointwise, kAvx2).size(), 1u);
  ConvShape strided = square(64, 56, 3);
  strided.strides = {2, 2};
  EXPECT_EQ(rankCandidates(strided, Algorithm::direct, kAvx2).size(), 1u);
}

TEST(Candidates, ContractionsHaveSchedules) {
  const target::Level &level = *target::lookupLevel("x86-64-v3");
  EXPECT_FALSE(rankSchedules(square(64, 56, 1), Algorithm::pointwise, level).empty());
  EXPECT_FALSE(rankSchedules(square(64, 56, 3), Algorithm::direct, level).empty());
  EXPECT_TRUE(rankSchedules(square(64, 56, 3), Algorithm::winograd_4_3, level).empty());
  ConvShape grouped = square(64, 56, 3);
  grouped.group = 64;
  EXPECT_TRUE(rankSchedules(grouped, Algorithm::direct, level).empty());
}

TEST(Candidates, TheMedianOfOddlyManyIsTheMiddle) { EXPECT_EQ(getMedian({9, 1, 5}), 5); }

TEST(Candidates, AClearWinnerIsTaken) {
  EXPECT_EQ(selectQuickest({{10, 11, 10, 12}, {9, 9.5, 9, 10}, {8, 9, 8, 9}}), 2u);
}

TEST(Candidates, NoiseChangesNothing) {
  EXPECT_EQ(selectQuickest({{10, 10, 10, 10}, {9.9, 9.9, 9.9, 9.9}}), 0u) << "too little";
  EXPECT_EQ(selectQuickest({{10, 10, 10, 10}, {8, 8, 11, 11}}), 0u) << "too seldom";
  EXPECT_EQ(selectQuickest({{10, 10, 10, 8}, {8, 8, 8, 8}}), 0u) << "the first one was disturbed";
}

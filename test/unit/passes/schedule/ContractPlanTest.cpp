// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/ContractPlan.h"

#include <gtest/gtest.h>

using namespace cnnc;
using namespace cnnc::schedule;
using kernel::ReductionOrder;
using kernel::TaskOrder;

namespace {

ContractFacts makeFacts(int64_t panels, int64_t rows, int64_t columns) {
  ContractFacts facts = {};
  facts.panels = panels;
  facts.rows = rows;
  facts.columns = columns;
  facts.groups = 1;
  facts.segments = 36;
  facts.run = 16;
  facts.rowBytes = columns * 256;
  facts.sumsFloats = true;
  return facts;
}

constexpr ContractChoice kChoice = {6, 2, 1, 1, 1, 0};

ContractChoice makeTile(int64_t rows, int64_t vectors) { return {rows, vectors, 1, 1, 1, 0}; }

const target::Level &level(llvm::StringRef name) { return *target::lookupLevel(name); }

TEST(ContractPlan, KeepsTheChosenTile) {
  ContractPlan plan = planContract(makeFacts(8, 56, 56), makeTile(6, 4), level("x86-64-v4"));
  EXPECT_EQ(plan.vectors, 4);
  EXPECT_EQ(plan.rows, 6);
  EXPECT_EQ(plan.reductionBlocks, 1);
}

TEST(ContractPlan, GivesFreeRegistersToPixelsWhereChannelsAreFew) {
  ContractPlan plan = planContract(makeFacts(1, 56, 56), makeTile(6, 4), level("x86-64-v4"));
  EXPECT_EQ(plan.vectors, 1);
  EXPECT_EQ(plan.rows, 28);
}

TEST(ContractPlan, CutsATileToWholePanelsOrEqualPartsOfOne) {
  EXPECT_EQ(planContract(makeFacts(8, 56, 56), makeTile(4, 3), level("x86-64-v3")).vectors, 2);
  EXPECT_EQ(planContract(makeFacts(8, 56, 56), makeTile(4, 3), level("x86-64-v2")).vectors, 2);
}

TEST(ContractPlan, TasksShareWhatIsDearerToReadAgain) {
  // 256 -> 256 channels, 3x3, on 14x14 pixels: 2.4 MB of weights, in 16 parts; the pixels in two.
  ContractFacts facts = makeFacts(16, 14, 14);
  facts.segments = 9 * 16;
  ContractChoice choice = {6, 2, 1, 16, 2, 0};
  facts.rowBytes = 256 * 14 * 4; // stride 1: the input stays in L2
  EXPECT_EQ(planContract(facts, choice, level("x86-64-v3")).order, TaskOrder::panels);
  facts.rowBytes = 256 * 28 * 4 * 2; // stride 2: it does not, but its halves do
  EXPECT_EQ(planContract(facts, choice, level("x86-64-v3")).order, TaskOrder::pixels);
}

TEST(ContractPlan, TasksDivideColumnsWhereRowsAreFew) {
  ContractChoice choice = {6, 2, 1, 1, 8, 0};
  ContractPlan plan = planContract(makeFacts(4, 1, 784), choice, level("x86-64-v3"));
  EXPECT_EQ(plan.rowParts, 1);
  EXPECT_EQ(plan.columnParts, 8);
  plan = planContract(makeFacts(4, 32, 784), choice, level("x86-64-v3"));
  EXPECT_EQ(plan.rowParts, 8);
  EXPECT_EQ(plan.columnParts, 1);
}

TEST(ContractPlan, BlocksOfPixelsStayInHalfOfL2) {
  ContractFacts facts = makeFacts(4, 112, 112);
  const target::Level &v3 = level("x86-64-v3");
  ContractPlan plan = planContract(facts, kChoice, v3);
  EXPECT_LT(plan.rowBlock, 112);
  EXPECT_LE(plan.rowBlock * facts.rowBytes, v3.l2Bytes / 2);
  EXPECT_EQ(plan.columnBlock, 19) << "all tiles of a row";
  // One row of all pixels is cut along itself.
  facts.rows = 1;
  facts.columns = 12544;
  facts.rowBytes = 12544 * 256;
  plan = planContract(facts, kChoice, v3);
  EXPECT_EQ(plan.rowBlock, 1);
  EXPECT_LT(plan.columnBlock, 12544 / 6);
}

TEST(ContractPlan, BlocksOfChannelsComeFirstWherePixelsExceedL2) {
  ContractFacts facts = makeFacts(8, 1, 196);
  facts.segments = 64;
  facts.rowBytes = 196 * 64 * 64;
  facts.sumsChannels = true;
  ContractChoice choice = {6, 2, 1, 1, 1, 16};
  const target::Level &v3 = level("x86-64-v3");
  ContractPlan plan = planContract(facts, choice, v3);
  EXPECT_EQ(plan.reductionBlocks, 4);
  EXPECT_EQ(plan.reductionOrder, ReductionOrder::outside);
  EXPECT_EQ(plan.columnBlock, 33) << "all tiles of the row";
  // A block of a larger kernel's taps reads all channels.
  facts.sumsChannels = false;
  EXPECT_EQ(planContract(facts, choice, v3).reductionOrder, ReductionOrder::inside);
  // Few pixels meet the whole filter at once.
  facts.sumsChannels = true;
  facts.rowBytes = 49 * 64 * 64;
  EXPECT_EQ(planContract(facts, choice, v3).reductionOrder, ReductionOrder::inside);
}

TEST(ContractPlan, FetchesWhatIsColdDuringSeveralPasses) {
  ContractFacts facts = makeFacts(32, 1, 49);
  facts.segments = 128;
  EXPECT_EQ(planContract(facts, kChoice, level("x86-64-v3")).fetchPasses, 9);
  facts.columns = 6;
  EXPECT_EQ(planContract(facts, kChoice, level("x86-64-v3")).fetchPasses, 0) << "one pass leaves no time for it";
  facts.columns = 49;
  facts.panels = 2;
  EXPECT_EQ(planContract(facts, kChoice, level("x86-64-v3")).fetchPasses, 0) << "a small filter stays in the cache";
}

TEST(ContractPlan, SumsLongReductionsOfFloatsInBlocks) {
  ContractFacts facts = makeFacts(4, 14, 14);
  EXPECT_EQ(planContract(facts, kChoice, level("x86-64-v3")).sumBlock, 16) << "of 16 steps each";
  facts.segments = 24;
  EXPECT_EQ(planContract(facts, kChoice, level("x86-64-v3")).sumBlock, 0);
  facts.segments = 36;
  facts.sumsFloats = false;
  EXPECT_EQ(planContract(facts, kChoice, level("x86-64-v3")).sumBlock, 0);
}

TEST(ContractPlan, UnrollsShortRuns) {
  ContractFacts facts = makeFacts(4, 14, 14);
  facts.run = 21;
  EXPECT_EQ(planContract(facts, kChoice, level("x86-64-v3")).unroll, 21);
  facts.run = 512;
  EXPECT_EQ(planContract(facts, kChoice, level("x86-64-v3")).unroll, 16);
}

TEST(ContractPlan, WhatIsPinnedStays) {
  ContractPlan pinned;
  pinned.rows = 3;
  pinned.vectors = 4;
  pinned.order = TaskOrder::pixels;
  pinned.reductionBlocks = 5;
  pinned.fetchPasses = 0;
  ContractPlan plan = planContract(makeFacts(8, 56, 56), kChoice, level("x86-64-v3"), pinned);
  EXPECT_EQ(plan.rows, 3);
  EXPECT_EQ(plan.vectors, 4);
  EXPECT_EQ(plan.order, TaskOrder::pixels);
  EXPECT_EQ(plan.reductionBlocks, 5);
  EXPECT_EQ(plan.fetchPasses, 0);
  EXPECT_NE(plan.rowBlock, kernel::kOpen) << "what is open is chosen";
}

TEST(ContractPlan, AHalfPinnedTileStaysInTheRegisters) {
  ContractPlan pinned;
  pinned.rows = 12;
  EXPECT_EQ(planContract(makeFacts(8, 56, 56), kChoice, level("x86-64-v3"), pinned).vectors, 1);
  pinned = {};
  pinned.vectors = 4;
  EXPECT_EQ(planContract(makeFacts(8, 56, 56), kChoice, level("x86-64-v3"), pinned).rows, 3);
}

TEST(ContractPlan, PartsBesidePinnedOnesMakeUpTheTasks) {
  ContractChoice choice = {6, 2, 1, 1, 12, 0};
  ContractPlan pinned;
  pinned.panelParts = 3;
  ContractPlan plan = planContract(makeFacts(8, 56, 56), choice, level("x86-64-v3"), pinned);
  EXPECT_EQ(plan.rowParts * plan.columnParts, 4);
  pinned = {};
  pinned.rowParts = 6;
  plan = planContract(makeFacts(8, 56, 56), choice, level("x86-64-v3"), pinned);
  EXPECT_EQ(plan.panelParts, 2);
  EXPECT_EQ(plan.columnParts, 1);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/ContractPlan.h"

#include <gtest/gtest.h>

using namespace cnnc;
using namespace cnnc::to_vector;

namespace {

ContractWalk makeShape(int64_t panels, int64_t rows, int64_t columns) {
  ContractWalk shape = {};
  shape.panels = panels;
  shape.rows = rows;
  shape.columns = columns;
  shape.groups = shape.panelParts = shape.pixelParts = 1;
  shape.segments = 36;
  shape.run = 16;
  shape.rowBytes = columns * 256;
  return shape;
}

const target::Level &level(llvm::StringRef name) { return *target::lookupLevel(name); }

TEST(Balance, PartsDifferByOneAndCoverTheExtent) {
  for (int64_t extent = 1; extent < 40; ++extent)
    for (int64_t largest = 1; largest < 9; ++largest) {
      Balanced parts = balance(extent, largest);
      EXPECT_EQ(parts.start(0), 0);
      EXPECT_EQ(parts.start(parts.count), extent);
      EXPECT_LE(parts.size + (parts.larger ? 1 : 0), largest);
    }
}

TEST(ContractPlan, KeepsTheChosenTile) {
  ContractWalk shape = makeShape(8, 56, 56);
  shape.tileRows = 6;
  shape.tileVectors = 4;
  ContractPlan plan = planContract(shape, level("x86-64-v4"), 28);
  EXPECT_EQ(plan.vectors, 4);
  EXPECT_EQ(plan.panelTiles.count, 2);
  EXPECT_EQ(plan.columnTiles.count, 10);
  EXPECT_EQ(plan.segmentBlocks.count, 1);
}

TEST(ContractPlan, GivesFreeRegistersToPixelsWhereChannelsAreFew) {
  ContractWalk shape = makeShape(1, 56, 56);
  shape.tileRows = 6;
  shape.tileVectors = 4;
  ContractPlan plan = planContract(shape, level("x86-64-v4"), 28);
  EXPECT_EQ(plan.vectors, 1);
  EXPECT_EQ(plan.columnTiles.count, 2);
}

TEST(ContractPlan, CutsATileToWholePanelsOrEqualPartsOfOne) {
  ContractWalk shape = makeShape(8, 56, 56);
  shape.tileRows = 4;
  shape.tileVectors = 3;
  EXPECT_EQ(planContract(shape, level("x86-64-v3"), 12).vectors, 2);
  EXPECT_EQ(planContract(shape, level("x86-64-v2"), 12).vectors, 2);
}

TEST(ContractPlan, TasksShareWhatIsDearerToReadAgain) {
  // 256 -> 256 channels, 3x3, on 14x14 pixels: 2.4 MB of weights, in 16 parts; the pixels in two.
  ContractWalk shape = makeShape(16, 14, 14);
  shape.segments = 9 * 16;
  shape.run = 16;
  shape.panelParts = 16;
  shape.pixelParts = 2;
  shape.rowBytes = 256 * 14 * 4; // stride 1: the input stays in L2
  EXPECT_FALSE(planContract(shape, level("x86-64-v3"), 12).pixelsOutermost);
  shape.rowBytes = 256 * 28 * 4 * 2; // stride 2: it does not, but its halves do
  EXPECT_TRUE(planContract(shape, level("x86-64-v3"), 12).pixelsOutermost);
}

TEST(ContractPlan, TasksDivideTilesOfPanelsEvenly) {
  ContractWalk shape = makeShape(6, 56, 56);
  shape.tileRows = 6;
  shape.tileVectors = 4;
  shape.panelParts = 3;
  EXPECT_EQ(planContract(shape, level("x86-64-v4"), 28).panelTiles.count, 3);
}

TEST(ContractPlan, TasksDivideColumnsWhereRowsAreFew) {
  ContractWalk shape = makeShape(4, 1, 784);
  shape.pixelParts = 8;
  EXPECT_TRUE(planContract(shape, level("x86-64-v3"), 12).splitsColumns);
  shape.rows = 32;
  EXPECT_FALSE(planContract(shape, level("x86-64-v3"), 12).splitsColumns);
}

TEST(ContractPlan, BlocksOfPixelsStayInHalfOfL2) {
  ContractWalk shape = makeShape(4, 112, 112);
  const target::Level &v3 = level("x86-64-v3");
  ContractPlan plan = planContract(shape, v3, 12);
  EXPECT_LT(plan.rowBlock, 112);
  EXPECT_LE(plan.rowBlock * shape.rowBytes, v3.l2Bytes / 2);
  EXPECT_EQ(plan.columnBlock, plan.columnTiles.count);
  // One row of all pixels is cut along itself.
  shape.rows = 1;
  shape.columns = 12544;
  shape.rowBytes = 12544 * 256;
  plan = planContract(shape, v3, 12);
  EXPECT_EQ(plan.rowBlock, 1);
  EXPECT_LT(plan.columnBlock, plan.columnTiles.count);
}

TEST(ContractPlan, BlocksOfChannelsComeFirstWherePixelsExceedL2) {
  ContractWalk shape = makeShape(8, 1, 196);
  shape.segments = 64;
  shape.segmentBlock = 16;
  shape.rowBytes = 196 * 64 * 64;
  shape.sumsChannels = true;
  const target::Level &v3 = level("x86-64-v3");
  ContractPlan plan = planContract(shape, v3, 12);
  EXPECT_TRUE(plan.blocksOutermost);
  EXPECT_EQ(plan.columnBlock, plan.columnTiles.count);
  // A block of a larger kernel's taps reads all channels.
  shape.sumsChannels = false;
  EXPECT_FALSE(planContract(shape, v3, 12).blocksOutermost);
  // Few pixels meet the whole filter at once.
  shape.sumsChannels = true;
  shape.rowBytes = 49 * 64 * 64;
  EXPECT_FALSE(planContract(shape, v3, 12).blocksOutermost);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/TileCost.h"

#include <gtest/gtest.h>

using namespace cnnc;
using namespace cnnc::schedule;

static const target::Level &getLevel(llvm::StringRef name) { return *target::lookupLevel(name); }

/// 3x3, 64 to 64 channels, stride 1.
static ContractShape getConvolution(int64_t extent, int64_t channels) {
  return {extent, extent, channels / 16, 1, 9 * channels / 16, 16, extent * extent * channels * 4};
}

TEST(Tiles, coverWholePanelsAndStayInRegisters) {
  for (const target::Level &level : target::getLevels()) {
    ASSERT_FALSE(getTiles(level).empty()) << level.name.str();
    for (Tile tile : getTiles(level)) {
      EXPECT_EQ(tile.vectors * level.lanes() % 16, 0);
      EXPECT_LE(tile.rows * tile.vectors, level.vectorRegisters - 4);
      EXPECT_GE(tile.rows * tile.vectors, 8) << "fewer accumulators than the latency needs";
    }
  }
}

TEST(Tiles, ofThreePanelsAreThreeVectorsWide) {
  Tile tile = selectTile(getConvolution(56, 48), getLevel("x86-64-v4"));
  EXPECT_EQ(tile.vectors, 3);
}

TEST(Tiles, fitTheWidth) {
  // 14 pixels are two tiles of 7 or one of 14; 9 rows would leave 14 = 7 + 7 of 9 unused.
  Tile tile = selectTile(getConvolution(14, 256), getLevel("x86-64-v4"));
  int64_t parts = (14 + tile.rows - 1) / tile.rows;
  EXPECT_GE(14.0 / parts / tile.rows, 0.75);
}

TEST(Tiles, crossTheEndsOfShortRows) {
  ContractShape shape = getConvolution(7, 512);
  shape.height = 7;
  // 7 = 4 + 3 leaves accumulators idle; 49 are ten tiles of five.
  EXPECT_EQ(selectTile(shape, getLevel("x86-64-v3")).lines, 7);
  EXPECT_EQ(selectTile(shape, getLevel("x86-64-v4")).lines, 1);
  shape.height = 1; // nothing follows at one pitch
  EXPECT_EQ(selectTile(shape, getLevel("x86-64-v3")).lines, 1);
  ContractShape wide = getConvolution(56, 64);
  wide.height = 56;
  EXPECT_EQ(selectTile(wide, getLevel("x86-64-v3")).lines, 1);
}

TEST(Tiles, ofFewPixelsAreWide) {
  ContractShape dense{1, 1, 64, 1, 64, 32, 2048 * 4};
  EXPECT_GE(selectTile(dense, getLevel("x86-64-v3")).vectors, 6);
}

TEST(Cycles, areNeverBelowThePeak) {
  for (const target::Level &level : target::getLevels())
    for (int64_t extent : {7, 14, 28, 56}) {
      ContractShape shape = getConvolution(extent, 128);
      double operations = double(shape.pixels()) * shape.panels * 16 * shape.depth();
      EXPECT_GE(getCycles(shape, selectTile(shape, level), level), operations / level.lanes() / 2);
    }
}

TEST(Block, keepsSmallFiltersWhole) {
  ContractShape shape = getConvolution(56, 64);
  EXPECT_EQ(selectBlock(shape, 4, 6, 1 << 20), shape.segments);
}

TEST(Block, cutsLargeFiltersEvenly) {
  ContractShape shape = getConvolution(14, 512);
  int64_t block = selectBlock(shape, 4, 6, 1 << 20);
  EXPECT_LE(block * 16 * 64 * 4, 1 << 19);
  EXPECT_EQ(shape.segments % block, 0);
}

TEST(Block, doesNotCutWhatIsReadOnce) {
  ContractShape dense{1, 1, 256, 1, 784, 32, 25088 * 4};
  EXPECT_EQ(selectBlock(dense, 4, 6, 1 << 18), dense.segments);
}

TEST(Tasks, growWithTime) {
  double microseconds[] = {0, 4, 6, 19, 21, 49, 51, 199, 201, 999, 1001, 1e9};
  int64_t tasks[] = {1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 32, 32};
  for (size_t i = 0; i != std::size(tasks); ++i)
    EXPECT_EQ(getTasks(microseconds[i]), tasks[i]) << microseconds[i];
}

TEST(Split, ofLargeMapsIsByRows) {
  Split split = selectSplit(getConvolution(112, 64), 4, 16);
  EXPECT_EQ(split.panels, 1);
  EXPECT_GE(split.pixels, 14);
}

TEST(Split, ofSmallMapsIsByChannels) {
  Split split = selectSplit(getConvolution(7, 512), 4, 8);
  EXPECT_EQ(split.panels, 8);
  EXPECT_EQ(split.pixels, 1);
}

TEST(Split, neverExceedsTheWork) {
  for (int64_t tasks : {1, 2, 8, 32}) {
    Split split = selectSplit(getConvolution(3, 32), 4, tasks);
    EXPECT_LE(split.panels, 1);
    EXPECT_LE(split.pixels, 3);
  }
}

TEST(TileBlock, isBalanced) {
  EXPECT_EQ(selectTileBlock(196, 18432, 640 << 10), 33);
  EXPECT_EQ(selectTileBlock(4, 1 << 20, 640 << 10), 4);
}

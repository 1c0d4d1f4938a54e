// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/Schedule.h"

#include <gtest/gtest.h>

using namespace cnnc::kernel;

namespace {

TEST(Balance, PartsDifferByOneAndCoverTheExtent) {
  for (int64_t extent = 1; extent < 40; ++extent)
    for (int64_t largest = 1; largest < 9; ++largest) {
      Balanced parts = balance(extent, largest);
      EXPECT_EQ(parts.start(0), 0);
      EXPECT_EQ(parts.start(parts.count), extent);
      EXPECT_LE(parts.largest(), largest);
    }
}

TEST(CutPanels, TasksDivideTilesEvenly) {
  // Four vectors of 16 lanes: 6 panels would be two tiles, but three tasks share them.
  PanelTiles cut = cutPanels(6, 4, 3, 16);
  EXPECT_EQ(cut.tiles.count, 3);
  EXPECT_EQ(cut.vectors, 2);
  EXPECT_EQ(cutPanels(2, 4, 3, 16).tiles.count, 2) << "more tasks than panels";
}

TEST(CutPanels, PartsOfAPanelStay) {
  PanelTiles cut = cutPanels(3, 2, 1, 4);
  EXPECT_EQ(cut.vectors, 2);
  EXPECT_EQ(cut.tiles.count, 3);
}

TEST(CutPanels, AFinishedCutIsCutTheSame) {
  // A schedule says the vectors of the larger tiles: cutting by them again changes nothing.
  for (int64_t panels = 1; panels < 40; ++panels)
    for (int64_t vectors : {2, 4, 6, 8})
      for (int64_t parts = 1; parts < 9; ++parts) {
        PanelTiles cut = cutPanels(panels, vectors, parts, 8), again = cutPanels(panels, cut.vectors, parts, 8);
        EXPECT_EQ(again.vectors, cut.vectors);
        EXPECT_EQ(again.tiles.count, cut.tiles.count) << panels << " panels, " << vectors << " vectors, " << parts;
      }
}

TEST(CutChunks, AreMultiplesOfTheTasks) {
  EXPECT_EQ(cutChunks(12, 4, 1).count, 3);
  EXPECT_EQ(cutChunks(12, 4, 2).count, 4);
  EXPECT_EQ(cutChunks(3, 4, 8).count, 3);
}

} // namespace

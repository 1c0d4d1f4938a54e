// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/Candidates.h"

#include <gtest/gtest.h>
#include <set>

using namespace cnnc;
using namespace cnnc::schedule;

namespace {

/// 3x3, stride 1.
ContractShape getConvolution(int64_t extent, int64_t channels) {
  return {extent, extent, channels / 16, 1, 9 * channels / 16, 16, extent * extent * channels * 4};
}

std::set<std::string> getNames(const ContractShape &shape) {
  std::set<std::string> names;
  for (const Candidate &candidate : rankCandidates(shape, *target::lookupLevel("x86-64-v3")))
    EXPECT_TRUE(names.insert(candidate.name).second) << candidate.name;
  return names;
}

TEST(ScheduleCandidates, AreTilesOfAboutTheSameCycles) {
  const target::Level &level = *target::lookupLevel("x86-64-v3");
  ContractShape shape = getConvolution(28, 128);
  Tile chosen = selectTile(shape, level);
  double best = getCycles(shape, chosen, level), before = best;
  int64_t tiles = 0;
  for (const Candidate &candidate : rankCandidates(shape, level)) {
    if (candidate.pins.rows == kernel::kOpen)
      continue;
    ++tiles;
    EXPECT_FALSE(candidate.pins.rows == chosen.rows && candidate.pins.vectors == chosen.vectors);
    double cycles = getCycles(shape, {candidate.pins.rows, candidate.pins.vectors}, level);
    EXPECT_GE(cycles, before) << "the quickest first";
    EXPECT_LE(cycles, 1.2 * best);
    before = cycles;
  }
  EXPECT_GE(tiles, 1);
  EXPECT_LE(tiles, 3);
}

TEST(ScheduleCandidates, OfOnePanelHaveNoBlocksOfPixels) {
  EXPECT_EQ(getNames(getConvolution(56, 16)).count("row by row"), 0u);
  EXPECT_EQ(getNames(getConvolution(56, 64)).count("row by row"), 1u);
  ContractShape line = getConvolution(56, 64);
  line.lines = 1;
  EXPECT_EQ(getNames(line).count("row by row"), 0u);
  EXPECT_EQ(getNames(line).count("all rows"), 1u);
}

TEST(ScheduleCandidates, FetchColdWeightsOnly) {
  EXPECT_EQ(getNames(getConvolution(14, 64)).count("as they are read"), 0u);
  EXPECT_EQ(getNames(getConvolution(14, 256)).count("as they are read"), 1u);
}

} // namespace

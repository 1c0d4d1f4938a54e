// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/ContractPlan.h"

#include "passes/schedule/Choose.h"

#include "dialects/kernel/Schedule.h"

#include "llvm/Support/MathExtras.h"

using namespace cnnc;
using namespace cnnc::schedule;
using kernel::Balanced;

/// Accumulators that leave registers for a broadcast and for a row of the filter.
static int64_t getAccumulatorBudget(const target::Level &level) {
  if (level.vectorRegisters == 16)
    return 12;
  return level.lanes() == 16 ? 28 : 20;
}

/// Whole panels, or an equal part of one: a tile that is neither is cut down.
static int64_t roundVectors(int64_t vectors, int64_t vectorsOfPanel) {
  if (vectors >= vectorsOfPanel)
    return vectors / vectorsOfPanel * vectorsOfPanel;
  while (vectorsOfPanel % vectors != 0)
    --vectors;
  return vectors;
}

RegisterTile cnnc::schedule::fitTile(int64_t rows, int64_t vectors, int64_t panels, int64_t parts,
                                     const target::Level &level) {
  vectors = roundVectors(vectors, 16 / level.lanes());
  int64_t cut = kernel::cutPanels(panels, vectors, parts, level.lanes()).vectors;
  // Registers that a narrow tile leaves free go to more pixels.
  return {cut < vectors ? std::max(rows, getAccumulatorBudget(level) / cut) : rows, cut};
}

void cnnc::schedule::chooseTile(int64_t &rows, int64_t &vectors, RegisterTile tile, const target::Level &level) {
  int64_t most = kernel::getMostAccumulators(level);
  if (vectors == kernel::kOpen)
    for (vectors = tile.vectors; vectors > 1 && std::max<int64_t>(1, rows) * vectors > most;)
      vectors = roundVectors(vectors - 1, 16 / level.lanes());
  choose(rows, std::clamp<int64_t>(most / vectors, 1, tile.rows));
}

/// A thread's tasks follow one another. Sharing panels they read the whole input for each part of the panels, sharing
/// pixels the whole filter for each part of the pixels; what stays in L2 is read once.
static bool putsPixelsOutermost(const ContractFacts &facts, int64_t panelParts, int64_t pixelParts, int64_t l2Bytes) {
  int64_t filter = 64 * facts.groups * facts.panels * facts.segments * facts.run;
  int64_t input = facts.rowBytes * facts.rows, slab = input / pixelParts;
  auto readAgain = [&](int64_t bytes, int64_t times, bool stays) { return stays ? bytes : bytes * times; };
  int64_t sharingPanels = filter + readAgain(input, panelParts, input <= l2Bytes / 2);
  int64_t sharingPixels =
      readAgain(filter, pixelParts, filter <= l2Bytes / 2) + readAgain(input, panelParts, slab <= l2Bytes);
  return 4 * sharingPixels < 3 * sharingPanels; // else the filter, which is cold, had better be read once
}

namespace {
/// The rows of `a` that all tiles of panels read in turn should stay in half of L2; one tile of panels meets them all.
struct PixelBlock {
  int64_t rows, columns;
  PixelBlock(int64_t rowCount, int64_t columnTiles, int64_t rowBytes, int64_t l2Bytes) {
    int64_t budget = l2Bytes / 2, columnBytes = llvm::divideCeil(rowBytes, columnTiles);
    rows = std::clamp<int64_t>(budget / std::max<int64_t>(1, rowBytes), 1, rowCount);
    columns = columnTiles;
    if (rowBytes > budget)
      columns = std::clamp<int64_t>(budget / std::max<int64_t>(1, columnBytes), 1, columnTiles);
  }
};
} // namespace

/// Blocks of the reduction, and of the pixels.
static void planBlocks(ContractPlan &plan, const ContractFacts &facts, int64_t segmentBlock, int64_t columnTiles,
                       int64_t l2Bytes) {
  int64_t blocks = segmentBlock > 0 ? llvm::divideCeil(facts.segments, segmentBlock) : 1;
  choose(plan.reductionBlocks, std::clamp<int64_t>(blocks, 1, 32));
  PixelBlock pixels(facts.rows, columnTiles, facts.rowBytes, l2Bytes);
  // Each block of pixels reads the filter again. A block of channels is short of all pixels' bytes, and reads its part
  // of the filter once.
  int64_t partRows = llvm::divideCeil(facts.rows, plan.rowParts);
  int64_t partColumns = llvm::divideCeil(columnTiles, plan.columnParts);
  bool outside =
      facts.sumsChannels && plan.reductionBlocks > 1 && (pixels.rows < partRows || pixels.columns < partColumns);
  if (plan.reductionOrder == kernel::ReductionOrder::open)
    plan.reductionOrder = outside ? kernel::ReductionOrder::outside : kernel::ReductionOrder::inside;
  if (plan.reductionOrder == kernel::ReductionOrder::outside)
    pixels = PixelBlock(facts.rows, columnTiles, llvm::divideCeil(facts.rowBytes, plan.reductionBlocks), l2Bytes);
  choose(plan.rowBlock, pixels.rows);
  choose(plan.columnBlock, pixels.columns);
}

/// A tile of panels passes all its pixels before the next one is read. Unless that one's weights come in meanwhile, the
/// first tile of pixels waits for memory and the others leave it idle.
static int64_t selectFetchPasses(const ContractPlan &plan, const ContractFacts &facts, int64_t columnTiles) {
  constexpr int64_t kColdBytes = 512 * 1024, kMostPasses = 64;
  int64_t columns = std::min<int64_t>(plan.columnBlock, llvm::divideCeil(columnTiles, plan.columnParts));
  int64_t rows = std::min<int64_t>(plan.rowBlock, llvm::divideCeil(facts.rows, plan.rowParts));
  int64_t passes = columns * rows, filterBytes = 64 * facts.groups * facts.panels * facts.segments * facts.run;
  return passes == 1 || passes > kMostPasses || filterBytes < kColdBytes ? 0 : passes;
}

/// Segments in a block of about 256 steps; 0 where the reduction is not much longer.
static int64_t selectSumBlock(const ContractPlan &plan, const ContractFacts &facts) {
  constexpr int64_t kSteps = 256;
  int64_t block = std::max<int64_t>(1, kSteps / facts.run);
  int64_t longest = kernel::balanceIn(facts.segments, plan.reductionBlocks).largest();
  return facts.sumsFloats && 2 * longest > 3 * block ? block : 0;
}

/// The other parts of `tasks` where some are pinned.
static void keepParts(ContractPlan &plan, int64_t tasks, int64_t &pixelParts) {
  bool hasRows = plan.rowParts != kernel::kOpen, hasColumns = plan.columnParts != kernel::kOpen;
  if (hasRows || hasColumns)
    choose(plan.panelParts, tasks / ((hasRows ? plan.rowParts : 1) * (hasColumns ? plan.columnParts : 1)));
  if (plan.panelParts == kernel::kOpen)
    return;
  pixelParts = std::max<int64_t>(1, tasks / plan.panelParts);
  if (hasRows)
    choose(plan.columnParts, std::max<int64_t>(1, pixelParts / plan.rowParts));
  if (hasColumns)
    choose(plan.rowParts, std::max<int64_t>(1, pixelParts / plan.columnParts));
}

ContractPlan cnnc::schedule::planContract(const ContractFacts &facts, const ContractChoice &choice,
                                          const target::Level &level, const ContractPlan &pinned) {
  // Longer runs become a loop, so that the code stays in the instruction cache.
  constexpr int64_t kUnrolled = 16, kLongestUnrolled = 32;
  ContractPlan plan = pinned;
  int64_t pixelParts = choice.pixelParts;
  keepParts(plan, choice.tasks(), pixelParts);
  choose(plan.lines, choice.lines);
  choose(plan.panelParts, choice.panelParts);
  // Tasks that divide the panels of one group evenly end together.
  RegisterTile tile =
      fitTile(choice.tileRows, choice.tileVectors, facts.panels, facts.groups == 1 ? plan.panelParts : 1, level);
  chooseTile(plan.rows, plan.vectors, tile, level);
  int64_t columnTiles = llvm::divideCeil(facts.columns, plan.rows);
  bool splitsColumns = facts.rows % pixelParts != 0 && facts.rows < 4 * pixelParts && columnTiles >= pixelParts;
  choose(plan.rowParts, splitsColumns ? 1 : pixelParts);
  choose(plan.columnParts, splitsColumns ? pixelParts : 1);
  if (plan.order == kernel::TaskOrder::open)
    plan.order = putsPixelsOutermost(facts, plan.panelParts, plan.rowParts * plan.columnParts, level.l2Bytes)
                     ? kernel::TaskOrder::pixels
                     : kernel::TaskOrder::panels;
  planBlocks(plan, facts, choice.segmentBlock, columnTiles, level.l2Bytes);
  choose(plan.fetchPasses, selectFetchPasses(plan, facts, columnTiles));
  choose(plan.sumBlock, selectSumBlock(plan, facts));
  choose(plan.unroll, facts.run > kLongestUnrolled ? kUnrolled : facts.run);
  return plan;
}

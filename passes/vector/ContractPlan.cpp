// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/ContractPlan.h"

#include "llvm/Support/MathExtras.h"

using namespace cnnc;
using namespace cnnc::to_vector;

Balanced cnnc::to_vector::balanceIn(int64_t extent, int64_t count) { return {count, extent / count, extent % count}; }

Balanced cnnc::to_vector::balance(int64_t extent, int64_t largest) {
  return balanceIn(extent, llvm::divideCeil(extent, largest));
}

/// Whole panels, or an equal part of one: a tile that is neither is cut down.
static int64_t roundVectors(int64_t vectors, int64_t vectorsOfPanel) {
  if (vectors >= vectorsOfPanel)
    return vectors / vectorsOfPanel * vectorsOfPanel;
  while (vectorsOfPanel % vectors != 0)
    --vectors;
  return vectors;
}

/// A thread's tasks follow one another. Sharing panels they read the whole input for each part of the panels, sharing
/// pixels the whole filter for each part of the pixels; what stays in L2 is read once.
static bool putsPixelsOutermost(const ContractWalk &shape, int64_t l2Bytes) {
  int64_t filter = 64 * shape.groups * shape.panels * shape.segments * shape.run;
  int64_t input = shape.rowBytes * shape.rows, slab = input / shape.pixelParts;
  auto readAgain = [&](int64_t bytes, int64_t times, bool stays) { return stays ? bytes : bytes * times; };
  int64_t sharingPanels = filter + readAgain(input, shape.panelParts, input <= l2Bytes / 2);
  int64_t sharingPixels =
      readAgain(filter, shape.pixelParts, filter <= l2Bytes / 2) + readAgain(input, shape.panelParts, slab <= l2Bytes);
  return 4 * sharingPixels < 3 * sharingPanels; // else the filter, which is cold, had better be read once
}

/// The rows of `a` that all tiles of panels read in turn should stay in half of L2; one tile of panels meets them all.
static void setPixelBlocks(ContractPlan &plan, const ContractWalk &shape, int64_t rowBytes, int64_t l2Bytes) {
  int64_t budget = l2Bytes / 2, columnBytes = llvm::divideCeil(rowBytes, plan.columnTiles.count);
  plan.rowBlock = std::clamp<int64_t>(budget / std::max<int64_t>(1, rowBytes), 1, shape.rows);
  plan.columnBlock = plan.columnTiles.count;
  if (rowBytes > budget)
    plan.columnBlock = std::clamp<int64_t>(budget / std::max<int64_t>(1, columnBytes), 1, plan.columnTiles.count);
}

ContractPlan cnnc::to_vector::planContract(const ContractWalk &shape, const target::Level &level,
                                           int64_t accumulators) {
  ContractPlan plan;
  int64_t vectorsOfPanel = 16 / level.lanes();
  int64_t vectors = roundVectors(shape.tileVectors ? shape.tileVectors : 2, vectorsOfPanel);
  int64_t rows = shape.tileRows ? shape.tileRows : accumulators / vectors;
  int64_t panelsOfTile = std::max<int64_t>(1, vectors / vectorsOfPanel);
  int64_t tiles = llvm::divideCeil(shape.panels, panelsOfTile);
  // Tasks that divide the panels of one group evenly end together.
  if (shape.groups == 1 && tiles % shape.panelParts != 0)
    tiles = std::min<int64_t>(shape.panels, llvm::alignTo(tiles, shape.panelParts));
  plan.panelTiles = balanceIn(shape.panels, tiles);
  int64_t largest = plan.panelTiles.size + (plan.panelTiles.larger ? 1 : 0);
  plan.vectors = vectors < vectorsOfPanel ? vectors : largest * vectorsOfPanel;
  // Registers that a narrow tile leaves free go to more pixels.
  if (plan.vectors < vectors)
    rows = std::max(rows, accumulators / plan.vectors);
  plan.columnTiles = balance(shape.columns, std::max<int64_t>(1, rows));
  int64_t blocks = shape.segmentBlock > 0 ? llvm::divideCeil(shape.segments, shape.segmentBlock) : 1;
  plan.segmentBlocks = balanceIn(shape.segments, std::clamp<int64_t>(blocks, 1, 32));

  plan.pixelsOutermost = putsPixelsOutermost(shape, level.l2Bytes);
  plan.splitsColumns = shape.rows % shape.pixelParts != 0 && shape.rows < 4 * shape.pixelParts &&
                       plan.columnTiles.count >= shape.pixelParts;
  setPixelBlocks(plan, shape, shape.rowBytes, level.l2Bytes);
  // Each block of pixels reads the filter again. A block of channels is short of all pixels' bytes, and reads its part
  // of the filter once.
  int64_t partRows = llvm::divideCeil(shape.rows, plan.splitsColumns ? 1 : shape.pixelParts);
  int64_t partColumns = llvm::divideCeil(plan.columnTiles.count, plan.splitsColumns ? shape.pixelParts : 1);
  plan.blocksOutermost = shape.sumsChannels && plan.segmentBlocks.count > 1 &&
                         (plan.rowBlock < partRows || plan.columnBlock < partColumns);
  if (plan.blocksOutermost)
    setPixelBlocks(plan, shape, llvm::divideCeil(shape.rowBytes, plan.segmentBlocks.count), level.l2Bytes);
  return plan;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/ContractChoice.h"

#include "dialects/kernel/Address.h"
#include "passes/schedule/Forecast.h"
#include "passes/schedule/TileCost.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::schedule;

using Levels = ArrayRef<target::Level>;

static ContractShape getShape(kernel::ContractOp op, const kernel::ContractWalk &walk) {
  ContractShape shape = {};
  shape.width = walk.dims.back().extent;
  shape.lines = walk.rowCount();
  shape.height = walk.dims.size() > 1 ? walk.dims[walk.dims.size() - 2].extent : 1;
  if (!walk.canJoin(shape.height))
    shape.height = 1;
  shape.panels = walk.panels * walk.groups;
  shape.group = walk.groups;
  shape.segments = walk.segments;
  shape.run = walk.steps();
  shape.inputBytes = getBytes(op.getA());
  return shape;
}

static int64_t getSmallestCache(Levels levels) {
  int64_t bytes = levels.front().l2Bytes;
  for (const target::Level &level : levels)
    bytes = std::min(bytes, level.l2Bytes);
  return bytes;
}

/// Segments of the reduction whose filter stays in a cache while a tile of panels passes the pixels. With 16 registers
/// tiles are small and read it so often that it should be the first-level cache: on Zen 3 that wins 5 to 15 % of 1x1
/// convolutions and nothing of larger kernels, whose many blocks would be much code. `largest` is of all levels.
static int64_t selectSegments(kernel::ContractOp op, const ContractShape &shape, const ContractChoice &choice,
                              const target::Level &level, Tile largest, int64_t cacheBytes) {
  constexpr int64_t kSmallFile = 16;
  bool pointwise = llvm::all_of(op.getKernel(), [](int64_t extent) { return extent == 1; });
  if (!pointwise || level.vectorRegisters != kSmallFile)
    return selectBlock(shape, largest.vectors, largest.rows, cacheBytes);
  int64_t panels = std::max<int64_t>(1, getPanels({choice.tileRows, choice.tileVectors}, level));
  return selectBlock(shape, panels, largest.rows, level.l1Bytes);
}

/// `largest` becomes what all levels' tiles fit in; its vectors are panels.
static SmallVector<ContractChoice> chooseTiles(kernel::ContractOp op, const ContractShape &shape, Levels levels,
                                               Tile &largest) {
  SmallVector<ContractChoice> choices;
  for (const target::Level &level : levels) {
    Tile tile = selectTile(shape, level);
    choices.push_back({tile.rows, tile.vectors, tile.lines, 1, 1, 0});
    largest = {std::max(largest.rows, tile.rows), std::max(largest.vectors, getPanels(tile, level)),
               std::max(largest.lines, tile.lines)};
  }
  if (getElementTypeOrSelf(op.getOut().getType()) != kernel::getArithmetic(op).accumulator)
    return choices;
  for (auto [choice, level] : llvm::zip_equal(choices, levels))
    if (int64_t block = selectSegments(op, shape, choice, level, largest, getSmallestCache(levels));
        block < shape.segments)
      choice.segmentBlock = block;
  return choices;
}

bool cnnc::schedule::cutsReduction(kernel::ContractOp op, Levels levels) {
  Tile largest = {1, 1};
  return llvm::any_of(chooseTiles(op, getShape(op, kernel::getContractWalk(op)), levels, largest),
                      [](const ContractChoice &choice) { return choice.segmentBlock > 0; });
}

SmallVector<ContractChoice> cnnc::schedule::chooseContract(kernel::ContractOp op, Levels levels,
                                                           std::optional<int64_t> tasks) {
  ContractShape shape = getShape(op, kernel::getContractWalk(op));
  Tile largest = {1, 1};
  SmallVector<ContractChoice> choices = chooseTiles(op, shape, levels, largest);
  shape.lines /= largest.lines;
  shape.width *= largest.lines;
  int64_t multiplyAdds = shape.pixels() * shape.panels * 16 * shape.depth();
  double time = estimateMicroseconds(multiplyAdds, getBytes(op.getFilter()));
  Split split = selectSplit(shape, largest.vectors, getTasks(time));
  if (tasks && split.tasks() != *tasks)
    split = {1, *tasks};
  // Partial sums would destroy an extra.
  bool overlaps = llvm::any_of(op.getExtras(), [&](Value extra) { return kernel::mayOverlap(extra, op.getOut()); });
  for (ContractChoice &choice : choices) {
    choice.panelParts = split.panels;
    choice.pixelParts = split.pixels;
    choice.segmentBlock = overlaps ? 0 : choice.segmentBlock;
  }
  return choices;
}

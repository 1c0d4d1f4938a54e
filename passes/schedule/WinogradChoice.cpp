// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/WinogradChoice.h"

#include "dialects/cnn/Winograd.h"
#include "dialects/kernel/Winograd.h"
#include "passes/schedule/Forecast.h"
#include "passes/schedule/TileCost.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::schedule;

using Levels = ArrayRef<target::Level>;

static ArrayRef<int64_t> getShape(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

namespace {
/// Of kernel.winograd, whichever way its filter is stored.
struct WinogradShape {
  int64_t images, planes; ///< of the output; planes of each image in three dimensions
  int64_t tiles;          ///< of a plane, else of all images
  int64_t positions, panels, blocks, depth;
  bool isDeep, isRaw;
  int64_t inputBytes, filterBytes;

  explicit WinogradShape(kernel::WinogradOp op) {
    ArrayRef<int64_t> filter = getShape(op.getFilter()), tile = op.getTile(), kernel = op.getKernel();
    ArrayRef<int64_t> out = getShape(op.getOut()), spatial = out.drop_front(2).drop_back();
    int64_t height = spatial.size() == 1 ? 1 : spatial.drop_back().back(), width = spatial.back();
    isDeep = spatial.size() == 3;
    isRaw = kernel::isRaw(op);
    images = out[0];
    planes = isDeep ? out[2] : 1;
    tiles = (isDeep ? 1 : images) * llvm::divideCeilSigned(height, tile[0]) * llvm::divideCeilSigned(width, tile[1]);
    positions = (tile[0] + kernel[0] - 1) * (tile[1] + kernel[1] - 1);
    panels = filter[isRaw ? 0 : 1];
    blocks = getShape(op.getA())[1];
    depth = isRaw ? 1 : filter[2] / blocks;
    inputBytes = getBytes(op.getA());
    filterBytes = getBytes(op.getFilter());
  }
};
} // namespace

/// Planes of the output that share their transformed input: as many as leave the cache room for tiles that feed a
/// product.
static int64_t selectDepthBlock(const WinogradShape &shape, int64_t cacheBytes) {
  constexpr int64_t kFewestTiles = 10, kMostPlanes = 8;
  for (int64_t chosen = std::min(shape.planes, kMostPlanes); chosen > 1; --chosen) {
    int64_t blocksOfTile = (chosen + shape.depth - 1) * shape.blocks + chosen * kernel::kWinogradPanels;
    if (shape.positions * 64 * blocksOfTile * kFewestTiles <= cacheBytes)
      return chosen;
  }
  return 1;
}

static WinogradChoice chooseRaw(const WinogradShape &shape) {
  auto [panelParts, tileBlocks] = cnn::getRawSplit(shape.panels, shape.tiles);
  return {0, 0, llvm::divideCeilSigned(shape.tiles, tileBlocks), 1, panelParts, tileBlocks};
}

/// Transforms of one block are products of as many pixels as it has tiles in each position.
static WinogradChoice chooseTransformed(const WinogradShape &shape) {
  // The cache that blocks are made for: that of a level with room for a block worth its filter.
  constexpr int64_t kCacheBytes = 640 * 1024;
  int64_t depthBlock = selectDepthBlock(shape, kCacheBytes);
  int64_t depthBlocks = shape.isDeep ? shape.images * llvm::divideCeilSigned(shape.planes, depthBlock) : 1;
  int64_t inBlocks = (depthBlock + shape.depth - 1) * shape.blocks;
  int64_t bytesOfTile = shape.positions * 64 * (inBlocks + depthBlock * kernel::kWinogradPanels);
  int64_t tileBlock = selectTileBlock(shape.tiles, bytesOfTile, kCacheBytes, depthBlock);
  int64_t multiplyAdds =
      depthBlocks * depthBlock * shape.tiles * shape.positions * shape.panels * shape.depth * shape.blocks * 256;
  int64_t tasks = getTasks(estimateMicroseconds(multiplyAdds, shape.filterBytes));
  // Each part of the channels transforms the input again, which its products must outweigh. Where they leave threads
  // without work, blocks become smaller.
  constexpr int64_t kFewestTasks = 4, kFewestTiles = 8;
  int64_t mostParts = llvm::divideCeilSigned(shape.panels, kernel::kWinogradPanels);
  int64_t wanted = llvm::divideCeilSigned(std::min(tasks, kFewestTasks), mostParts * depthBlocks);
  tileBlock = std::min(tileBlock, std::max<int64_t>(llvm::divideCeilSigned(shape.tiles, wanted), kFewestTiles));
  int64_t parts = depthBlocks * llvm::divideCeilSigned(shape.tiles, tileBlock);
  return {0, 0, tileBlock, depthBlock, std::min<int64_t>(llvm::divideCeilSigned(tasks, parts), mostParts), parts};
}

SmallVector<WinogradChoice> cnnc::schedule::chooseWinograd(kernel::WinogradOp op, Levels levels,
                                                           std::optional<int64_t> tasks) {
  WinogradShape shape(op);
  WinogradChoice choice = shape.isRaw ? chooseRaw(shape) : chooseTransformed(shape);
  if (tasks && choice.tasks() != *tasks) {
    choice.panelParts = 1;
    choice.tileParts = *tasks;
  }
  ContractShape products{shape.positions, choice.tileBlock, shape.panels, 1, shape.depth * shape.blocks, 16,
                         shape.inputBytes};
  if (shape.isRaw) {
    products.panels = std::min(shape.panels, kernel::kRawPanels);
    products.segments = std::min(shape.blocks, kernel::kRawBlocks);
  }
  SmallVector<WinogradChoice> choices;
  for (const target::Level &level : levels) {
    Tile tile = selectTile(products, level);
    choice.tileRows = tile.rows;
    choice.tileVectors = tile.vectors;
    choices.push_back(choice);
  }
  return choices;
}

int64_t cnnc::schedule::getScratchBytes(kernel::WinogradOp op, const WinogradPlan &plan) {
  WinogradShape shape(op);
  int64_t inBlocks = (plan.depthBlock + shape.depth - 1) * shape.blocks;
  return kernel::winogradScratchBytes(shape.positions, inBlocks, plan.tileBlock, plan.depthBlock) +
         (shape.isRaw ? kernel::winogradFilterBytes(shape.positions) : 0);
}

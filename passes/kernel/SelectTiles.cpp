// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Chooses `tiles`, `k_block` and `split` of kernel.contract, `tile_block` and `split` of kernel.winograd, and `tasks`
// of the rest, from shapes and the target alone.
#include "passes/kernel/Passes.h"

#include "passes/kernel/Storing.h"
#include "passes/kernel/TileCost.h"

#include "dialects/cnn/Winograd.h"
#include "dialects/kernel/Arithmetic.h"
#include "dialects/kernel/Winograd.h"
#include "dialects/target/Target.h"

#include "llvm/ADT/TypeSwitch.h"

#include <numeric>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;
using kernel::ChannelOrder;

namespace cnnc::to_kernel {
#define GEN_PASS_DEF_SELECTTILES
#include "passes/kernel/Passes.h.inc"
} // namespace cnnc::to_kernel

using Levels = ArrayRef<target::Level>;

static ArrayRef<int64_t> getShape(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

static int64_t product(ArrayRef<int64_t> extents) {
  return std::accumulate(extents.begin(), extents.end(), int64_t(1), std::multiplies<>());
}

static int64_t getBytes(Value value) {
  auto type = cast<ShapedType>(value.getType());
  return product(type.getShape()) * llvm::divideCeilSigned(type.getElementTypeBitWidth(), 8);
}

/// May bufferisation place the tensor inside a border, so that its rows do not follow one another?
static bool mayHaveBorder(Value value) {
  if (value.getDefiningOp<kernel::PadOp>() || value.getDefiningOp<tensor::ExtractSliceOp>())
    return true;
  return llvm::any_of(value.getUsers(), [](Operation *user) { return isa<kernel::PadOp>(user); });
}

static ContractShape getContractShape(kernel::ContractOp op) {
  ArrayRef<int64_t> out = getShape(op.getOut());
  ArrayRef<int64_t> spatial = out.drop_front(getFirstSpatialDim(op.getOutOrder()));
  if (op.getOutOrder() != ChannelOrder::first)
    spatial = spatial.drop_back();
  auto isOne = [](int64_t value) { return value == 1; };
  bool pointwise = llvm::all_of(op.getKernel(), isOne) && llvm::all_of(op.getStrides(), isOne);
  Value result = op->getNumResults() ? op->getResult(0) : op.getOut();
  bool flat = pointwise && !mayHaveBorder(op.getA()) && !mayHaveBorder(result) &&
              !op.getOut().getDefiningOp<tensor::ExtractSliceOp>();
  ContractShape shape;
  shape.width = flat ? product(spatial) : (spatial.empty() ? 1 : spatial.back());
  shape.height = flat || spatial.size() < 2 ? 1 : spatial.drop_back().back();
  shape.lines = out.front() * (flat || spatial.empty() ? 1 : product(spatial.drop_back()));
  // Images of one pixel each follow one another as pixels do.
  if (product(spatial) == 1 && !op.getBatchedFilter())
    std::swap(shape.width, shape.lines);
  kernel::PackedFilter filter = kernel::getPackedFilter(op);
  shape.panels = filter.panels;
  shape.group = op.getGroup();
  shape.segments = filter.segments;
  shape.run = filter.steps;
  shape.inputBytes = getBytes(op.getA());
  return shape;
}

static ArrayAttr getTilesAttr(MLIRContext *context, Levels levels, const ContractShape &shape, int64_t &panels,
                              int64_t &rows) {
  SmallVector<Attribute> tiles;
  for (const target::Level &level : levels) {
    Tile tile = selectTile(shape, level);
    tiles.push_back(kernel::TileAttr::get(context, tile.rows, tile.vectors, tile.lines));
    panels = std::max(panels, getPanels(tile, level));
    rows = std::max(rows, tile.rows);
  }
  return ArrayAttr::get(context, tiles);
}

static int64_t getSmallestCache(Levels levels) {
  int64_t bytes = levels.front().l2Bytes;
  for (const target::Level &level : levels)
    bytes = std::min(bytes, level.l2Bytes);
  return bytes;
}

/// Segments of the reduction whose filter stays in a cache while a tile of panels passes the pixels. With 16 registers
/// tiles are small and read it so often that it should be the first-level cache: on Zen 3 that wins 5 to 15 % of 1x1
/// convolutions and nothing of larger kernels, whose many blocks would be much code.
static SmallVector<int64_t> selectBlocks(kernel::ContractOp op, Levels levels, const ContractShape &shape,
                                         int64_t panels, int64_t rows) {
  constexpr int64_t kSmallFile = 16;
  bool pointwise = llvm::all_of(op.getKernel(), [](int64_t extent) { return extent == 1; });
  SmallVector<int64_t> blocks;
  for (auto [level, tile] : llvm::zip_equal(levels, op.getTilesAttr().getAsRange<kernel::TileAttr>())) {
    bool first = pointwise && level.vectorRegisters == kSmallFile;
    int64_t tilePanels = first ? std::max<int64_t>(1, getPanels({tile.getRows(), tile.getVectors()}, level)) : panels;
    blocks.push_back(selectBlock(shape, tilePanels, rows, first ? level.l1Bytes : getSmallestCache(levels)));
  }
  return blocks;
}

static void select(kernel::ContractOp op, Levels levels) {
  Builder builder(op.getContext());
  ContractShape shape = getContractShape(op);
  int64_t panels = 1, rows = 1;
  op.setTilesAttr(getTilesAttr(op.getContext(), levels, shape, panels, rows));
  SmallVector<int64_t> blocks = selectBlocks(op, levels, shape, panels, rows);
  // Partial sums rest in `out`.
  bool canRest = getElementTypeOrSelf(op.getOut().getType()) == kernel::getArithmetic(op).accumulator;
  if (canRest && llvm::any_of(blocks, [&](int64_t block) { return block < shape.segments; }))
    op.setKBlock(blocks);
  int64_t lines = 1;
  for (auto tile : op.getTilesAttr().getAsRange<kernel::TileAttr>())
    lines = std::max(lines, tile.getLines());
  shape.lines /= lines;
  shape.width *= lines;
  int64_t multiplyAdds = shape.pixels() * shape.panels * 16 * shape.depth();
  double time = estimateMicroseconds(multiplyAdds, getBytes(op.getFilter()));
  Split split = selectSplit(shape, panels, getTasks(time));
  op.setSplitAttr(builder.getDenseI64ArrayAttr({split.panels, split.pixels}));
}

/// Planes of the output that share their transformed input: as many as leave the cache room for tiles that feed a
/// product.
static int64_t selectDepthBlock(int64_t planes, int64_t depth, int64_t blocks, int64_t positions, int64_t cacheBytes) {
  constexpr int64_t kFewestTiles = 10, kMostPlanes = 8;
  for (int64_t chosen = std::min(planes, kMostPlanes); chosen > 1; --chosen) {
    int64_t blocksOfTile = (chosen + depth - 1) * blocks + chosen * kernel::kWinogradPanels;
    if (positions * 64 * blocksOfTile * kFewestTiles <= cacheBytes)
      return chosen;
  }
  return 1;
}

namespace {
/// Of kernel.winograd, whichever way its filter is stored.
struct WinogradShape {
  int64_t tiles, positions, panels, blocks, depth;
  bool raw;
  explicit WinogradShape(kernel::WinogradOp op) {
    ArrayRef<int64_t> filter = getShape(op.getFilter()), tile = op.getTile(), kernel = op.getKernel();
    ArrayRef<int64_t> out = getShape(op.getOut()), spatial = out.drop_front(2).drop_back();
    int64_t height = spatial.size() == 1 ? 1 : spatial.drop_back().back(), width = spatial.back();
    tiles = (spatial.size() == 3 ? 1 : out[0]) * llvm::divideCeilSigned(height, tile[0]) *
            llvm::divideCeilSigned(width, tile[1]);
    positions = (tile[0] + kernel[0] - 1) * (tile[1] + kernel[1] - 1);
    raw = filter[3] == kernel[0] * kernel[1];
    panels = filter[raw ? 0 : 1];
    blocks = getShape(op.getA())[1];
    depth = raw ? 1 : filter[2] / blocks;
  }
};
} // namespace

static void setTiles(kernel::WinogradOp op, Levels levels, const WinogradShape &shape, int64_t tileBlock, Split split) {
  ContractShape products{shape.positions,    tileBlock, shape.panels, 1, shape.depth * shape.blocks, 16,
                         getBytes(op.getA())};
  if (shape.raw) {
    products.panels = std::min(shape.panels, kernel::kRawPanels);
    products.segments = std::min(shape.blocks, kernel::kRawBlocks);
  }
  int64_t panels = 1, rows = 1;
  op.setTilesAttr(getTilesAttr(op.getContext(), levels, products, panels, rows));
  op.setTileBlock(tileBlock);
  op.setSplitAttr(Builder(op.getContext()).getDenseI64ArrayAttr({split.panels, split.pixels}));
}

static int64_t selectRaw(kernel::WinogradOp op, Levels levels, const WinogradShape &shape) {
  auto [panelParts, tileBlocks] = cnn::getRawSplit(shape.panels, shape.tiles);
  int64_t tileBlock = llvm::divideCeilSigned(shape.tiles, tileBlocks);
  setTiles(op, levels, shape, tileBlock, {panelParts, tileBlocks});
  return kernel::winogradScratchBytes(shape.positions, shape.blocks, tileBlock) +
         kernel::winogradFilterBytes(shape.positions);
}

/// Transforms of one block are products of `tile_block` pixels in each position.
static int64_t selectTransformed(kernel::WinogradOp op, Levels levels, const WinogradShape &shape) {
  // The cache that blocks are made for: that of a level with room for a block worth its filter.
  constexpr int64_t kCacheBytes = 640 * 1024;
  ArrayRef<int64_t> out = getShape(op.getOut());
  int64_t depthBlock = 1, depthBlocks = 1;
  if (op.getPads().size() == 6) {
    depthBlock = selectDepthBlock(out[2], shape.depth, shape.blocks, shape.positions, kCacheBytes);
    depthBlocks = out[0] * llvm::divideCeilSigned(out[2], depthBlock);
    op.setDepthBlock(depthBlock);
  }
  int64_t inBlocks = (depthBlock + shape.depth - 1) * shape.blocks;
  int64_t bytesOfTile = shape.positions * 64 * (inBlocks + depthBlock * kernel::kWinogradPanels);
  int64_t tileBlock = selectTileBlock(shape.tiles, bytesOfTile, kCacheBytes, depthBlock);
  int64_t multiplyAdds =
      depthBlocks * depthBlock * shape.tiles * shape.positions * shape.panels * shape.depth * shape.blocks * 256;
  int64_t tasks = getTasks(estimateMicroseconds(multiplyAdds, getBytes(op.getFilter())));
  // Each part of the channels transforms the input again, which its products must outweigh. Where they leave threads
  // without work, blocks become smaller.
  constexpr int64_t kFewestTasks = 4, kFewestTiles = 8;
  int64_t mostParts = llvm::divideCeilSigned(shape.panels, kernel::kWinogradPanels);
  int64_t wanted = llvm::divideCeilSigned(std::min(tasks, kFewestTasks), mostParts * depthBlocks);
  tileBlock = std::min(tileBlock, std::max<int64_t>(llvm::divideCeilSigned(shape.tiles, wanted), kFewestTiles));
  int64_t parts = depthBlocks * llvm::divideCeilSigned(shape.tiles, tileBlock);
  int64_t channelParts = std::min<int64_t>(llvm::divideCeilSigned(tasks, parts), mostParts);
  setTiles(op, levels, shape, tileBlock, {channelParts, parts});
  return kernel::winogradScratchBytes(shape.positions, inBlocks, tileBlock, depthBlock);
}

static void select(kernel::WinogradOp op, Levels levels) {
  WinogradShape shape(op);
  int64_t bytes = shape.raw ? selectRaw(op, levels, shape) : selectTransformed(op, levels, shape);
  op->setAttr("scratch_bytes", Builder(op.getContext()).getI64IntegerAttr(bytes));
}

static IntegerAttr getTasksAttr(MLIRContext *context, double microseconds) {
  return Builder(context).getI64IntegerAttr(getTasks(microseconds));
}

static void select(kernel::WindowOp op) {
  int64_t taps = product(op.getKernel()) * op.getWidth();
  // One operation per tap and element, at a third of the speed of a contraction.
  int64_t work = 3 * taps * product(getShape(op.getOut()));
  op.setTasksAttr(
      getTasksAttr(op.getContext(), estimateMicroseconds(work, getBytes(op.getA()) + getBytes(op.getOut()))));
}

static void select(kernel::RelayoutOp op) {
  // Lanes are moved one by one where they change places.
  constexpr int64_t kSlowdown = 4;
  op.setTasksAttr(getTasksAttr(op.getContext(), estimateMicroseconds(0, kSlowdown * getBytes(op.getOut()))));
}

static void select(linalg::GenericOp op) {
  constexpr int64_t kMultiplyAddsPerOp = 4;
  int64_t bytes = 0, points = 1;
  for (Value operand : op->getOperands())
    bytes += getBytes(operand);
  for (int64_t extent : op.getStaticLoopRanges())
    points *= extent;
  int64_t ops = op.getBody()->getOperations().size();
  double time = estimateMicroseconds(points * ops * kMultiplyAddsPerOp, bytes);
  op->setAttr("tasks", getTasksAttr(op.getContext(), time));
}

namespace {

class SelectTilesPass : public cnnc::to_kernel::impl::SelectTilesBase<SelectTilesPass> {
  void runOnOperation() override {
    target::TargetAttr target = target::requireTarget(getOperation());
    if (!target)
      return signalPassFailure();
    SmallVector<target::Level> levels = target.getCpuLevels();
    if (levels.empty()) // Other machines are cut otherwise, at their exits.
      return;
    getOperation().walk([&](Operation *op) {
      TypeSwitch<Operation *>(op)
          .Case<kernel::ContractOp, kernel::WinogradOp>([&](auto typed) { select(typed, levels); })
          .Case<kernel::WindowOp, kernel::RelayoutOp, linalg::GenericOp>([](auto typed) { select(typed); });
    });
  }
};

} // namespace

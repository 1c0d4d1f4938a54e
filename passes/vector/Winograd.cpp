// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.winograd: for every block of tiles, the input transform into scratch, then for every few panels the products
// and the inverse transform.
#include "dialects/kernel/Winograd.h"
#include "passes/vector/ContractKernel.h"
#include "passes/vector/ContractPlan.h"
#include "passes/vector/FeatureMap.h"
#include "passes/vector/WinogradTransform.h"

using namespace mlir;
using namespace cnnc;
using kernel::ChannelOrder;

namespace {

struct WinogradEmission {
  kernel::WinogradOp op;
  Step &step;
  VectorEmitter &emitter;
  FeatureMap a, out;
  SmallVector<FeatureMap> extras;
  Operand filter;
  std::optional<Operand> bias;

  kernel::WinogradMatrices matrices;
  int64_t size = 0, channelBlocks = 0, panels = 0;
  int64_t tileRows = 0, tileColumns = 0; ///< tiles of an image
  Balanced blocks;                       ///< of tiles
  Balanced chunks;                       ///< of panels
  int64_t planeBytes = 0, productPlaneBytes = 0, channelPitch = 0;
  Value products; ///< in scratch, after the transformed input
  LogicalResult result = success();

  WinogradEmission(kernel::WinogradOp op, Step &step, const FeatureMap &a, const FeatureMap &out, const Operand &filter)
      : op(op), step(step), emitter(step.emitter), a(a), out(out), filter(filter) {}

  struct Tile {
    Value image, row, column; ///< of the first output pixel
  };
  Tile locate(Value tile);
  int64_t height(const FeatureMap &map) const { return map.pixelExtent(1); }
  int64_t width(const FeatureMap &map) const { return map.pixelExtent(2); }
  LogicalResult initialize();
  void emit();
  void emitBlock(Value firstTile, int64_t count, Value chunkBegin, Value chunkEnd);
  void emitInput(Value firstTile, int64_t count);
  void emitChunk(Value firstTile, int64_t count, Value panel, int64_t panelCount);
  void emitProducts(int64_t count, Value panel, int64_t panelCount);
  void emitOutput(Value firstTile, int64_t count, Value panel);
  void emitOutputTile(const Tile &tile, Value number, Value panel, Value panelInChunk, int64_t lastLanes);
};

LogicalResult WinogradEmission::initialize() {
  int64_t m = op.getM();
  if (m != 2 && m != 4 && m != 6)
    return op.emitOpError("requires m of 2, 4 or 6, but found ") << m;
  if (a.spatialRank() != 2 || op.getPads().size() < 2)
    return op.emitOpError("requires two spatial dimensions and their pads");
  matrices = kernel::getWinogradMatrices(m);
  size = m + 2;
  channelBlocks = llvm::divideCeil(int64_t(op.getInChannels()), int64_t(16));
  panels = llvm::divideCeil(int64_t(op.getOutChannels()), int64_t(16));
  SmallVector<int64_t> expected = {size * size, panels, channelBlocks, 16, 16};
  if (filter.shape != expected)
    return op.emitOpError("requires a filter of ")
           << size * size << " positions, " << panels << " panels and " << channelBlocks
           << " channel blocks, but found " << op.getFilter().getType();
  tileRows = llvm::divideCeil(height(out), m);
  tileColumns = llvm::divideCeil(width(out), m);
  int64_t tiles = out.pixelExtent(0) * tileRows * tileColumns;
  std::optional<ArrayRef<int64_t>> split = op.getSplit();
  int64_t tileBlock = op.getTileBlock().value_or(std::min<int64_t>(tiles, 28));
  blocks = balance(tiles, tileBlock);
  int64_t panelParts = split ? (*split)[0] : 1;
  int64_t chunkCount = llvm::divideCeil(panels, kernel::kWinogradPanels);
  chunks = balanceIn(panels, std::min<int64_t>(panels, llvm::alignTo(chunkCount, panelParts)));
  channelPitch = tileBlock * 64;
  planeBytes = kernel::winogradPlane(channelBlocks, tileBlock) * 4;
  productPlaneBytes = kernel::winogradPlane(kernel::kWinogradPanels, tileBlock) * 4;
  products = emitter.offset(step.scratch, size * size * planeBytes);
  return success();
}

WinogradEmission::Tile WinogradEmission::locate(Value tile) {
  int64_t perImage = tileRows * tileColumns;
  Value image = out.pixelExtent(0) == 1 ? emitter.constant(0) : emitter.divide(tile, perImage);
  Value rest = out.pixelExtent(0) == 1 ? tile : emitter.remainder(tile, perImage);
  return {image, emitter.multiply(emitter.divide(rest, tileColumns), matrices.m),
          emitter.multiply(emitter.remainder(rest, tileColumns), matrices.m)};
}

void WinogradEmission::emitInput(Value firstTile, int64_t count) {
  Value planePitch = emitter.constant(planeBytes), rowPitch = emitter.constant(a.operand.pitch(a.pixelDim(1)));
  emitter.loop(0, channelBlocks, 1, [&](Value block) {
    Value plane = emitter.offset(a.operand.pointer, emitter.multiply(block, a.operand.pitch(a.channelDim())));
    Value target = emitter.offset(step.scratch, emitter.multiply(block, channelPitch));
    emitter.loop(0, count, 1, [&](Value number) {
      Tile tile = locate(emitter.add(firstTile, number));
      WinogradInput input;
      input.source = emitter.offset(plane, emitter.multiply(tile.image, a.operand.pitch(0)));
      input.row = emitter.subtract(tile.row, emitter.constant(op.getPads()[0]));
      input.column = emitter.subtract(tile.column, emitter.constant(op.getPads()[1]));
      input.rowPitch = rowPitch;
      input.out = emitter.offset(target, emitter.multiply(number, 64));
      input.planePitch = planePitch;
      // An unsigned comparison sees a negative start as beyond any end.
      auto fits = [&](Value start, int64_t extent) {
        return emitter.compare(arith::CmpIPredicate::ule, start, emitter.constant(extent - size));
      };
      auto call = [&](bool inside) { callWinogradInput(matrices, inside, height(a), width(a), input, step); };
      if (height(a) < size || width(a) < size)
        return call(false);
      Value inside = emitter.builder.createOrFold<arith::AndIOp>(emitter.loc, fits(input.row, height(a)),
                                                                 fits(input.column, width(a)));
      emitter.ifThenElse(inside, [&] { call(true); }, [&] { call(false); });
    });
  });
}

/// For every position, products[position] = input[position] * filter[position] over the chunk's panels.
void WinogradEmission::emitProducts(int64_t count, Value panel, int64_t panelCount) {
  ContractShape shape = {};
  shape.panels = panelCount;
  shape.groups = shape.rows = shape.panelParts = shape.pixelParts = 1;
  shape.columns = count;
  shape.segments = channelBlocks;
  shape.run = 16;
  if (op.getTiles() && step.levelIndex < op.getTiles()->size()) {
    auto tile = cast<kernel::TileAttr>((*op.getTiles())[step.levelIndex]);
    shape.tileRows = tile.getRows();
    shape.tileVectors = tile.getVectors();
  }
  ContractPlan plan = planContract(shape, emitter.level, getAccumulatorBudget(emitter.level));
  int64_t panelBytes = channelBlocks * 16 * kPanelLanes * 4;
  int64_t partBytes = std::min<int64_t>(plan.vectors * emitter.lanes(), kPanelLanes) * 4;

  ContractKernel kernel;
  kernel.pixelPitch = kernel.outPixelPitch = 64;
  kernel.run = 16;
  kernel.hasOneSegment = channelBlocks == 1;
  ContractArguments arguments;
  arguments.segments = emitter.constant(channelBlocks);
  arguments.segmentPitchOrTable = arguments.outPanelPitch = emitter.constant(channelPitch);
  arguments.filterPanelPitch = emitter.constant(panelBytes);
  emitter.loop(0, size * size, 1, [&](Value position) {
    Value input = emitter.offset(step.scratch, emitter.multiply(position, planeBytes));
    Value weights = emitter.offset(
        filter.pointer, emitter.add(emitter.multiply(position, filter.pitch(0)), emitter.multiply(panel, panelBytes)));
    Value sums = emitter.offset(products, emitter.multiply(position, productPlaneBytes));
    const Balanced &tiles = plan.panelTiles, &columns = plan.columnTiles;
    auto emitTile = [&](int64_t firstPanel, int64_t tilePanels, Value part) {
      Value tileWeights = emitter.offset(emitter.offset(weights, firstPanel * panelBytes), part);
      Value tileSums = emitter.offset(emitter.offset(sums, firstPanel * channelPitch), part);
      kernel.vectors = std::min(plan.vectors, tilePanels * kPanelLanes / emitter.lanes());
      auto emitColumns = [&](int64_t begin, int64_t end, int64_t rows, int64_t shift) {
        emitter.loop(begin, end, 1, [&](Value column) {
          Value pixels = emitter.multiply(emitter.add(emitter.multiply(column, rows), shift), 64);
          kernel.rows = rows;
          arguments.a = emitter.offset(input, pixels);
          arguments.filter = tileWeights;
          arguments.out = emitter.offset(tileSums, pixels);
          if (failed(callContractKernel(kernel, arguments, step)))
            result = failure();
        });
      };
      emitColumns(0, columns.larger, columns.size + 1, 0);
      emitColumns(columns.larger, columns.count, columns.size, columns.larger);
    };
    for (int64_t tile = 0; tile < tiles.count; ++tile)
      emitter.loop(0, kPanelLanes * 4, partBytes,
                   [&](Value part) { emitTile(tiles.start(tile), tiles.start(tile + 1) - tiles.start(tile), part); });
  });
}

void WinogradEmission::emitOutputTile(const Tile &tile, Value number, Value panel, Value panelInChunk,
                                      int64_t lastLanes) {
  auto place = [&](const FeatureMap &map) {
    Value bytes = emitter.multiply(tile.image, map.pixelPitch(0));
    bytes = emitter.add(bytes, emitter.multiply(tile.row, map.pixelPitch(1)));
    bytes = emitter.add(bytes, emitter.multiply(tile.column, map.pixelPitch(2)));
    return emitter.offset(map.operand.pointer, emitter.add(bytes, emitter.multiply(panel, map.panelPitch())));
  };
  WinogradOutput output = {};
  output.columnPitch = out.pixelPitch(2);
  output.lastLanes = lastLanes;
  output.epilogue = op.getEpilogue().empty() ? nullptr : &op.getEpilogue();
  for (const FeatureMap &extra : extras)
    output.extras.push_back(
        {extra.pixelPitch(2), !extra.hasOneChannel(), place(extra), emitter.constant(extra.pixelPitch(1))});
  Value start = emitter.add(emitter.multiply(panelInChunk, channelPitch), emitter.multiply(number, 64));
  output.products = emitter.offset(products, start);
  output.planePitch = emitter.constant(productPlaneBytes);
  output.out = place(out);
  output.rowPitch = emitter.constant(out.pixelPitch(1));
  output.bias = bias ? emitter.offset(bias->pointer, emitter.multiply(panel, kPanelLanes * 4)) : Value();
  auto call = [&] {
    if (failed(callWinogradOutput(matrices, output, step)))
      result = failure();
  };
  int64_t m = matrices.m;
  if (height(out) % m == 0 && width(out) % m == 0)
    return call();
  Value rows = emitter.minimum(emitter.subtract(emitter.constant(height(out)), tile.row), emitter.constant(m));
  Value columns = emitter.minimum(emitter.subtract(emitter.constant(width(out)), tile.column), emitter.constant(m));
  Value whole = emitter.compare(arith::CmpIPredicate::eq, emitter.add(rows, columns), emitter.constant(2 * m));
  emitter.ifThenElse(whole, call, [&] {
    output.rows = rows;
    output.columns = columns;
    call();
  });
}

void WinogradEmission::emitChunk(Value firstTile, int64_t count, Value panel, int64_t panelCount) {
  emitProducts(count, panel, panelCount);
  int64_t tail = int64_t(op.getOutChannels()) % 16;
  emitter.loop(0, panelCount, 1, [&](Value panelInChunk) {
    Value outPanel = emitter.add(panel, panelInChunk);
    emitter.loop(0, count, 1, [&](Value number) {
      Tile tile = locate(emitter.add(firstTile, number));
      auto emitLanes = [&](int64_t lanes) { emitOutputTile(tile, number, outPanel, panelInChunk, lanes); };
      // Without an epilogue the lanes past the channels are zero already.
      if (tail == 0 || op.getEpilogue().empty())
        return emitLanes(16);
      Value isLast = emitter.compare(arith::CmpIPredicate::eq, outPanel, emitter.constant(panels - 1));
      emitter.ifThenElse(isLast, [&] { emitLanes(tail); }, [&] { emitLanes(16); });
    });
  });
}

void WinogradEmission::emitBlock(Value firstTile, int64_t count, Value chunkBegin, Value chunkEnd) {
  emitInput(firstTile, count);
  Value larger = emitter.constant(chunks.larger);
  auto emitChunks = [&](Value begin, Value end, int64_t panelCount, int64_t shift) {
    emitter.loop(begin, end, 1, [&](Value chunk) {
      emitChunk(firstTile, count, emitter.add(emitter.multiply(chunk, panelCount), shift), panelCount);
    });
  };
  if (chunks.larger)
    emitChunks(chunkBegin, emitter.minimum(chunkEnd, larger), chunks.size + 1, 0);
  emitChunks(emitter.maximum(chunkBegin, larger), chunkEnd, chunks.size, chunks.larger);
}

void WinogradEmission::emit() {
  std::optional<ArrayRef<int64_t>> split = op.getSplit();
  int64_t panelParts = split ? (*split)[0] : 1, tileParts = split ? (*split)[1] : 1;
  Value tilePart = tileParts == 1 ? emitter.constant(0) : emitter.remainder(step.task, tileParts);
  Value panelPart = panelParts == 1 ? emitter.constant(0) : emitter.divide(step.task, tileParts);
  std::pair<Value, Value> chunkRange = emitter.part(panelPart, panelParts, chunks.count);
  std::pair<Value, Value> blockRange = emitter.part(tilePart, tileParts, blocks.count);
  Value larger = emitter.constant(blocks.larger);
  auto emitBlocks = [&](Value begin, Value end, int64_t count, int64_t shift) {
    emitter.loop(begin, end, 1, [&](Value block) {
      emitBlock(emitter.add(emitter.multiply(block, count), shift), count, chunkRange.first, chunkRange.second);
    });
  };
  if (blocks.larger)
    emitBlocks(blockRange.first, emitter.minimum(blockRange.second, larger), blocks.size + 1, 0);
  emitBlocks(emitter.maximum(blockRange.first, larger), blockRange.second, blocks.size, blocks.larger);
}

} // namespace

LogicalResult cnnc::emitWinograd(kernel::WinogradOp op, Step &step) {
  FailureOr<FeatureMap> a = getFeatureMap(op.getA(), ChannelOrder::blocked, step);
  FailureOr<FeatureMap> out = getFeatureMap(op.getOut(), ChannelOrder::blocked, step);
  FailureOr<Operand> filter = getOperand(op.getFilter(), step);
  if (failed(a) || failed(out) || failed(filter))
    return failure();
  WinogradEmission emission(op, step, *a, *out, *filter);
  for (Value operand : op.getExtras()) {
    FailureOr<FeatureMap> extra = getFeatureMap(operand, ChannelOrder::blocked, step);
    if (failed(extra))
      return failure();
    emission.extras.push_back(*extra);
  }
  if (op.getBias()) {
    FailureOr<Operand> bias = getOperand(op.getBias(), step);
    if (failed(bias))
      return failure();
    emission.bias = *bias;
  }
  if (failed(emission.initialize()))
    return failure();
  emission.emit();
  return emission.result;
}

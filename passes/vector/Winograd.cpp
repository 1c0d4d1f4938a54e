// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.winograd: for every block of tiles, the input transform into scratch, then for every few panels the products
// and the inverse transform.
#include "dialects/kernel/Winograd.h"
#include "dialects/kernel/Schedule.h"
#include "passes/vector/ContractKernel.h"
#include "passes/vector/FeatureMap.h"
#include "passes/vector/WinogradTransform.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;
using kernel::Balanced;
using kernel::ChannelOrder;

namespace {

struct WinogradEmission {
  kernel::WinogradOp op;
  kernel::WinogradScheduleAttr schedule;
  Step &step;
  VectorEmitter &emitter;
  FeatureMap a, out;
  SmallVector<FeatureMap> extras;
  Operand filter;
  std::optional<Operand> bias;

  kernel::WinogradPlane matrices;
  int64_t channelBlocks = 0, panels = 0;
  int64_t tileRows = 0, tileColumns = 0; ///< tiles of an image
  /// In three dimensions: of the kernel; planes of the output in a block, and of such blocks in an image. Else ones.
  int64_t depth = 1, depthBlock = 1, depthBlocks = 1;
  Balanced blocks; ///< of tiles
  Balanced chunks; ///< of panels
  int64_t planeBytes = 0, productPlaneBytes = 0, channelPitch = 0;
  Value products; ///< in scratch, after the transformed input
  /// Raw filters: blocks of input channels that are transformed together, and where to, after the products.
  bool raw = false;
  Balanced pieces;
  int64_t filterPlaneBytes = 0;
  Value transformed;
  LogicalResult result = success();

  WinogradEmission(kernel::WinogradOp op, kernel::WinogradScheduleAttr schedule, Step &step, const FeatureMap &a,
                   const FeatureMap &out, const Operand &filter)
      : op(op), schedule(schedule), step(step), emitter(step.emitter), a(a), out(out), filter(filter) {}

  /// The transformed filter of some panels and blocks of input channels.
  struct Weights {
    Value pointer;
    int64_t positionPitch, panelPitch, blocks;
    Value firstBlock;
    bool continues; ///< adds to the products of the blocks before
  };
  struct Tile {
    Value image, row, column; ///< of the first output pixel
  };
  /// A block of tiles, in three dimensions of each plane from `firstPlane` on.
  struct Block {
    Value firstTile;
    int64_t count;
    Value image, firstPlane, planes; ///< in three dimensions
  };
  Tile locate(const Block &block, Value number);
  bool isDeep() const { return out.spatialRank() == 3; }
  /// Pixel dimensions of a plane. One spatial dimension is a row: the plane's only one.
  bool hasRows() const { return out.spatialRank() > 1; }
  int64_t rowDim() const { return out.spatialRank() - 1; }
  int64_t columnDim() const { return out.spatialRank(); }
  int64_t height(const FeatureMap &map) const { return hasRows() ? map.pixelExtent(rowDim()) : 1; }
  int64_t width(const FeatureMap &map) const { return map.pixelExtent(columnDim()); }
  int64_t rowPitch(const FeatureMap &map) const { return hasRows() ? map.pixelPitch(rowDim()) : 0; }
  int64_t lowPad(int64_t dim) { return op.getPads()[dim - 1]; }
  void initialize();
  /// Of scratch, after initialize().
  int64_t getBytes() const {
    return matrices.positions() * (planeBytes + productPlaneBytes + (raw ? filterPlaneBytes : 0));
  }
  void emit();
  void emitBlock(const Block &block, Value chunkBegin, Value chunkEnd);
  void emitInput(const Block &block);
  void emitInputPlane(const Block &block, Value source, Value target);
  void emitChunk(const Block &block, Value panel, int64_t panelCount);
  void emitRaw(const Block &block, Value panel, int64_t panelCount);
  void emitProducts(const Block &block, const Weights &weights, int64_t panelCount);
  void emitOutputTile(const Tile &tile, Value plane, Value products, Value panel, int64_t lastLanes);
};

void WinogradEmission::initialize() {
  matrices = kernel::getWinogradPlane(op.getTile(), op.getKernel());
  channelBlocks = llvm::divideCeil(int64_t(op.getInChannels()), int64_t(16));
  panels = llvm::divideCeil(int64_t(op.getOutChannels()), int64_t(16));
  if (isDeep())
    depth = filter.shape[2] / channelBlocks;
  raw = kernel::isRaw(op);
  tileRows = llvm::divideCeil(height(out), matrices.vertical.m);
  tileColumns = llvm::divideCeil(width(out), matrices.horizontal.m);
  int64_t tiles = (isDeep() ? 1 : out.pixelExtent(0)) * tileRows * tileColumns;
  if (isDeep()) {
    depthBlock = schedule.getDepthBlock();
    depthBlocks = llvm::divideCeil(out.pixelExtent(1), depthBlock);
  }
  int64_t tileBlock = schedule.getTileBlock();
  blocks = kernel::balance(tiles, tileBlock);
  chunks = kernel::cutChunks(panels, schedule.getChunk(), schedule.getPanelParts());
  channelPitch = tileBlock * 64;
  planeBytes = kernel::winogradPlane((depthBlock + depth - 1) * channelBlocks, tileBlock) * 4;
  productPlaneBytes = kernel::winogradPlane(kernel::kWinogradPanels, depthBlock * tileBlock) * 4;
  products = emitter.offset(step.scratch, matrices.positions() * planeBytes);
  pieces = kernel::balance(channelBlocks, schedule.getBlocks());
  filterPlaneBytes = kernel::winogradPlane(kernel::kRawPanels * kernel::kRawBlocks, 16) * 4;
  transformed = emitter.offset(products, matrices.positions() * productPlaneBytes);
}

WinogradEmission::Tile WinogradEmission::locate(const Block &block, Value number) {
  Value tile = emitter.add(block.firstTile, number), image = block.image, rest = tile;
  if (!isDeep() && out.pixelExtent(0) > 1) {
    image = emitter.divide(tile, tileRows * tileColumns);
    rest = emitter.remainder(tile, tileRows * tileColumns);
  }
  return {image, emitter.multiply(emitter.divide(rest, tileColumns), matrices.vertical.m),
          emitter.multiply(emitter.remainder(rest, tileColumns), matrices.horizontal.m)};
}

/// Transforms the block's tiles of one plane of all channels, from `source` to `target`.
void WinogradEmission::emitInputPlane(const Block &block, Value source, Value target) {
  Value planePitch = emitter.constant(planeBytes), linePitch = emitter.constant(rowPitch(a));
  int64_t patchRows = matrices.vertical.size(), patchColumns = matrices.horizontal.size();
  emitter.loop(0, channelBlocks, 1, [&](Value channelBlock) {
    Value plane = emitter.offset(source, emitter.multiply(channelBlock, a.pitches[a.channelDim()]));
    Value first = emitter.offset(target, emitter.multiply(channelBlock, channelPitch));
    emitter.loop(0, block.count, 1, [&](Value number) {
      Tile tile = locate(block, number);
      WinogradInput input;
      input.source = emitter.offset(plane, emitter.multiply(tile.image, a.pitches[0]));
      input.row = hasRows() ? emitter.subtract(tile.row, emitter.constant(lowPad(rowDim()))) : emitter.constant(0);
      input.column = emitter.subtract(tile.column, emitter.constant(lowPad(columnDim())));
      input.columnPitch = a.pixelPitch(columnDim());
      input.rowPitch = linePitch;
      input.out = emitter.offset(first, emitter.multiply(number, 64));
      input.planePitch = planePitch;
      // An unsigned comparison sees a negative start as beyond any end.
      auto fits = [&](Value start, int64_t extent, int64_t size) {
        return emitter.compare(arith::CmpIPredicate::ule, start, emitter.constant(extent - size));
      };
      auto call = [&](bool inside) { callWinogradInput(matrices, inside, height(a), width(a), input, step); };
      if (height(a) < patchRows || width(a) < patchColumns)
        return call(false);
      Value inside = emitter.builder.createOrFold<arith::AndIOp>(emitter.loc, fits(input.row, height(a), patchRows),
                                                                 fits(input.column, width(a), patchColumns));
      emitter.ifThenElse(inside, [&] { call(true); }, [&] { call(false); });
    });
  });
}

/// All planes that the block's outputs read. Those outside hold zeros; products leave them out.
void WinogradEmission::emitInput(const Block &block) {
  if (!isDeep())
    return emitInputPlane(block, a.pointer, step.scratch);
  Value first = emitter.subtract(block.firstPlane, emitter.constant(lowPad(1)));
  emitter.loop(emitter.constant(0), emitter.add(block.planes, depth - 1), 1, [&](Value number) {
    Value plane = emitter.add(first, number);
    Value inside = emitter.compare(arith::CmpIPredicate::ult, plane, emitter.constant(a.pixelExtent(1)));
    emitter.ifThenElse(
        inside,
        [&] {
          emitInputPlane(block, emitter.offset(a.pointer, emitter.multiply(plane, a.pitches[a.pixelDim(1)])),
                         emitter.offset(step.scratch, emitter.multiply(number, channelBlocks * channelPitch)));
        },
        [] {});
  });
}

/// Transforms the filter of a few blocks of input channels at a time, and multiplies it while it is in the cache.
void WinogradEmission::emitRaw(const Block &block, Value panel, int64_t panelCount) {
  int64_t blockBytes = matrices.vertical.r * matrices.horizontal.r * 16 * kPanelLanes * 4;
  auto emitPiece = [&](Value firstBlock, int64_t blocks, bool continues) {
    int64_t panelPitch = blocks * 16 * kPanelLanes * 4;
    emitter.loop(0, panelCount, 1, [&](Value number) {
      Value row = emitter.add(emitter.multiply(emitter.add(panel, number), channelBlocks), firstBlock);
      Value source = emitter.offset(filter.pointer, emitter.multiply(row, blockBytes));
      Value target = emitter.offset(transformed, emitter.multiply(number, panelPitch));
      emitter.loop(0, blocks, 1, [&](Value inner) {
        callWinogradFilter(matrices, emitter.offset(source, emitter.multiply(inner, blockBytes)),
                           emitter.offset(target, emitter.multiply(inner, 16 * kPanelLanes * 4)),
                           emitter.constant(filterPlaneBytes), step);
      });
    });
    emitProducts(block, {transformed, filterPlaneBytes, panelPitch, blocks, firstBlock, continues}, panelCount);
  };
  emitPiece(emitter.constant(0), pieces.start(1), false);
  emitter.loop(1, pieces.larger, 1,
               [&](Value piece) { emitPiece(emitter.multiply(piece, pieces.size + 1), pieces.size + 1, true); });
  emitter.loop(std::max<int64_t>(1, pieces.larger), pieces.count, 1, [&](Value piece) {
    emitPiece(emitter.add(emitter.multiply(piece, pieces.size), pieces.larger), pieces.size, true);
  });
}

/// For every position, products[position] = input[position] * filter[position] over the chunk's panels; in three
/// dimensions for every plane of the output, over the planes of the kernel's depth that lie inside.
void WinogradEmission::emitProducts(const Block &block, const Weights &weights, int64_t panelCount) {
  bool isNarrow = panelCount < chunks.largest();
  kernel::PanelTiles panelTiles = kernel::cutPanels(panelCount, schedule.getVectors(), 1, emitter.lanes());
  Balanced columns = kernel::balance(block.count, isNarrow ? schedule.getNarrowRows() : schedule.getRows());
  int64_t blockBytes = channelBlocks * 16 * kPanelLanes * 4;
  int64_t partBytes = std::min<int64_t>(panelTiles.vectors * emitter.lanes(), kPanelLanes) * 4;

  Type f32 = emitter.builder.getF32Type();
  ContractKernel kernel = {*kernel::findArithmetic(f32, f32), f32};
  kernel.pixelPitch = kernel.outPixelPitch = 64;
  kernel.run = 16;
  kernel.hasOneSegment = depth * weights.blocks == 1;
  kernel.continues = weights.continues;
  ContractArguments arguments;
  arguments.segments = emitter.constant(weights.blocks);
  arguments.segmentPitchOrTable = emitter.constant(channelPitch);
  arguments.outPanelPitch = emitter.constant(depthBlock * channelPitch);
  arguments.filterPanelPitch = emitter.constant(weights.panelPitch);
  auto emitPosition = [&](Value input, Value filter, Value sums) {
    const Balanced &tiles = panelTiles.tiles;
    auto emitTile = [&](int64_t firstPanel, int64_t tilePanels, Value part) {
      Value tileWeights = emitter.offset(emitter.offset(filter, firstPanel * weights.panelPitch), part);
      Value tileSums = emitter.offset(emitter.offset(sums, firstPanel * depthBlock * channelPitch), part);
      kernel.vectors = std::min(panelTiles.vectors, tilePanels * kPanelLanes / emitter.lanes());
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
  };
  emitter.loop(0, matrices.positions(), 1, [&](Value position) {
    Value firstInput =
        emitter.add(emitter.multiply(position, planeBytes), emitter.multiply(weights.firstBlock, channelPitch));
    Value input = emitter.offset(step.scratch, firstInput);
    Value filter = emitter.offset(weights.pointer, emitter.multiply(position, weights.positionPitch));
    Value sums = emitter.offset(products, emitter.multiply(position, productPlaneBytes));
    if (!isDeep())
      return emitPosition(input, filter, sums);
    emitter.loop(emitter.constant(0), block.planes, 1, [&](Value plane) {
      // Planes begin..end of the kernel's depth lie inside.
      Value zero = emitter.constant(0);
      Value first = emitter.subtract(emitter.add(block.firstPlane, plane), emitter.constant(lowPad(1)));
      Value begin = emitter.minimum(emitter.maximum(emitter.subtract(zero, first), zero), emitter.constant(depth));
      Value end = emitter.minimum(emitter.subtract(emitter.constant(a.pixelExtent(1)), first), emitter.constant(depth));
      arguments.segments = emitter.multiply(emitter.subtract(emitter.maximum(end, begin), begin), channelBlocks);
      emitPosition(emitter.offset(input, emitter.multiply(emitter.add(plane, begin), channelBlocks * channelPitch)),
                   emitter.offset(filter, emitter.multiply(begin, blockBytes)),
                   emitter.offset(sums, emitter.multiply(plane, channelPitch)));
    });
  });
}

/// `plane` is of the output, in three dimensions.
void WinogradEmission::emitOutputTile(const Tile &tile, Value plane, Value products, Value panel, int64_t lastLanes) {
  auto place = [&](const FeatureMap &map) {
    Value bytes = emitter.multiply(tile.image, map.pixelPitch(0));
    if (isDeep())
      bytes = emitter.add(bytes, emitter.multiply(plane, map.pixelPitch(1)));
    bytes = emitter.add(bytes, emitter.multiply(tile.row, rowPitch(map)));
    bytes = emitter.add(bytes, emitter.multiply(tile.column, map.pixelPitch(columnDim())));
    return emitter.offset(map.pointer, emitter.add(bytes, emitter.multiply(panel, map.panelPitch())));
  };
  WinogradOutput output = {};
  output.columnPitch = out.pixelPitch(columnDim());
  output.lastLanes = lastLanes;
  output.epilogue = op.getEpilogue().empty() ? nullptr : &op.getEpilogue();
  for (const FeatureMap &extra : extras)
    output.extras.push_back(
        {extra.pixelPitch(columnDim()), !extra.hasOneChannel(), place(extra), emitter.constant(rowPitch(extra))});
  output.products = products;
  output.planePitch = emitter.constant(productPlaneBytes);
  output.out = place(out);
  output.rowPitch = emitter.constant(rowPitch(out));
  output.bias = bias ? emitter.offset(bias->pointer, emitter.multiply(panel, kPanelLanes * 4)) : Value();
  auto call = [&] {
    if (failed(callWinogradOutput(matrices, output, step)))
      result = failure();
  };
  int64_t mostRows = matrices.vertical.m, mostColumns = matrices.horizontal.m;
  if (height(out) % mostRows == 0 && width(out) % mostColumns == 0)
    return call();
  auto rest = [&](int64_t extent, Value first, int64_t most) {
    return emitter.minimum(emitter.subtract(emitter.constant(extent), first), emitter.constant(most));
  };
  Value rows = rest(height(out), tile.row, mostRows), columns = rest(width(out), tile.column, mostColumns);
  Value whole =
      emitter.compare(arith::CmpIPredicate::eq, emitter.add(rows, columns), emitter.constant(mostRows + mostColumns));
  emitter.ifThenElse(whole, call, [&] {
    output.rows = rows;
    output.columns = columns;
    call();
  });
}

void WinogradEmission::emitChunk(const Block &block, Value panel, int64_t panelCount) {
  int64_t panelBytes = depth * channelBlocks * 16 * kPanelLanes * 4;
  if (raw)
    emitRaw(block, panel, panelCount);
  else
    emitProducts(block,
                 {emitter.offset(filter.pointer, emitter.multiply(panel, panelBytes)), filter.pitch(0), panelBytes,
                  channelBlocks, emitter.constant(0), false},
                 panelCount);
  int64_t tail = int64_t(op.getOutChannels()) % 16;
  auto emitTiles = [&](Value outPanel, Value plane, Value sums) {
    emitter.loop(0, block.count, 1, [&](Value number) {
      Tile tile = locate(block, number);
      Value source = emitter.offset(sums, emitter.multiply(number, 64));
      auto emitLanes = [&](int64_t lanes) { emitOutputTile(tile, plane, source, outPanel, lanes); };
      // Without an epilogue the lanes past the channels are zero already.
      if (tail == 0 || op.getEpilogue().empty())
        return emitLanes(16);
      Value isLast = emitter.compare(arith::CmpIPredicate::eq, outPanel, emitter.constant(panels - 1));
      emitter.ifThenElse(isLast, [&] { emitLanes(tail); }, [&] { emitLanes(16); });
    });
  };
  emitter.loop(0, panelCount, 1, [&](Value panelInChunk) {
    Value outPanel = emitter.add(panel, panelInChunk);
    Value sums = emitter.offset(products, emitter.multiply(panelInChunk, depthBlock * channelPitch));
    if (!isDeep())
      return emitTiles(outPanel, Value(), sums);
    emitter.loop(emitter.constant(0), block.planes, 1, [&](Value plane) {
      emitTiles(outPanel, emitter.add(block.firstPlane, plane),
                emitter.offset(sums, emitter.multiply(plane, channelPitch)));
    });
  });
}

void WinogradEmission::emitBlock(const Block &block, Value chunkBegin, Value chunkEnd) {
  emitInput(block);
  Value larger = emitter.constant(chunks.larger);
  auto emitChunks = [&](Value begin, Value end, int64_t panelCount, int64_t shift) {
    emitter.loop(begin, end, 1, [&](Value chunk) {
      emitChunk(block, emitter.add(emitter.multiply(chunk, panelCount), shift), panelCount);
    });
  };
  if (chunks.larger)
    emitChunks(chunkBegin, emitter.minimum(chunkEnd, larger), chunks.size + 1, 0);
  emitChunks(emitter.maximum(chunkBegin, larger), chunkEnd, chunks.size, chunks.larger);
}

void WinogradEmission::emit() {
  int64_t panelParts = schedule.getPanelParts(), tileParts = schedule.getTileParts();
  Value tilePart = tileParts == 1 ? emitter.constant(0) : emitter.remainder(step.task, tileParts);
  Value panelPart = panelParts == 1 ? emitter.constant(0) : emitter.divide(step.task, tileParts);
  std::pair<Value, Value> chunkRange = emitter.part(panelPart, panelParts, chunks.count);
  int64_t imageBlocks = isDeep() ? out.pixelExtent(0) * depthBlocks : 1;
  auto [unitBegin, unitEnd] = emitter.part(tilePart, tileParts, imageBlocks * blocks.count);
  emitter.loop(unitBegin, unitEnd, 1, [&](Value unit) {
    Value number = isDeep() ? emitter.remainder(unit, blocks.count) : unit;
    Block block = {Value(), 0, emitter.constant(0), Value(), Value()};
    if (isDeep()) {
      Value outer = emitter.divide(unit, blocks.count);
      block.image = emitter.divide(outer, depthBlocks);
      block.firstPlane = emitter.multiply(emitter.remainder(outer, depthBlocks), depthBlock);
      block.planes = emitter.minimum(emitter.subtract(emitter.constant(out.pixelExtent(1)), block.firstPlane),
                                     emitter.constant(depthBlock));
    }
    auto emitTiles = [&](int64_t count, int64_t shift) {
      block.count = count;
      block.firstTile = emitter.add(emitter.multiply(number, count), shift);
      emitBlock(block, chunkRange.first, chunkRange.second);
    };
    if (!blocks.larger)
      return emitTiles(blocks.size, 0);
    Value isLarger = emitter.compare(arith::CmpIPredicate::slt, number, emitter.constant(blocks.larger));
    emitter.ifThenElse(
        isLarger, [&] { emitTiles(blocks.size + 1, 0); }, [&] { emitTiles(blocks.size, blocks.larger); });
  });
}

} // namespace

LogicalResult cnnc::to_vector::emitWinograd(kernel::WinogradOp op, Step &step) {
  FailureOr<FeatureMap> a = getFeatureMap(op.getA(), ChannelOrder::blocked, step);
  FailureOr<FeatureMap> out = getFeatureMap(op.getOut(), ChannelOrder::blocked, step);
  FailureOr<Operand> filter = getOperand(op.getFilter(), step);
  FailureOr<kernel::WinogradScheduleAttr> schedule =
      getSchedule<kernel::WinogradScheduleAttr>(op, op.getScheduleAttr(), step);
  if (failed(a) || failed(out) || failed(filter) || failed(schedule))
    return failure();
  WinogradEmission emission(op, *schedule, step, *a, *out, *filter);
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
  emission.initialize();
  if (emission.getBytes() > step.scratchBytes)
    return op.emitOpError("requires ") << emission.getBytes() << " bytes of scratch for its schedule, but found "
                                       << step.scratchBytes;
  emission.emit();
  return emission.result;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.contract: loops over blocks of pixels, tiles of panels, blocks of the reduction, rows and tiles of pixels,
// around calls of the micro-kernel.
#include "dialects/kernel/ContractWalk.h"
#include "dialects/kernel/Schedule.h"
#include "passes/vector/ContractKernel.h"
#include "passes/vector/FeatureMap.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;
using kernel::ChannelOrder;
using kernel::PixelDim;
using kernel::walkedA, kernel::walkedFilter, kernel::walkedOut, kernel::walkedExtras;

namespace {

/// A tile of panels: which micro-kernel, and where its operands start relative to a pixel.
struct PanelTile {
  int64_t vectors, lastLanes;
  Value firstPanel;           ///< among all groups
  SmallVector<Value> offsets; ///< per walked operand, bytes
};

struct ContractEmission {
  kernel::ContractOp op;
  Step &step;
  VectorEmitter &emitter;
  FeatureMap a, out;
  SmallVector<FeatureMap> extras;
  Operand filter;
  std::optional<Operand> bias;

  kernel::ContractScheduleAttr schedule;
  kernel::ContractWalk walk;
  kernel::PanelTiles panels;
  kernel::Balanced columns; ///< tiles of a row of pixels
  kernel::Balanced blocks;  ///< of the reduction
  Value table, segmentPitch;

  ContractEmission(kernel::ContractOp op, Step &step, const FeatureMap &a, const FeatureMap &out, const Operand &filter,
                   kernel::ContractScheduleAttr schedule)
      : op(op), step(step), emitter(step.emitter), a(a), out(out), filter(filter), schedule(schedule),
        walk(kernel::getContractWalk(op)) {
    cutLoops();
  }
  void cutLoops();
  LogicalResult emit();
  LogicalResult emitUnit(Value unit, function_ref<LogicalResult(const PanelTile &)> body);
  LogicalResult emitParts(int64_t tilePanels, bool last, Value group, Value panel,
                          function_ref<LogicalResult(const PanelTile &)> body);
  LogicalResult emitRows(const PanelTile &tile, int64_t block, Value rowBegin, Value rowEnd, Value columnBegin,
                         Value columnEnd);
  LogicalResult emitCall(const PanelTile &tile, int64_t block, int64_t rows, ArrayRef<Value> row, Value pixel,
                         Value pass);
  int64_t getLinesAhead(int64_t tilePanels);
  bool isReductionOutside() const { return schedule.getReductionOrder() == kernel::ReductionOrder::outside; }

  /// Bytes per walked operand at row `row` of the outer pixel dimensions.
  SmallVector<Value> locateRow(Value row);
};

void ContractEmission::cutLoops() {
  walk.joinRows(schedule.getLines());
  int64_t sharing = walk.groups == 1 ? schedule.getPanelParts() : 1;
  panels = kernel::cutPanels(walk.panels, schedule.getVectors(), sharing, emitter.lanes());
  columns = kernel::balance(walk.dims.back().extent, schedule.getRows());
  blocks = kernel::balanceIn(walk.segments, schedule.getReductionBlocks());
}

SmallVector<Value> ContractEmission::locateRow(Value row) {
  SmallVector<Value> offsets(walk.dims.back().pitches.size(), emitter.constant(0));
  for (size_t d = walk.dims.size() - 1; d-- > 0;) {
    Value index = d == 0 ? row : emitter.remainder(row, walk.dims[d].extent);
    row = d == 0 ? row : emitter.divide(row, walk.dims[d].extent);
    for (auto [offset, pitch] : llvm::zip_equal(offsets, walk.dims[d].pitches))
      offset = emitter.add(offset, emitter.multiply(index, pitch));
  }
  return offsets;
}

/// Emits `body` for the tile (or the parts of a panel) at `panel` of `group`, of `tilePanels` panels.
LogicalResult ContractEmission::emitParts(int64_t tilePanels, bool last, Value group, Value panel,
                                          function_ref<LogicalResult(const PanelTile &)> body) {
  int64_t vectorsOfPanel = kPanelLanes / emitter.lanes();
  bool dividesPanel = panels.vectors < vectorsOfPanel;
  int64_t vectors = dividesPanel ? panels.vectors : tilePanels * vectorsOfPanel;
  int64_t tail = last && walk.groupOut % kPanelLanes ? walk.groupOut % kPanelLanes : kPanelLanes;
  for (int64_t begin = 0; begin < (dividesPanel ? kPanelLanes : 1); begin += vectors * emitter.lanes()) {
    PanelTile tile = {vectors, std::min(tail - begin, vectors * emitter.lanes()), Value(), {}};
    if (tile.lastLanes <= 0 && out.order == ChannelOrder::last)
      continue;
    tile.firstPanel = emitter.add(emitter.multiply(group, walk.panels), panel);
    auto locate = [&](const FeatureMap &map) {
      if (map.hasOneChannel())
        return emitter.constant(0);
      Value start = emitter.multiply(group, map.channelOffset(walk.groupOut));
      return emitter.add(emitter.add(start, emitter.multiply(panel, map.panelPitch())),
                         begin * getElementBytes(map.elementType));
    };
    int64_t inputPitch = walk.groups == 1 ? 0 : a.channelOffset(walk.groupIn);
    tile.offsets = {emitter.multiply(group, inputPitch),
                    emitter.add(emitter.multiply(tile.firstPanel, walk.panelBytes()), begin * kernel::kStepBytes),
                    locate(out)};
    for (const FeatureMap &extra : extras)
      tile.offsets.push_back(locate(extra));
    if (failed(body(tile)))
      return failure();
  }
  return success();
}

/// A unit is a tile of panels of a group. Its size and whether it holds the group's last channels choose its code.
LogicalResult ContractEmission::emitUnit(Value unit, function_ref<LogicalResult(const PanelTile &)> body) {
  const kernel::Balanced &tiles = panels.tiles;
  Value group = walk.groups == 1 ? emitter.constant(0) : emitter.divide(unit, tiles.count);
  Value tile = walk.groups == 1 ? unit : emitter.remainder(unit, tiles.count);
  Value panel = emitter.add(emitter.multiply(tile, tiles.size), emitter.minimum(tile, emitter.constant(tiles.larger)));
  LogicalResult result = success();
  auto emitCase = [&](int64_t tilePanels, bool last) {
    if (failed(emitParts(tilePanels, last, group, panel, body)))
      result = failure();
  };
  bool hasTail = walk.groupOut % kPanelLanes != 0;
  auto emitSmaller = [&] {
    Value isLast = emitter.compare(arith::CmpIPredicate::eq, tile, emitter.constant(tiles.count - 1));
    if (hasTail && tiles.count - tiles.larger > 1)
      return emitter.ifThenElse(isLast, [&] { emitCase(tiles.size, true); }, [&] { emitCase(tiles.size, false); });
    emitCase(tiles.size, hasTail);
  };
  if (tiles.larger == 0) {
    emitSmaller();
    return result;
  }
  Value isLarger = emitter.compare(arith::CmpIPredicate::slt, tile, emitter.constant(tiles.larger));
  emitter.ifThenElse(isLarger, [&] { emitCase(tiles.size + 1, false); }, emitSmaller);
  return result;
}

LogicalResult ContractEmission::emitCall(const PanelTile &tile, int64_t block, int64_t rows, ArrayRef<Value> row,
                                         Value pixel, Value pass) {
  const PixelDim &pixels = walk.dims.back();
  ContractKernel kernel = {walk.arithmetic, out.elementType, rows};
  kernel.vectors = tile.vectors;
  kernel.pixelPitch = rows > 1 ? pixels.pitches[walkedA] : 0;
  kernel.run = walk.steps();
  kernel.runPitch = walk.runPitch;
  kernel.outPixelPitch = rows > 1 ? pixels.pitches[walkedOut] : 0;
  kernel.lastLanes = tile.lastLanes;
  kernel.masksStores = out.order == ChannelOrder::last &&
                       tile.lastLanes < std::min<int64_t>(kPanelLanes, tile.vectors * emitter.lanes());
  kernel.hasTable = bool(table);
  kernel.continues = block > 0;
  kernel.finishes = block + 1 == blocks.count;
  kernel.hasBias = bias && block == 0;
  kernel.epilogue = op.getEpilogue().empty() ? nullptr : &op.getEpilogue();
  int64_t rowOfPixel = 0;
  if (walk.pixelsOfRow) {
    int64_t first = *getConstant(pixel), rest = walk.pixelsOfRow - first % walk.pixelsOfRow;
    rowOfPixel = first / walk.pixelsOfRow;
    if (rest < rows) {
      kernel.pixelsOfRow = rest;
      kernel.rowLength = walk.pixelsOfRow;
      kernel.rowSkip = walk.getRowSkip(walkedA);
      kernel.outRowSkip = walk.getRowSkip(walkedOut);
    }
  }
  auto locate = [&](Value base, int64_t operand) {
    Value offset = emitter.add(tile.offsets[operand], row[operand]);
    if (rowOfPixel)
      offset = emitter.add(offset, rowOfPixel * walk.getRowSkip(operand));
    return emitter.offset(base, emitter.add(offset, emitter.multiply(pixel, pixels.pitches[operand])));
  };
  int64_t firstSegment = blocks.start(block);
  ContractArguments arguments;
  arguments.a = locate(a.pointer, walkedA);
  arguments.filter = emitter.offset(locate(filter.pointer, walkedFilter),
                                    firstSegment * walk.steps() * kPanelLanes * kernel::kStepBytes);
  arguments.out = locate(out.pointer, walkedOut);
  int64_t segmentCount = blocks.start(block + 1) - firstSegment;
  kernel.hasOneSegment = segmentCount == 1;
  kernel.sumBlock = schedule.getSumBlock();
  kernel.unroll = schedule.getUnroll();
  arguments.segments = emitter.constant(segmentCount);
  if (table)
    arguments.segmentPitchOrTable = emitter.offset(table, firstSegment * 8);
  else
    arguments.segmentPitchOrTable = segmentPitch;
  if (!table && firstSegment)
    arguments.a = emitter.offset(arguments.a, emitter.multiply(segmentPitch, firstSegment));
  arguments.filterPanelPitch = emitter.constant(walk.panelBytes());
  arguments.outPanelPitch = emitter.constant(out.panelPitch());
  if (kernel.hasBias) {
    // The part of the panel is in the filter's offset as well.
    Value part = emitter.subtract(tile.offsets[walkedFilter], emitter.multiply(tile.firstPanel, walk.panelBytes()));
    static_assert(kernel::kStepBytes == 4, "a lane of the filter is as wide as one of the bias");
    arguments.bias = emitter.offset(
        bias->pointer, emitter.add(emitter.multiply(tile.firstPanel, kPanelLanes * kernel::kStepBytes), part));
  }
  int64_t tilePanels = llvm::divideCeil(tile.vectors * emitter.lanes(), kPanelLanes);
  kernel.linesAhead = getLinesAhead(tilePanels);
  if (kernel.linesAhead) {
    int64_t linesOfPass = segmentCount * kernel.linesAhead;
    int64_t bytes = isReductionOutside() ? walk.panelBytes()
                                         : segmentCount * walk.steps() * tilePanels * kPanelLanes * kernel::kStepBytes;
    Value next = emitter.offset(arguments.filter, bytes);
    arguments.ahead = emitter.offset(next, emitter.multiply(pass, linesOfPass * kLineBytes));
  }
  for (auto [number, extra] : llvm::enumerate(extras)) {
    kernel.extras.push_back({rows > 1 ? pixels.pitches[walkedExtras + number] : 0,
                             kernel.pixelsOfRow ? walk.getRowSkip(walkedExtras + number) : 0, !extra.hasOneChannel(),
                             extra.elementType});
    arguments.extras.push_back(locate(extra.pointer, walkedExtras + number));
    arguments.extraPanelPitches.push_back(emitter.constant(extra.panelPitch()));
  }
  return callContractKernel(kernel, arguments, step);
}

/// Of weights for each segment. Those of several panels follow one another only where the reduction is whole.
int64_t ContractEmission::getLinesAhead(int64_t tilePanels) {
  bool isContiguous = tilePanels == 1 || blocks.count == 1;
  if (!isContiguous || schedule.getFetchPasses() == 0)
    return 0;
  return llvm::divideCeil(walk.steps() * tilePanels, schedule.getFetchPasses());
}

LogicalResult ContractEmission::emitRows(const PanelTile &tile, int64_t block, Value rowBegin, Value rowEnd,
                                         Value columnBegin, Value columnEnd) {
  LogicalResult result = success();
  Value larger = emitter.constant(columns.larger);
  emitter.loop(rowBegin, rowEnd, 1, [&](Value row) {
    SmallVector<Value> offsets = locateRow(row);
    auto passOf = [&](Value column) {
      return emitter.add(emitter.multiply(emitter.subtract(row, rowBegin), columns.count),
                         emitter.subtract(column, columnBegin));
    };
    auto emitTile = [&](int64_t rows, Value pixel, Value column) {
      if (failed(emitCall(tile, block, rows, offsets, pixel, passOf(column))))
        result = failure();
    };
    // Tiles that may cross the end of a row differ in code.
    for (int64_t number = 0; walk.pixelsOfRow && number < columns.count; ++number) {
      Value column = emitter.constant(number), pixel = emitter.constant(columns.start(number));
      Value begun = emitter.compare(arith::CmpIPredicate::sle, columnBegin, column);
      Value open = emitter.compare(arith::CmpIPredicate::slt, column, columnEnd);
      emitter.ifThenElse(
          emitter.builder.createOrFold<arith::AndIOp>(emitter.loc, begun, open),
          [&] { emitTile(columns.start(number + 1) - columns.start(number), pixel, column); }, [] {});
    }
    if (walk.pixelsOfRow)
      return;
    auto emitTiles = [&](Value begin, Value end, int64_t rows, int64_t shift) {
      emitter.loop(begin, end, 1,
                   [&](Value column) { emitTile(rows, emitter.add(emitter.multiply(column, rows), shift), column); });
    };
    if (columns.larger > 0)
      emitTiles(columnBegin, emitter.minimum(columnEnd, larger), columns.size + 1, 0);
    emitTiles(emitter.maximum(columnBegin, larger), columnEnd, columns.size, columns.larger);
  });
  return result;
}

LogicalResult ContractEmission::emit() {
  // The lanes of a table entry are byte offsets; equidistant segments need no table.
  int64_t pitch = walk.segmentOffsets.size() > 1 ? walk.segmentOffsets[1] - walk.segmentOffsets[0] : 0;
  bool equidistant = true;
  for (auto [number, offset] : llvm::enumerate(walk.segmentOffsets))
    equidistant &= offset == int64_t(number) * pitch;
  if (equidistant)
    segmentPitch = emitter.constant(pitch);
  else
    table = step.kernels.getTable(emitter, walk.segmentOffsets);

  int64_t panelParts = schedule.getPanelParts(), rowParts = schedule.getRowParts(),
          columnParts = schedule.getColumnParts(), pixelParts = rowParts * columnParts;
  bool sharePixels = schedule.getOrder() == kernel::TaskOrder::pixels;
  int64_t inner = sharePixels ? panelParts : pixelParts;
  Value innerPart = inner == 1 ? emitter.constant(0) : emitter.remainder(step.task, inner);
  Value outerPart = panelParts * pixelParts == inner ? emitter.constant(0) : emitter.divide(step.task, inner);
  Value pixelPart = sharePixels ? outerPart : innerPart, panelPart = sharePixels ? innerPart : outerPart;
  auto [unitBegin, unitEnd] = emitter.part(panelPart, panelParts, walk.groups * panels.tiles.count);
  auto [rowBegin, rowEnd] = emitter.part(pixelPart, rowParts, walk.rowCount());
  auto [columnBegin, columnEnd] = emitter.part(pixelPart, columnParts, columns.count);
  LogicalResult result = success();
  Value units[2] = {unitBegin, unitEnd}, rows[2] = {rowBegin, rowEnd}, tiles[2] = {columnBegin, columnEnd};
  auto minimumEnd = [&](Value begin, int64_t block, Value end) {
    return emitter.minimum(emitter.add(begin, block), end);
  };
  auto emitBlocks = [&](int64_t first, int64_t last) {
    emitter.loop(rows[0], rows[1], schedule.getRowBlock(), [&](Value row) {
      emitter.loop(tiles[0], tiles[1], schedule.getColumnBlock(), [&](Value column) {
        Value rowsEnd = minimumEnd(row, schedule.getRowBlock(), rows[1]);
        Value columnsEnd = minimumEnd(column, schedule.getColumnBlock(), tiles[1]);
        emitter.loop(units[0], units[1], 1, [&](Value unit) {
          auto emitTile = [&](const PanelTile &tile) {
            LogicalResult emitted = success();
            for (int64_t block = first; block < last && succeeded(emitted); ++block)
              emitted = emitRows(tile, block, row, rowsEnd, column, columnsEnd);
            return emitted;
          };
          if (failed(emitUnit(unit, emitTile)))
            result = failure();
        });
      });
    });
  };
  int64_t together = isReductionOutside() ? 1 : blocks.count;
  for (int64_t block = 0; block < blocks.count; block += together)
    emitBlocks(block, block + together);
  return result;
}

} // namespace

LogicalResult cnnc::to_vector::emitContract(kernel::ContractOp op, Step &step) {
  FailureOr<FeatureMap> a = getFeatureMap(op.getA(), op.getAOrder(), step);
  FailureOr<FeatureMap> out = getFeatureMap(op.getOut(), op.getOutOrder(), step);
  FailureOr<Operand> filter = getOperand(op.getFilter(), step);
  FailureOr<kernel::ContractScheduleAttr> schedule =
      getSchedule<kernel::ContractScheduleAttr>(op, op.getScheduleAttr(), step);
  if (failed(a) || failed(out) || failed(filter) || failed(schedule))
    return failure();
  ContractEmission emission(op, step, *a, *out, *filter, *schedule);
  for (Value operand : op.getExtras()) {
    FailureOr<FeatureMap> extra = getFeatureMap(operand, op.getOutOrder(), step);
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
  return emission.emit();
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.window: a call of a micro-kernel per image, group of channels and range of rows.
//   kernel.window mul_add ins(%a filter %f) outs(%b) {..}
//     =>  for part of (image, channels, slice, rows): llvm.call @kernel_window_0_x86_64_v3(%a, %f, %b, %rows, ...)
#include "passes/vector/FeatureMap.h"
#include "passes/vector/LoopNest.h"
#include "passes/vector/WindowKernel.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;
using kernel::ChannelOrder;

namespace {

/// One spatial dimension; pitches are bytes.
struct WindowDim {
  int64_t extent; ///< of the output
  int64_t kernel, stride, dilation;
  int64_t pitch, outPitch;
  int64_t tapPitch; ///< between the kernel's positions in the filter
  SmallVector<int64_t> extraPitches;
};

class WindowEmitter {
public:
  WindowEmitter(kernel::WindowOp op, Step &step) : op(op), step(step), emitter(step.emitter) {}
  LogicalResult emit();

private:
  /// Places of the pointers in a Position.
  enum { kA, kFilter, kBias, kOut, kExtras };
  LogicalResult findOperands();
  void findDims();
  Loop createLoop(int64_t extent, int64_t pitch, int64_t outPitch, function_ref<int64_t(unsigned)> extraPitch,
                  int64_t filterPitch = 0, int64_t biasPitch = 0);
  void emitCalls(const Position &position);
  void emitCall(const WindowKernel &variant, const Position &position, Value rows, Value vectors);

  kernel::WindowOp op;
  Step &step;
  VectorEmitter &emitter;
  FeatureMap a, out;
  SmallVector<FeatureMap> extras; ///< sums of rows last: they move as an extra of one column does
  std::optional<Operand> filter, bias;
  WindowDim row, inner;             ///< `inner` is the dimension along a tile, `row` the one that a call walks
  SmallVector<WindowDim> outer;     ///< the other dimensions
  SmallVector<WindowDim> outerTaps; ///< dimensions of the kernel beside `inner`, outermost first
  int64_t images;
  kernel::WindowScheduleAttr schedule;
  WindowKernel window;
  LogicalResult result = success();
};

LogicalResult WindowEmitter::findOperands() {
  FailureOr<FeatureMap> source = getFeatureMap(op.getA(), op.getOrder(), step);
  FailureOr<FeatureMap> target = getFeatureMap(op.getOut(), op.getOrder(), step);
  if (failed(source) || failed(target))
    return failure();
  a = *source;
  out = *target;
  for (Value value : op.getExtras()) {
    FailureOr<FeatureMap> extra = getFeatureMap(value, op.getOrder(), step);
    if (failed(extra))
      return failure();
    extras.push_back(*extra);
  }
  if (op.getRowSums()) {
    FailureOr<FeatureMap> sums = getFeatureMap(op.getRowSums(), op.getOrder(), step);
    if (failed(sums))
      return failure();
    extras.push_back(*sums);
  }
  for (auto [value, operand] : {std::pair(op.getFilter(), &filter), std::pair(op.getBias(), &bias)}) {
    if (!value)
      continue;
    FailureOr<Operand> found = getOperand(value, step);
    if (failed(found))
      return failure();
    *operand = *found;
  }
  images = out.pixelExtent(0);
  return success();
}

void WindowEmitter::findDims() {
  SmallVector<WindowDim> dims;
  int64_t tapPitch = window.channelPitch * window.width;
  for (int64_t dim = out.spatialRank() - 1; dim >= 0; --dim) {
    WindowDim found = {out.pixelExtent(dim + 1),
                       op.getKernel()[dim],
                       op.getStrides()[dim],
                       op.getDilations()[dim],
                       a.pixelPitch(dim + 1),
                       out.pixelPitch(dim + 1),
                       tapPitch,
                       {}};
    for (const FeatureMap &extra : extras)
      found.extraPitches.push_back(extra.pixelPitch(dim + 1));
    tapPitch *= found.kernel;
    dims.insert(dims.begin(), found);
  }
  WindowDim none = {1, 1, 1, 1, 0, 0, 0, SmallVector<int64_t>(extras.size(), 0)};
  if (dims.empty())
    dims.push_back(none);
  inner = dims[schedule.getAlong()];
  dims.erase(dims.begin() + schedule.getAlong());
  outerTaps = dims;
  row = dims.empty() ? none : dims.pop_back_val();
  outer = dims;
}

Loop WindowEmitter::createLoop(int64_t extent, int64_t pitch, int64_t outPitch,
                               function_ref<int64_t(unsigned)> extraPitch, int64_t filterPitch, int64_t biasPitch) {
  Loop loop = {extent, {pitch, filterPitch, biasPitch, outPitch}};
  for (unsigned number = 0; number != extras.size(); ++number)
    loop.pitches.push_back(extraPitch(number));
  return loop;
}

void WindowEmitter::emitCall(const WindowKernel &variant, const Position &position, Value rows, Value vectors) {
  WindowArguments arguments;
  arguments.a = position.pointers[kA];
  if (filter)
    arguments.filter = position.pointers[kFilter];
  if (bias)
    arguments.bias = position.pointers[kBias];
  arguments.out = position.pointers[kOut];
  arguments.extras.assign(position.pointers.begin() + kExtras, position.pointers.end());
  arguments.rows = rows;
  arguments.tiles = emitter.constant(inner.extent / window.tile);
  arguments.vectors = vectors;
  arguments.rowPitch = emitter.constant(row.stride * row.pitch);
  arguments.outRowPitch = emitter.constant(row.outPitch);
  for (int64_t pitch : row.extraPitches)
    arguments.extraRowPitches.push_back(emitter.constant(pitch));
  for (const WindowDim &dim : outerTaps)
    arguments.outerPitches.push_back(emitter.constant(dim.dilation * dim.pitch));
  if (failed(callWindowKernel(variant, arguments, step)))
    result = failure();
}

/// All calls of this task.
void WindowEmitter::emitCalls(const Position &position) {
  constexpr int64_t kChannels = 0, kRows = 1;
  int64_t lanes = emitter.lanes(), channels = op.getChannels(), rowsPerCall = schedule.getRows();
  int64_t channelsPerCall = schedule.getChannels(), channelCalls = llvm::divideCeil(channels, channelsPerCall);
  SmallVector<Loop> loops;
  auto add = [&](int64_t extent, const WindowDim &dim, int64_t step, int64_t key) {
    loops.push_back(createLoop(extent, step * dim.stride * dim.pitch, step * dim.outPitch,
                               [&](unsigned number) { return step * dim.extraPitches[number]; }));
    loops.back().dimension = key;
  };
  loops.push_back(createLoop(images, a.pixelPitch(0), out.pixelPitch(0),
                             [&](unsigned number) { return extras[number].pixelPitch(0); }));
  int64_t filterPitch = !filter ? 0 : window.isBlocked ? filter->pitch(0) : channelsPerCall * 4;
  loops.push_back(createLoop(
      channelCalls, a.channelOffset(channelsPerCall), out.channelOffset(channelsPerCall),
      [&](unsigned number) {
        return extras[number].hasOneChannel() ? 0 : extras[number].channelOffset(channelsPerCall);
      },
      filterPitch, bias ? channelsPerCall * 4 : 0));
  loops.back().dimension = kChannels;
  for (const WindowDim &dim : outer)
    add(dim.extent, dim, 1, -1);
  add(llvm::divideCeil(row.extent, rowsPerCall), row, rowsPerCall, kRows);
  int64_t lastChannels = channels - (channelCalls - 1) * channelsPerCall;
  WindowKernel last = window;
  if (window.isBlocked && window.epilogue && !window.epilogue->empty())
    last.validLanes = lastChannels;
  if (!window.isBlocked)
    last.tailLanes = lastChannels % lanes;
  bool isUniform = window.isBlocked ? last.validLanes == 16 : lastChannels == channelsPerCall;
  emitSplitLoops(step, loops, position, [&](const Position &place) {
    Value done = emitter.multiply(place.indices.lookup(kRows), rowsPerCall);
    Value rows = emitter.minimum(emitter.constant(rowsPerCall), emitter.subtract(emitter.constant(row.extent), done));
    if (isUniform)
      return emitCall(last, place, rows, emitter.constant(lastChannels / lanes));
    Value isLast =
        emitter.compare(arith::CmpIPredicate::eq, place.indices.lookup(kChannels), emitter.constant(channelCalls - 1));
    emitter.ifThenElse(
        isLast, [&] { emitCall(last, place, rows, emitter.constant(lastChannels / lanes)); },
        [&] { emitCall(window, place, rows, emitter.constant(channelsPerCall / lanes)); });
  });
}

LogicalResult WindowEmitter::emit() {
  FailureOr<kernel::WindowScheduleAttr> chosen =
      getSchedule<kernel::WindowScheduleAttr>(op, op.getScheduleAttr(), step);
  if (failed(findOperands()) || failed(chosen))
    return failure();
  schedule = *chosen;
  window.width = op.getWidth();
  window.channelPitch = filter ? filter->pitch(filter->rank() - 2) : 0;
  findDims();
  window.kind = op.getKind();
  window.element = a.elementType;
  window.outElement = out.elementType;
  window.isBlocked = op.getOrder() == ChannelOrder::blocked;
  window.isUnrolled = schedule.getUnroll() == kernel::UnrolledTaps::all;
  if (schedule.getUnroll() == kernel::UnrolledTaps::none) {
    // The row's own taps become one more outer dimension.
    outerTaps.push_back(inner);
    window.taps = 1;
  } else {
    window.taps = inner.kernel;
  }
  for (const WindowDim &dim : outerTaps)
    window.outerKernel.push_back({dim.kernel, dim.tapPitch});
  window.stride = inner.stride;
  window.dilation = inner.dilation;
  window.pixelPitch = inner.pitch;
  window.outPixelPitch = inner.outPitch;
  window.tapPitch = inner.tapPitch;
  window.hasBias = bias.has_value();
  window.sumsRows = bool(op.getRowSums());
  for (auto [number, extra] : llvm::enumerate(extras))
    window.extras.push_back({inner.extraPitches[number], !extra.hasOneChannel(), extra.elementType});
  window.epilogue = &op.getEpilogue();
  window.tile = schedule.getTile();
  window.restTile = inner.extent % window.tile;
  Position position;
  Value none = a.pointer;
  position.pointers = {a.pointer, filter ? filter->pointer : none, bias ? bias->pointer : none, out.pointer};
  for (const FeatureMap &extra : extras)
    position.pointers.push_back(extra.pointer);
  emitCalls(position);
  return result;
}

} // namespace

LogicalResult cnnc::to_vector::emitWindow(kernel::WindowOp op, Step &step) { return WindowEmitter(op, step).emit(); }

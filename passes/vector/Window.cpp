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

/// Longer kernels along a row are walked by a loop.
static constexpr int64_t kLongestRow = 32;
/// Rows of fewer outputs leave registers empty; a tile then lies along another dimension.
static constexpr int64_t kShortRow = 4;
/// Bytes of filter that a call may use again for every tile: half of the smallest L1.
static constexpr int64_t kFilterBytes = 16384;
/// Calls per task, so that tasks differ little.
static constexpr int64_t kCallsPerTask = 4;

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
  void chooseTile();
  void chooseChannels();
  Loop createLoop(int64_t extent, int64_t pitch, int64_t outPitch, function_ref<int64_t(unsigned)> extraPitch,
                  int64_t filterPitch = 0, int64_t biasPitch = 0);
  void emitCalls(const Position &position, int64_t rowsPerCall);
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
  int64_t channelCalls, channelsPerCall;
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

/// The dimension along a tile is the last one, or the longest where the last is too short to fill registers.
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
  WindowDim *along = &dims.back();
  for (WindowDim &dim : dims)
    if (!op.getRowSums() && along->extent < kShortRow && dim.extent > along->extent)
      along = &dim;
  inner = *along;
  dims.erase(along);
  outerTaps = dims;
  row = dims.empty() ? none : dims.pop_back_val();
  outer = dims;
}

void WindowEmitter::chooseTile() {
  int64_t limit = std::min(getWindowTileLimit(window, emitter.level), inner.extent), best = 0;
  // Loads of the filter and the loop count as one output, a second piece of code as four.
  auto cost = [&](int64_t tile) {
    int64_t rest = inner.extent % tile;
    return inner.extent / tile * (tile + 1) + (rest ? rest + 5 : 0);
  };
  for (int64_t tile = limit; tile >= 1; --tile)
    if (best == 0 || cost(tile) < cost(best))
      best = tile;
  window.tile = best;
  window.restTile = inner.extent % best;
}

/// A call has one block of channels, or as many channels as leave their filter in L1.
void WindowEmitter::chooseChannels() {
  int64_t channels = op.getChannels();
  if (window.isBlocked) {
    channelCalls = llvm::divideCeil(channels, 16);
    channelsPerCall = 16;
    return;
  }
  int64_t taps = window.taps * window.width;
  for (const WindowKernel::Taps &outerTap : window.outerKernel)
    taps *= outerTap.count;
  int64_t fitting = filter ? std::max<int64_t>(16, kFilterBytes / (4 * taps)) : channels;
  int64_t calls = images * row.extent;
  for (const WindowDim &dim : outer)
    calls *= dim.extent;
  int64_t wanted = step.tasks == 1 ? 1 : llvm::divideCeil(kCallsPerTask * step.tasks, calls);
  channelsPerCall = std::min(fitting, int64_t(llvm::divideCeil(channels, wanted)));
  channelsPerCall = std::min<int64_t>(channels, llvm::alignTo(channelsPerCall, 16));
  channelCalls = llvm::divideCeil(channels, channelsPerCall);
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
void WindowEmitter::emitCalls(const Position &position, int64_t rowsPerCall) {
  constexpr int64_t kChannels = 0, kRows = 1;
  int64_t lanes = emitter.lanes(), channels = op.getChannels();
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
  if (failed(findOperands()))
    return failure();
  window.width = op.getWidth();
  window.channelPitch = filter ? filter->pitch(filter->rank() - 2) : 0;
  findDims();
  window.kind = op.getKind();
  window.element = a.operand.elementType;
  window.outElement = out.operand.elementType;
  window.isBlocked = op.getOrder() == ChannelOrder::blocked;
  if (inner.kernel > kLongestRow) {
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
    window.extras.push_back({inner.extraPitches[number], !extra.hasOneChannel(), extra.operand.elementType});
  window.epilogue = &op.getEpilogue();
  chooseTile();
  chooseChannels();
  int64_t calls = images * channelCalls;
  for (const WindowDim &dim : outer)
    calls *= dim.extent;
  int64_t parts = step.tasks == 1 ? 1 : llvm::divideCeil(kCallsPerTask * step.tasks, calls);
  Position position;
  Value none = a.pointer;
  position.pointers = {a.pointer, filter ? filter->pointer : none, bias ? bias->pointer : none,
                       out.pointer};
  for (const FeatureMap &extra : extras)
    position.pointers.push_back(extra.pointer);
  emitCalls(position, llvm::divideCeil(row.extent, std::min(parts, row.extent)));
  return result;
}

} // namespace

LogicalResult cnnc::to_vector::emitWindow(kernel::WindowOp op, Step &step) { return WindowEmitter(op, step).emit(); }

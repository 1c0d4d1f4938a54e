// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/WindowKernel.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/vector/Epilogue.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;
using kernel::WindowKind;

namespace {

/// What moves from tile to tile and from vector to vector.
struct Place {
  Value a, filter, bias, out;
  SmallVector<Value> extras;
  Value tile; ///< its number in the row
};

/// The largest of some pixels.
struct Maximum {
  Value largest;
  Value isNone; ///< one of them is not a number; null where `largest` is none itself then
};

/// One kernel while it is emitted.
struct Emission {
  const WindowKernel &kernel;
  VectorEmitter &emitter;
  WindowArguments arguments;
  LogicalResult result = success();

  bool isOfBytes() const { return kernel.element.isInteger(8); }
  bool hasEpilogue() const { return kernel.epilogue && !kernel.epilogue->empty(); }
  Place moveTiles(const Place &place, Value tiles);
  Place moveRows(const Place &place, Value rows);
  Place moveLanes(const Place &place, Value vectors);
  Value loadTaps(Value a, int64_t column, int64_t channel, int64_t lanes, int64_t firstLane);
  void accumulate(Value a, Value filter, SmallVector<Value> &sums, int64_t lanes, int64_t firstLane);
  SmallVector<Value> reduce(Value a, Value filter, SmallVector<Value> sums, size_t dim, int64_t lanes,
                            int64_t firstLane);
  void collectRows(Value a, size_t dim, SmallVector<Value> &rows);
  SmallVector<Value> maximize(Value a, int64_t tile, int64_t lanes, int64_t firstLane);
  void addToRow(const Place &place, SmallVector<Value> results, int64_t lanes);
  void emitVector(const Place &place, int64_t tile, int64_t lanes, int64_t valid, int64_t firstLane);
  void emitTile(const Place &place, int64_t tile);
  void emit();
};

Place Emission::moveTiles(const Place &place, Value tiles) {
  Place moved = place;
  Value pixels = emitter.multiply(tiles, kernel.tile);
  moved.tile = tiles;
  moved.a = emitter.offset(place.a, emitter.multiply(pixels, kernel.stride * kernel.pixelPitch));
  moved.out = emitter.offset(place.out, emitter.multiply(pixels, kernel.outPixelPitch));
  for (auto [extra, access] : llvm::zip_equal(moved.extras, kernel.extras))
    extra = emitter.offset(extra, emitter.multiply(pixels, access.pixelPitch));
  return moved;
}

Place Emission::moveRows(const Place &place, Value rows) {
  Place moved = place;
  moved.a = emitter.offset(place.a, emitter.multiply(rows, arguments.rowPitch));
  moved.out = emitter.offset(place.out, emitter.multiply(rows, arguments.outRowPitch));
  for (auto [extra, pitch] : llvm::zip_equal(moved.extras, arguments.extraRowPitches))
    extra = emitter.offset(extra, emitter.multiply(rows, pitch));
  return moved;
}

Place Emission::moveLanes(const Place &place, Value vectors) {
  Place moved = place;
  llvm::SmallDenseMap<int64_t, Value> distances;
  auto move = [&](Value &pointer, Type element) {
    Value &distance = distances[getElementBytes(element)];
    if (!distance)
      distance = emitter.multiply(vectors, emitter.lanes() * getElementBytes(element));
    pointer = emitter.offset(pointer, distance);
  };
  Type f32 = emitter.builder.getF32Type();
  move(moved.a, kernel.element);
  for (Value *weights : {&moved.filter, &moved.bias})
    if (*weights)
      move(*weights, f32);
  move(moved.out, kernel.outElement);
  for (auto [extra, access] : llvm::zip_equal(moved.extras, kernel.extras))
    if (access.perChannel)
      move(extra, access.element);
  return moved;
}

/// For each lane, input channel `channel` of the lane's group, at `column` pixels from the tile's first input. The
/// vector starts at lane `firstLane` of its block.
Value Emission::loadTaps(Value a, int64_t column, int64_t channel, int64_t lanes, int64_t firstLane) {
  int64_t bytes = column * kernel.pixelPitch;
  // Only their largest is one of the bytes.
  auto toReal = [&](Value pixel) -> Value {
    if (!isOfBytes() || kernel.kind == WindowKind::max)
      return pixel;
    auto type = VectorType::get({emitter.lanes()}, emitter.builder.getF32Type());
    return arith::UIToFPOp::create(emitter.builder, emitter.loc, type, pixel);
  };
  if (kernel.width >= emitter.lanes() && kernel.width > 1) {
    int64_t lane = (channel - firstLane % kernel.width) * getElementBytes(kernel.element);
    return toReal(emitter.loadBroadcast(a, bytes + lane, kernel.element));
  }
  Value pixel = toReal(emitter.loadTail(a, lanes, bytes, kernel.element));
  if (kernel.width == 1)
    return pixel;
  SmallVector<int64_t> indices;
  for (int64_t lane = 0; lane != emitter.lanes(); ++lane)
    indices.push_back(lane / kernel.width * kernel.width + channel);
  return vector::ShuffleOp::create(emitter.builder, emitter.loc, pixel, pixel, indices);
}

static bool isOfFloats(Value vector) { return isa<FloatType>(getElementTypeOrSelf(vector)); }

/// Whether the larger of two is no number where one of them is none.
static bool keepsNone(VectorEmitter &emitter, Value vector) {
  return emitter.level.family != "x86_64" || !isOfFloats(vector);
}

/// x86's max(a, b) is a > b ? a : b, which keeps a NaN in b and loses one in a.
static Value emitLarger(VectorEmitter &emitter, Value a, Value b) {
  if (!isOfFloats(a))
    return arith::MaxUIOp::create(emitter.builder, emitter.loc, a, b);
  if (keepsNone(emitter, a))
    return arith::MaximumFOp::create(emitter.builder, emitter.loc, a, b);
  Value wins = arith::CmpFOp::create(emitter.builder, emitter.loc, arith::CmpFPredicate::OGT, a, b);
  return arith::SelectOp::create(emitter.builder, emitter.loc, wins, a, b);
}

static Value emitIsNone(VectorEmitter &emitter, Value a, Value b) {
  return arith::CmpFOp::create(emitter.builder, emitter.loc, arith::CmpFPredicate::UNO, a, b);
}

/// What is not a number wins.
static Value emitMaximum(VectorEmitter &emitter, Value pixel, Value sum) {
  Value larger = emitLarger(emitter, pixel, sum);
  return keepsNone(emitter, pixel) ? larger : emitter.select(emitIsNone(emitter, pixel, pixel), pixel, larger);
}

static Maximum getMaximum(VectorEmitter &emitter, ArrayRef<Value> pixels) {
  Maximum maximum = {pixels.front(), Value()};
  for (Value pixel : pixels.drop_front())
    maximum.largest = emitLarger(emitter, pixel, maximum.largest);
  for (size_t index = 0; index < pixels.size() && !keepsNone(emitter, pixels.front()); index += 2) {
    // One comparison says it of two.
    Value isNone = emitIsNone(emitter, pixels[index], pixels[std::min(index + 1, pixels.size() - 1)]);
    maximum.isNone =
        maximum.isNone ? arith::OrIOp::create(emitter.builder, emitter.loc, maximum.isNone, isNone) : isNone;
  }
  return maximum;
}

static Maximum join(VectorEmitter &emitter, const Maximum &a, const Maximum &b) {
  Value isNone =
      a.isNone ? arith::OrIOp::create(emitter.builder, emitter.loc, a.isNone, b.isNone).getResult() : Value();
  return {emitLarger(emitter, a.largest, b.largest), isNone};
}

/// The taps along the row, channel by channel of the groups: so few weights stay in registers. Every input is loaded
/// once a channel and serves all outputs that it is a tap of.
void Emission::accumulate(Value a, Value filter, SmallVector<Value> &sums, int64_t lanes, int64_t firstLane) {
  int64_t tile = sums.size();
  int64_t columns = (tile - 1) * kernel.stride + (kernel.taps - 1) * kernel.dilation + 1;
  for (int64_t channel = 0; channel != kernel.width; ++channel) {
    SmallVector<Value> weights;
    for (int64_t tap = 0; filter && tap != kernel.taps; ++tap)
      weights.push_back(emitter.loadTail(filter, lanes, tap * kernel.tapPitch + channel * kernel.channelPitch));
    for (int64_t column = 0; column != columns; ++column) {
      Value pixel;
      for (int64_t tap = 0; tap != kernel.taps; ++tap) {
        int64_t start = column - tap * kernel.dilation;
        if (start < 0 || start % kernel.stride != 0 || start / kernel.stride >= tile)
          continue;
        if (!pixel)
          pixel = loadTaps(a, column, channel, lanes, firstLane);
        Value &sum = sums[start / kernel.stride];
        if (kernel.kind == WindowKind::mul_add) {
          sum = emitter.fma(pixel, weights[tap], sum);
        } else if (kernel.kind == WindowKind::sum) {
          sum = arith::AddFOp::create(emitter.builder, emitter.loc, sum, pixel);
        } else {
          sum = emitMaximum(emitter, pixel, sum);
        }
      }
    }
  }
}

SmallVector<Value> Emission::reduce(Value a, Value filter, SmallVector<Value> sums, size_t dim, int64_t lanes,
                                    int64_t firstLane) {
  if (dim == kernel.outerKernel.size()) {
    accumulate(a, filter, sums, lanes, firstLane);
    return sums;
  }
  const WindowKernel::Taps &outer = kernel.outerKernel[dim];
  auto emitPosition = [&](Value position, ValueRange carried) {
    Value inner = emitter.offset(a, emitter.multiply(position, arguments.outerPitches[dim]));
    Value rows = filter ? emitter.offset(filter, emitter.multiply(position, outer.filterPitch)) : filter;
    return reduce(inner, rows, SmallVector<Value>(carried), dim + 1, lanes, firstLane);
  };
  if (!kernel.isUnrolled)
    return emitter.loop(emitter.constant(0), emitter.constant(outer.count), 1, sums, emitPosition);
  for (int64_t position = 0; position != outer.count; ++position)
    sums = emitPosition(emitter.constant(position), sums);
  return sums;
}

void Emission::collectRows(Value a, size_t dim, SmallVector<Value> &rows) {
  if (dim == kernel.outerKernel.size()) {
    rows.push_back(a);
    return;
  }
  for (int64_t position = 0; position != kernel.outerKernel[dim].count; ++position)
    collectRows(emitter.offset(a, emitter.multiply(arguments.outerPitches[dim], position)), dim + 1, rows);
}

/// The largest of each window, column by column: what the rows of a column give serves all outputs that it is a tap of.
SmallVector<Value> Emission::maximize(Value a, int64_t tile, int64_t lanes, int64_t firstLane) {
  SmallVector<Value> rows, results(tile);
  collectRows(a, 0, rows);
  SmallVector<Maximum> maxima(tile);
  int64_t columns = (tile - 1) * kernel.stride + (kernel.taps - 1) * kernel.dilation + 1;
  for (int64_t column = 0; column != columns; ++column) {
    Maximum own;
    // The output that the column is the last tap of comes first, and leaves its registers.
    for (int64_t tap = kernel.taps - 1; tap >= 0; --tap) {
      int64_t start = column - tap * kernel.dilation;
      if (start < 0 || start % kernel.stride != 0 || start / kernel.stride >= tile)
        continue;
      if (!own.largest)
        own = getMaximum(
            emitter, llvm::map_to_vector(rows, [&](Value row) { return loadTaps(row, column, 0, lanes, firstLane); }));
      Maximum &maximum = maxima[start / kernel.stride];
      maximum = maximum.largest ? join(emitter, own, maximum) : own;
      if (tap == kernel.taps - 1)
        results[start / kernel.stride] =
            maximum.isNone ? emitter.select(maximum.isNone, emitter.splat(std::numeric_limits<double>::quiet_NaN()),
                                            maximum.largest)
                           : maximum.largest;
    }
  }
  return results;
}

/// Adds the results of a tile, in pairs, to the sum of their row, which the first tile starts.
void Emission::addToRow(const Place &place, SmallVector<Value> results, int64_t lanes) {
  auto add = [&](Value a, Value b) { return arith::AddFOp::create(emitter.builder, emitter.loc, a, b).getResult(); };
  for (; results.size() > 1; results.resize(llvm::divideCeil(results.size(), 2)))
    for (size_t index = 0; index != results.size() / 2; ++index)
      results[index] = add(results[index], results[results.size() - 1 - index]);
  Value isFirst = emitter.compare(arith::CmpIPredicate::eq, place.tile, emitter.constant(0));
  Value before = emitter.select(isFirst, emitter.zero(), emitter.loadTail(place.extras.back(), lanes));
  emitter.storeTail(add(before, results.front()), place.extras.back(), lanes);
}

/// One vector of channels of `tile` outputs. `lanes` of it are in memory, `valid` of these are no padding.
void Emission::emitVector(const Place &place, int64_t tile, int64_t lanes, int64_t valid, int64_t firstLane) {
  bool isMaximum = kernel.kind == WindowKind::max;
  Value start = isMaximum && isOfBytes() ? emitter.zero(kernel.element)
                : isMaximum              ? emitter.splat(-std::numeric_limits<double>::infinity())
                : kernel.hasBias         ? emitter.loadTail(place.bias, lanes)
                                         : emitter.zero();
  SmallVector<Value> sums = isMaximum && kernel.isUnrolled
                                ? maximize(place.a, tile, lanes, firstLane)
                                : reduce(place.a, place.filter, SmallVector<Value>(tile, start), 0, lanes, firstLane);
  for (int64_t pixel = 0; hasEpilogue() && pixel != tile; ++pixel) {
    SmallVector<Value> values = {sums[pixel]};
    for (auto [extra, access] : llvm::zip_first(ArrayRef(place.extras).drop_back(kernel.sumsRows), kernel.extras))
      values.push_back(access.perChannel ? emitter.loadTail(extra, lanes, pixel * access.pixelPitch, access.element)
                                         : emitter.loadBroadcast(extra, pixel * access.pixelPitch, access.element));
    FailureOr<SmallVector<Value>> yielded = emitRegion(*kernel.epilogue, values, emitter);
    if (failed(yielded)) {
      result = failure();
      return;
    }
    sums[pixel] = yielded->front();
  }
  for (auto [pixel, sum] : llvm::enumerate(sums)) {
    sum = emitter.mask(sum, valid);
    emitter.storeTail(sum, place.out, lanes, pixel * kernel.outPixelPitch);
  }
  if (kernel.sumsRows)
    addToRow(place, sums, lanes);
}

/// `tile` outputs, all channels of the call.
void Emission::emitTile(const Place &place, int64_t tile) {
  int64_t lanes = emitter.lanes();
  bool isMasked = kernel.isBlocked && kernel.validLanes != 16;
  if (isMasked || kernel.width > lanes) {
    for (int64_t first = 0; first < 16; first += lanes)
      emitVector(moveLanes(place, emitter.constant(first / lanes)), tile, lanes,
                 std::clamp<int64_t>(kernel.validLanes - first, 0, lanes), first);
    return;
  }
  Value vectors = kernel.isBlocked ? emitter.constant(16 / lanes) : arguments.vectors;
  emitter.loop(emitter.constant(0), vectors, 1,
               [&](Value vector) { emitVector(moveLanes(place, vector), tile, lanes, lanes, 0); });
  if (kernel.tailLanes != 0)
    emitVector(moveLanes(place, vectors), tile, kernel.tailLanes, kernel.tailLanes, 0);
}

void Emission::emit() {
  Place origin = {arguments.a, arguments.filter, arguments.bias, arguments.out, arguments.extras, Value()};
  emitter.loop(emitter.constant(0), arguments.rows, 1, [&](Value row) {
    Place start = moveRows(origin, row);
    emitter.loop(emitter.constant(0), arguments.tiles, 1,
                 [&](Value number) { emitTile(moveTiles(start, number), kernel.tile); });
    if (kernel.restTile != 0)
      emitTile(moveTiles(start, arguments.tiles), kernel.restTile);
  });
}

std::string getKey(const WindowKernel &window) {
  // Names all fields: with one more this does not compile until the key has it too.
  const auto &[kind, element, outElement, outerKernel, taps, isUnrolled, stride, dilation, width, pixelPitch,
               outPixelPitch, tapPitch, channelPitch, tile, restTile, isBlocked, validLanes, tailLanes, hasBias, extras,
               sumsRows, epilogue] = window;
  std::string key =
      joinFields(int64_t(kind), taps, isUnrolled, stride, dilation, width, pixelPitch, outPixelPitch, tapPitch,
                 channelPitch, tile, restTile, isBlocked, validLanes, tailLanes, hasBias, sumsRows);
  for (const auto &[count, filterPitch] : outerKernel)
    key += "outer" + joinFields(count, filterPitch);
  llvm::raw_string_ostream stream(key);
  stream << element << outElement;
  for (const auto &[extraPitch, perChannel, extraElement] : extras)
    stream << "extra" << joinFields(extraPitch, perChannel) << extraElement;
  return epilogue && !epilogue->empty() ? key + getRegionKey(*epilogue) : key;
}

} // namespace

LogicalResult cnnc::to_vector::callWindowKernel(const WindowKernel &kernel, const WindowArguments &arguments,
                                                Step &step) {
  // An extra may be the very memory of `out`, so neither is exclusive then.
  KernelArgument written = kernel.extras.empty() ? KernelArgument::exclusivePointer : KernelArgument::pointer;
  SmallVector<KernelArgument> kinds;
  SmallVector<Value> values;
  auto add = [&](KernelArgument kind, ValueRange more) {
    kinds.append(more.size(), kind);
    values.append(more.begin(), more.end());
  };
  add(KernelArgument::exclusivePointer, arguments.a);
  if (arguments.filter)
    add(KernelArgument::exclusivePointer, arguments.filter);
  if (arguments.bias)
    add(KernelArgument::exclusivePointer, arguments.bias);
  add(written, arguments.out);
  add(written, arguments.extras);
  add(KernelArgument::integer,
      {arguments.rows, arguments.tiles, arguments.vectors, arguments.rowPitch, arguments.outRowPitch});
  add(KernelArgument::integer, arguments.extraRowPitches);
  add(KernelArgument::integer, arguments.outerPitches);
  LogicalResult result = success();
  step.kernels.call(step.emitter, "window", getKey(kernel), kinds, values,
                    [&](VectorEmitter &emitter, ValueRange inner) {
                      WindowArguments own = arguments;
                      size_t next = 0;
                      auto take = [&](Value &value) { value = inner[next++]; };
                      take(own.a);
                      if (own.filter)
                        take(own.filter);
                      if (own.bias)
                        take(own.bias);
                      take(own.out);
                      llvm::for_each(own.extras, take);
                      for (Value *value : {&own.rows, &own.tiles, &own.vectors, &own.rowPitch, &own.outRowPitch})
                        take(*value);
                      llvm::for_each(own.extraRowPitches, take);
                      llvm::for_each(own.outerPitches, take);
                      Emission emission = {kernel, emitter, own};
                      emission.emit();
                      result = emission.result;
                    });
  return result;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/LoopNest.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

/// Parts that a loop is cut into per task, so that unequal parts differ little.
static constexpr int64_t kPartsPerTask = 4;

/// The key of the index of a chunk, which no dimension has.
static constexpr int64_t kChunkDimension = 1 << 20;

static int64_t getVolume(ArrayRef<Loop> loops) {
  int64_t volume = 1;
  for (const Loop &loop : loops)
    volume *= loop.extent;
  return volume;
}

Loop cnnc::to_vector::createUnitLoop(size_t operands) { return Loop{1, SmallVector<int64_t>(operands, 0), -1}; }

Position cnnc::to_vector::advance(VectorEmitter &emitter, const Position &position, const Loop &loop, Value index) {
  Position advanced = position;
  for (auto [pointer, pitch] : llvm::zip_equal(advanced.pointers, loop.pitches))
    if (pitch != 0)
      pointer = emitter.offset(pointer, emitter.multiply(index, pitch));
  if (loop.dimension < 0)
    return advanced;
  Value &known = advanced.indices[loop.dimension];
  known = known ? emitter.add(known, index) : index;
  return advanced;
}

void cnnc::to_vector::emitLoops(VectorEmitter &emitter, ArrayRef<Loop> loops, const Position &position,
                                PositionBody body) {
  if (loops.empty())
    return body(position);
  emitter.loop(0, loops.front().extent, 1, [&](Value index) {
    emitLoops(emitter, loops.drop_front(), advance(emitter, position, loops.front(), index), body);
  });
}

void cnnc::to_vector::emitSplitLoops(Step &step, ArrayRef<Loop> loops, const Position &position, PositionBody body) {
  VectorEmitter &emitter = step.emitter;
  if (step.tasks == 1)
    return emitLoops(emitter, loops, position, body);
  size_t count = 0;
  while (count < loops.size() && getVolume(loops.take_front(count)) < kPartsPerTask * step.tasks)
    ++count;
  auto [lower, upper] = emitter.part(step.task, step.tasks, getVolume(loops.take_front(count)));
  auto emitPoint = [&](Value linear) {
    Position inner = position;
    for (const Loop &loop : llvm::reverse(loops.take_front(count))) {
      bool isOutermost = &loop == &loops.front();
      inner = advance(emitter, inner, loop, isOutermost ? linear : emitter.remainder(linear, loop.extent));
      if (!isOutermost)
        linear = emitter.divide(linear, loop.extent);
    }
    emitLoops(emitter, loops.drop_front(count), inner, body);
  };
  emitter.loop(lower, upper, 1, emitPoint);
}

namespace {
/// The loop that a stream cuts into tiles, in elements.
struct Cut {
  Loop loop;
  int64_t unit;                  ///< Elements per tile.
  SmallVector<Point> points;     ///< Of a whole tile.
  SmallVector<Point> restPoints; ///< Of what remains after the last whole tile.
};
} // namespace

/// The vectors of `rows` rows of `extent` elements.
static SmallVector<Point> getPoints(int64_t rows, int64_t extent, int64_t lanes) {
  SmallVector<Point> points;
  for (int64_t row = 0; row != rows; ++row)
    for (int64_t lane = 0; lane < extent; lane += lanes)
      points.push_back({lane, row, std::min(lanes, extent - lane)});
  return points;
}

static Cut getCut(const Stream &stream, int64_t lanes) {
  int64_t perRow = llvm::divideCeil(stream.vector.extent, lanes);
  if (perRow > stream.vectors) {
    int64_t unit = stream.vectors * lanes;
    return {stream.vector, unit, getPoints(1, unit, lanes), getPoints(1, stream.vector.extent % unit, lanes)};
  }
  int64_t rows = std::clamp<int64_t>(stream.vectors / perRow, 1, stream.row.extent);
  return {stream.row, rows, getPoints(rows, stream.vector.extent, lanes),
          getPoints(stream.row.extent % rows, stream.vector.extent, lanes)};
}

int64_t cnnc::to_vector::getTileVectors(const Stream &stream, int64_t lanes) {
  return getCut(stream, lanes).points.size();
}

void cnnc::to_vector::emitStream(Step &step, Stream stream, const Position &position, TileBody body) {
  VectorEmitter &emitter = step.emitter;
  Cut cut = getCut(stream, emitter.lanes());
  if (int64_t(llvm::divideCeil(stream.vector.extent, emitter.lanes())) > stream.vectors && stream.row.extent > 1)
    stream.outer.push_back(stream.row);
  int64_t whole = cut.loop.extent / cut.unit * cut.unit;
  int64_t missing = llvm::divideCeil(kPartsPerTask * step.tasks, getVolume(stream.outer));
  int64_t chunk = whole;
  if (step.tasks > 1 && missing > 1)
    chunk = std::max<int64_t>(1, whole / cut.unit / missing) * cut.unit;
  int64_t chunks = chunk == 0 ? 1 : llvm::divideCeil(whole, chunk);
  // The chunk is a loop of its own, whose index the body needs: it moves no pointer.
  Loop chunkLoop = createUnitLoop(position.pointers.size());
  chunkLoop.extent = chunks;
  chunkLoop.dimension = kChunkDimension;
  stream.outer.push_back(chunkLoop);
  emitSplitLoops(step, stream.outer, position, [&](const Position &outer) {
    Value index = outer.indices.lookup(chunkLoop.dimension);
    Value lower = emitter.multiply(index, chunk);
    Value upper = emitter.minimum(emitter.add(lower, chunk), emitter.constant(whole));
    emitter.loop(lower, upper, cut.unit,
                 [&](Value start) { body(advance(emitter, outer, cut.loop, start), cut.points); });
    if (cut.restPoints.empty())
      return;
    Value isLast = emitter.compare(arith::CmpIPredicate::eq, index, emitter.constant(chunks - 1));
    emitter.ifThen(isLast, [&] { body(advance(emitter, outer, cut.loop, emitter.constant(whole)), cut.restPoints); });
  });
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/Copy.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/vector/LaneBody.h"
#include "passes/vector/LoopNest.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

/// Vectors in flight of a copy without a transpose.
static constexpr int64_t kVectorsPerTile = 4;
/// Edge of a transposed tile in elements: a cache line of f32 on both sides.
static constexpr int64_t kTileEdge = 16;
/// Loops of a copy have these operands.
static constexpr size_t kSource = 0, kTarget = 1;

static Value shuffle(VectorEmitter &emitter, Value a, Value b, llvm::function_ref<int64_t(int64_t)> index) {
  SmallVector<int64_t> indices;
  for (int64_t lane = 0; lane != emitter.lanes(); ++lane)
    indices.push_back(index(lane));
  return vector::ShuffleOp::create(emitter.builder, emitter.loc, a, b, indices);
}

/// 4 x 4 transposes inside the 128-bit parts of four rows: row c holds, in part q, column 4 q + c of the four.
static SmallVector<Value> transposeParts(VectorEmitter &emitter, ArrayRef<Value> rows) {
  int64_t lanes = emitter.lanes();
  // lane / 4 * 4 is the first lane of the part; lanes of the second operand follow those of the first.
  auto interleave = [&](Value a, Value b, int64_t first) {
    return shuffle(emitter, a, b,
                   [&](int64_t lane) { return lane / 4 * 4 + first + lane % 4 / 2 + (lane % 2) * lanes; });
  };
  auto join = [&](Value a, Value b, int64_t first) {
    return shuffle(emitter, a, b,
                   [&](int64_t lane) { return lane / 4 * 4 + first + lane % 2 + (lane % 4 / 2) * lanes; });
  };
  Value low01 = interleave(rows[0], rows[1], 0), high01 = interleave(rows[0], rows[1], 2);
  Value low23 = interleave(rows[2], rows[3], 0), high23 = interleave(rows[2], rows[3], 2);
  return {join(low01, low23, 0), join(low01, low23, 2), join(high01, high23, 0), join(high01, high23, 2)};
}

/// Transposes the matrix of the 128-bit parts of `rows`. `stride` parts apart lie what one row holds.
static SmallVector<Value> gatherParts(VectorEmitter &emitter, ArrayRef<Value> rows) {
  if (rows.size() == 1)
    return {rows[0]};
  int64_t lanes = emitter.lanes(), parts = lanes / 4;
  auto pick = [&](Value a, Value b, int64_t parity) {
    return shuffle(emitter, a, b, [&](int64_t lane) {
      int64_t part = lane / 4 * 2 + parity;
      return part % parts * 4 + lane % 4 + (part / parts) * lanes;
    });
  };
  SmallVector<Value> even, odd, columns;
  for (size_t row = 0; row != rows.size(); row += 2) {
    even.push_back(pick(rows[row], rows[row + 1], 0));
    odd.push_back(pick(rows[row], rows[row + 1], 1));
  }
  SmallVector<Value> evenColumns = gatherParts(emitter, even), oddColumns = gatherParts(emitter, odd);
  for (auto [first, second] : llvm::zip_equal(evenColumns, oddColumns)) {
    columns.push_back(first);
    columns.push_back(second);
  }
  return columns;
}

/// As many rows as lanes, transposed.
static SmallVector<Value> transpose(VectorEmitter &emitter, ArrayRef<Value> rows) {
  int64_t parts = emitter.lanes() / 4;
  SmallVector<SmallVector<Value>> transposed;
  for (int64_t part = 0; part != parts; ++part)
    transposed.push_back(transposeParts(emitter, rows.slice(4 * part, 4)));
  SmallVector<Value> columns(rows.size());
  for (int64_t column = 0; column != 4; ++column) {
    SmallVector<Value> group;
    for (const SmallVector<Value> &part : transposed)
      group.push_back(part[column]);
    for (auto [part, value] : llvm::enumerate(gatherParts(emitter, group)))
      columns[4 * part + column] = value;
  }
  return columns;
}

namespace {

/// A copy between sides that are contiguous along different loops.
struct TransposedCopy {
  Step &step;
  Loop along;  ///< contiguous in the source
  Loop across; ///< contiguous in the target
  int64_t zeros;
  Type element;

  void emitTile(VectorEmitter &emitter, Value source, Value target, int64_t alongCount, int64_t acrossCount,
                int64_t stored);
  void callTile(const Position &corner, int64_t alongCount, int64_t acrossCount, int64_t stored);
  void emit(ArrayRef<Loop> outer, const Position &position);
};

/// `alongCount` x `acrossCount` elements; `stored` >= `acrossCount` of each row are written.
void TransposedCopy::emitTile(VectorEmitter &emitter, Value source, Value target, int64_t alongCount,
                              int64_t acrossCount, int64_t stored) {
  int64_t lanes = emitter.lanes();
  for (int64_t first = 0; first < alongCount; first += lanes) {
    for (int64_t start = 0; start < stored; start += lanes) {
      SmallVector<Value> rows;
      for (int64_t row = start; row != start + lanes; ++row) {
        int64_t bytes = row * across.pitches[kSource] + first * along.pitches[kSource];
        rows.push_back(row < acrossCount ? emitter.loadTail(source, alongCount - first, bytes, element)
                                         : emitter.zero(element));
      }
      SmallVector<Value> columns = transpose(emitter, rows);
      for (int64_t index = 0; index < std::min(lanes, alongCount - first); ++index) {
        int64_t bytes = start * across.pitches[kTarget] + (first + index) * along.pitches[kTarget];
        emitter.storeTail(columns[index], target, stored - start, bytes);
      }
    }
  }
}

void TransposedCopy::callTile(const Position &corner, int64_t alongCount, int64_t acrossCount, int64_t stored) {
  // A call must be worth it.
  if (alongCount * stored < kTileEdge * kTileEdge / 2)
    return emitTile(step.emitter, corner.pointers[kSource], corner.pointers[kTarget], alongCount, acrossCount, stored);
  std::string key;
  llvm::raw_string_ostream stream(key);
  stream << alongCount << "x" << acrossCount << "+" << stored - acrossCount << " of " << element << " from "
         << across.pitches[kSource] << "," << along.pitches[kSource] << " to " << across.pitches[kTarget] << ","
         << along.pitches[kTarget];
  constexpr KernelArgument pointer = KernelArgument::exclusivePointer;
  step.kernels.call(step.emitter, "transpose", key, {pointer, pointer}, corner.pointers,
                    [&](VectorEmitter &emitter, ValueRange arguments) {
                      emitTile(emitter, arguments[0], arguments[1], alongCount, acrossCount, stored);
                    });
}

void TransposedCopy::emit(ArrayRef<Loop> outer, const Position &position) {
  VectorEmitter &emitter = step.emitter;
  // Tiles are loops of their own; their index decides whether a tile is whole.
  constexpr int64_t kAlong = 0, kAcross = 1;
  auto getTiles = [](const Loop &loop, int64_t extent, int64_t dimension) {
    Loop tiles = {int64_t(llvm::divideCeil(extent, kTileEdge)), loop.pitches, dimension};
    for (int64_t &pitch : tiles.pitches)
      pitch *= kTileEdge;
    return tiles;
  };
  int64_t storedExtent = across.extent + zeros;
  SmallVector<Loop> loops(outer);
  loops.push_back(getTiles(along, along.extent, kAlong));
  loops.push_back(getTiles(across, storedExtent, kAcross));
  // Calls `body` with the elements of the tile that `index` counts, one branch for whole tiles and one for the last.
  auto withCount = [&](Value index, int64_t extent, llvm::function_ref<void(int64_t)> body) {
    int64_t rest = extent % kTileEdge;
    if (rest == 0)
      return body(kTileEdge);
    Value isWhole = emitter.compare(arith::CmpIPredicate::slt, index, emitter.constant(extent / kTileEdge));
    emitter.ifThenElse(isWhole, [&] { body(kTileEdge); }, [&] { body(rest); });
  };
  emitSplitLoops(step, loops, position, [&](const Position &corner) {
    withCount(corner.indices.lookup(kAlong), along.extent, [&](int64_t alongCount) {
      withCount(corner.indices.lookup(kAcross), storedExtent, [&](int64_t stored) {
        // Zeros are fewer than an edge, so they lie in the last tile.
        if (zeros == 0 || storedExtent <= kTileEdge)
          return callTile(corner, alongCount, stored - zeros, stored);
        Value isLast = emitter.compare(arith::CmpIPredicate::eq, corner.indices.lookup(kAcross),
                                       emitter.constant(llvm::divideCeil(storedExtent, kTileEdge) - 1));
        emitter.ifThenElse(
            isLast, [&] { callTile(corner, alongCount, stored - zeros, stored); },
            [&] { callTile(corner, alongCount, stored, stored); });
      });
    });
  });
}

} // namespace

/// A copy without a transpose: lanes lie along `vector`, whatever its pitches.
static void emitStraightCopy(Step &step, ArrayRef<Loop> outer, Loop vector, int64_t zeros, const Position &position,
                             Type element) {
  VectorEmitter &emitter = step.emitter;
  int64_t valid = vector.extent;
  vector.extent += zeros;
  vector.dimension = -1;
  Stream stream = {llvm::to_vector(outer), createUnitLoop(2), vector, kVectorsPerTile};
  if (!stream.outer.empty())
    stream.row = stream.outer.pop_back_val();
  emitStream(step, stream, position, [&](const Position &corner, ArrayRef<Point> points) {
    auto getBytes = [&](const Point &point, size_t side) {
      return point.lane * vector.pitches[side] + point.row * stream.row.pitches[side];
    };
    SmallVector<Value> vectors;
    for (const Point &point : points) {
      // Zeros exist only where one tile holds the whole vector loop, so lanes count from its start.
      int64_t count = zeros == 0 ? point.lanes : std::min(point.lanes, valid - point.lane);
      vectors.push_back(count <= 0
                            ? emitter.zero(element)
                            : getVector(emitter, loadLanes(emitter, corner.pointers[kSource], getBytes(point, kSource),
                                                           vector.pitches[kSource], count, element)));
    }
    for (auto [point, value] : llvm::zip_equal(points, vectors))
      storeLanes(emitter, value, corner.pointers[kTarget], getBytes(point, kTarget), vector.pitches[kTarget],
                 point.lanes);
  });
}

void cnnc::to_vector::emitCopy(Step &step, ArrayRef<CopyLoop> copyLoops, Value source, Value target, Type element) {
  int64_t bytes = getElementBytes(element);
  element = IntegerType::get(element.getContext(), 8 * bytes);
  if (bytes == 4)
    element = Float32Type::get(element.getContext());
  SmallVector<Loop> loops;
  int64_t zeros = 0;
  for (const CopyLoop &loop : copyLoops) {
    // A loop with zeros is kept apart.
    loops.push_back({loop.extent, {loop.sourcePitch, loop.targetPitch}, loop.zeros ? 0 : -1});
    zeros += loop.zeros;
  }
  llvm::stable_sort(loops, [](const Loop &a, const Loop &b) { return a.pitches[kTarget] > b.pitches[kTarget]; });
  std::optional<Loop> across, along;
  auto padded = llvm::find_if(loops, [](const Loop &loop) { return loop.dimension == 0; });
  if (padded != loops.end()) {
    across = *padded;
    across->dimension = -1;
    loops.erase(padded);
  }
  kernel::collapse(loops);
  auto take = [&](size_t side) -> std::optional<Loop> {
    Loop *found = llvm::find_if(loops, [&](const Loop &loop) { return loop.pitches[side] == bytes; });
    if (found == loops.end())
      return std::nullopt;
    Loop loop = *found;
    loops.erase(found);
    return loop;
  };
  if (!across)
    across = take(kTarget);
  bool isStraight = !across || across->pitches[kSource] == bytes;
  if (!isStraight)
    along = take(kSource);
  Position position;
  position.pointers = {source, target};
  if (along)
    return TransposedCopy{step, *along, *across, zeros, element}.emit(loops, position);
  Loop vector = across ? *across : createUnitLoop(2);
  if (!across)
    if (std::optional<Loop> contiguous = take(kSource))
      vector = *contiguous;
  emitStraightCopy(step, loops, vector, zeros, position, element);
}

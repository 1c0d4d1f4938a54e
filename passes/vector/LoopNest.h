// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops over strided operands: splitting over tasks, and cutting the inside into tiles of vectors.
#ifndef CNNC_PASSES_VECTOR_LOOPNEST_H
#define CNNC_PASSES_VECTOR_LOOPNEST_H

#include "dialects/kernel/GenericWalk.h"
#include "passes/vector/Step.h"
#include "llvm/ADT/DenseMap.h"

namespace cnnc::to_vector {

using kernel::Loop;

/// A loop of one trip over `operands` operands.
Loop createUnitLoop(size_t operands);

/// A point of a nest: a pointer per operand, and the index of each loop that has a `dimension`.
struct Position {
  llvm::SmallVector<mlir::Value> pointers;
  llvm::DenseMap<int64_t, mlir::Value> indices;
};

/// `position`, `index` steps further along `loop`.
Position advance(VectorEmitter &emitter, const Position &position, const Loop &loop, mlir::Value index);

using PositionBody = llvm::function_ref<void(const Position &)>;
/// All of `loops`, outermost first.
void emitLoops(VectorEmitter &emitter, llvm::ArrayRef<Loop> loops, const Position &position, PositionBody body);
/// The part of `loops` that belongs to the step's task. Every point belongs to one task, whatever their number.
void emitSplitLoops(Step &step, llvm::ArrayRef<Loop> loops, const Position &position, PositionBody body);

/// A native vector of a tile: constant distances from the tile's corner, and how many of its lanes count.
struct Point {
  int64_t lane, row, lanes;
};

/// A nest whose inside is cut into tiles of at most `vectors` vectors. Where the vector loop is shorter than that, a
/// tile takes several rows.
struct Stream {
  llvm::SmallVector<Loop> outer;
  Loop row, vector;
  int64_t vectors;
};
/// Vectors in a whole tile of `stream`.
int64_t getTileVectors(const Stream &stream, int64_t lanes);

using TileBody = llvm::function_ref<void(const Position &, llvm::ArrayRef<Point>)>;
/// The step's part of `stream`. Loops are cut at constant places, so the shape of every tile is known here.
void emitStream(Step &step, Stream stream, const Position &position, TileBody body);

} // namespace cnnc::to_vector

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// linalg.fill and kernel.border: stores of one value.
#include "passes/vector/Fill.h"

#include "mlir/IR/Matchers.h"
#include "passes/vector/LaneBody.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

/// Stores are free of loads, so few per tile are enough.
static constexpr int64_t kVectorsPerTile = 4;

void cnnc::to_vector::emitConstant(Step &step, SmallVector<Loop> loops, Value pointer, TypedAttr value) {
  VectorEmitter &emitter = step.emitter;
  llvm::stable_sort(loops, [](const Loop &a, const Loop &b) { return a.pitches[0] > b.pitches[0]; });
  kernel::collapse(loops);
  Stream stream = {SmallVector<Loop>(), createUnitLoop(1), createUnitLoop(1), kVectorsPerTile};
  if (!loops.empty())
    stream.vector = loops.pop_back_val();
  if (!loops.empty())
    stream.row = loops.pop_back_val();
  stream.outer = loops;
  Value vector = getVector(emitter, {arith::ConstantOp::create(emitter.builder, emitter.loc, value)});
  Position start;
  start.pointers = {pointer};
  emitStream(step, stream, start, [&](const Position &corner, ArrayRef<Point> points) {
    for (const Point &point : points)
      storeLanes(emitter, vector, corner.pointers[0],
                 point.lane * stream.vector.pitches[0] + point.row * stream.row.pitches[0], stream.vector.pitches[0],
                 point.lanes);
  });
}

LogicalResult cnnc::to_vector::emitFill(linalg::FillOp op, Step &step) {
  TypedAttr value;
  if (!matchPattern(op.getInputs()[0], m_Constant(&value)))
    return op.emitOpError("requires a constant value");
  FailureOr<Operand> target = getOperand(op.getOutputs()[0], step);
  if (failed(target))
    return failure();
  SmallVector<Loop> loops;
  for (auto [dim, extent] : llvm::enumerate(target->shape))
    loops.push_back({extent, {target->pitch(dim)}});
  emitConstant(step, loops, target->pointer, value);
  return success();
}

/// The border is cut in slabs, two per dimension: outside along that dimension, inside along all before it.
LogicalResult cnnc::to_vector::emitBorder(kernel::BorderOp op, Step &step) {
  FailureOr<Operand> target = getOperand(op.getOut(), step);
  if (failed(target))
    return failure();
  ArrayRef<int64_t> low = op.getLow(), high = op.getHigh();
  for (int64_t dim = 0; dim != target->rank(); ++dim) {
    for (auto [start, extent] :
         {std::pair(int64_t(0), low[dim]), std::pair(target->shape[dim] - high[dim], high[dim])}) {
      SmallVector<Loop> loops;
      int64_t bytes = 0;
      for (int64_t other = 0; other != target->rank(); ++other) {
        bool isInside = other < dim;
        int64_t first = isInside ? low[other] : other == dim ? start : 0;
        int64_t count = isInside       ? target->shape[other] - low[other] - high[other]
                        : other == dim ? extent
                                       : target->shape[other];
        loops.push_back({count, {target->pitch(other)}});
        bytes += first * target->pitch(other);
      }
      if (llvm::all_of(loops, [](const Loop &loop) { return loop.extent > 0; }))
        emitConstant(step, loops, step.emitter.offset(target->pointer, bytes), cast<TypedAttr>(op.getValue()));
    }
  }
  return success();
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.relayout as copies: one box for the whole blocks of channels, one for the last block where it is not full.
#include "passes/vector/Copy.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

static constexpr int64_t kBlock = 16;

namespace {

/// One side: bytes between neighbours along each logical dimension, between blocks of the block dimension, and between
/// the lanes of a block.
struct Side {
  SmallVector<int64_t> pitches;
  int64_t block, lanePitch = 0;

  Side(const Operand &operand, ArrayRef<int64_t> order, int64_t block) : pitches(order.size()), block(block) {
    for (auto [position, dim] : llvm::enumerate(order))
      pitches[dim] = operand.pitch(position);
    if (block >= 0)
      lanePitch = operand.pitch(operand.rank() - 1);
  }
  /// Bytes between blocks of 16 along `dim`.
  int64_t getBlockPitch(int64_t dim) const { return dim == block ? pitches[dim] : kBlock * pitches[dim]; }
  int64_t getLanePitch(int64_t dim) const { return dim == block ? lanePitch : pitches[dim]; }
};

struct Relayout {
  Step &step;
  ArrayRef<int64_t> shape;
  Side source, target;
  Type element;

  /// Copies for dimensions from `dim` on; `loops` hold those before it.
  void emit(int64_t dim, SmallVector<CopyLoop> loops, Value from, Value to);
};

void Relayout::emit(int64_t dim, SmallVector<CopyLoop> loops, Value from, Value to) {
  if (dim == int64_t(shape.size()))
    return emitCopy(step, loops, from, to, element);
  int64_t extent = shape[dim];
  if (dim != source.block && dim != target.block) {
    loops.push_back({extent, source.pitches[dim], target.pitches[dim]});
    return emit(dim + 1, loops, from, to);
  }
  // Where both sides have blocks, the lanes past the extent are zero already.
  bool bothBlocked = dim == source.block && dim == target.block;
  int64_t whole = bothBlocked ? llvm::divideCeil(extent, kBlock) : extent / kBlock;
  int64_t rest = bothBlocked ? 0 : extent % kBlock;
  if (whole != 0) {
    SmallVector<CopyLoop> inner = loops;
    inner.push_back({whole, source.getBlockPitch(dim), target.getBlockPitch(dim)});
    inner.push_back({kBlock, source.getLanePitch(dim), target.getLanePitch(dim)});
    emit(dim + 1, inner, from, to);
  }
  if (rest == 0)
    return;
  loops.push_back({rest, source.getLanePitch(dim), target.getLanePitch(dim), dim == target.block ? kBlock - rest : 0});
  emit(dim + 1, loops, step.emitter.offset(from, whole * source.getBlockPitch(dim)),
       step.emitter.offset(to, whole * target.getBlockPitch(dim)));
}

} // namespace

LogicalResult cnnc::to_vector::emitRelayout(kernel::RelayoutOp op, Step &step) {
  FailureOr<Operand> source = getOperand(op.getA(), step), target = getOperand(op.getOut(), step);
  if (failed(source) || failed(target))
    return failure();
  Relayout relayout = {step, op.getShape(), Side(*source, op.getAOrder(), op.getABlock()),
                       Side(*target, op.getOutOrder(), op.getOutBlock()), source->elementType};
  relayout.emit(0, {}, source->pointer, target->pointer);
  return success();
}

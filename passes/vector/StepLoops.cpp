// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops of a step, and the operands that move with them.
//   scf.forall (%t) in (8) { .. scf.for %b = %begin to %end { .. kernel.window ins(%rows ..) .. } }
//     =>  the iterations of this task, each with all of the ops inside
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/vector/Step.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

/// The i64 value of an index in a step.
static Value getIndex(OpFoldResult index, Step &step) {
  if (std::optional<int64_t> constant = getConstantIntValue(index))
    return step.emitter.constant(*constant);
  return step.indices.lookup(cast<Value>(index));
}

LogicalResult cnnc::to_vector::emitIndex(Operation *op, Step &step) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    Value index = getIndex(operand, step);
    if (!index)
      return op->emitOpError("requires indices of the step's loops");
    operands.push_back(index);
  }
  Operation *number = mlir::clone(step.emitter.builder, op, step.emitter.builder.getI64Type(), operands);
  step.indices[op->getResult(0)] = number->getResult(0);
  return success();
}

static LogicalResult emitBody(Block &block, Value counter, Step &step) {
  step.indices[block.getArgument(0)] = counter;
  for (Operation &op : block.without_terminator())
    if (failed(emitOp(op, step)))
      return failure();
  return success();
}

LogicalResult cnnc::to_vector::emitFor(scf::ForOp op, Step &step) {
  Value lower = getIndex(op.getLowerBound(), step), upper = getIndex(op.getUpperBound(), step);
  std::optional<int64_t> stride = getConstantIntValue(op.getStep());
  if (!lower || !upper || !stride || op.getNumResults() != 0)
    return op.emitOpError("requires bounds that the step knows, a constant step and no results");
  LogicalResult result = success();
  step.emitter.loop(lower, upper, *stride, [&](Value counter) { result = emitBody(*op.getBody(), counter, step); });
  return result;
}

LogicalResult cnnc::to_vector::emitForall(scf::ForallOp op, Step &step) {
  if (op.getRank() != 1 || !op.isNormalized() || op.getNumResults() != 0 ||
      ShapedType::isDynamic(op.getStaticUpperBound()[0]))
    return op.emitOpError("requires one normalized dimension of constant extent and no results");
  auto [begin, end] = step.emitter.part(step.task, step.tasks, op.getStaticUpperBound()[0]);
  Step inner = step;
  inner.tasks = 1;
  inner.task = step.emitter.constant(0);
  LogicalResult result = success();
  step.emitter.loop(begin, end, 1, [&](Value counter) { result = emitBody(*op.getBody(), counter, inner); });
  return result;
}

bool cnnc::to_vector::isMoving(memref::SubViewOp part) {
  SmallVector<int64_t> strides;
  int64_t offset;
  return succeeded(part.getType().getStridesAndOffset(strides, offset)) && ShapedType::isDynamic(offset);
}

FailureOr<Operand> cnnc::to_vector::getMovingPart(memref::SubViewOp part, Step &step) {
  MemRefType type = part.getType();
  auto [strides, start] = type.getStridesAndOffset();
  if (!type.hasStaticShape() || llvm::any_of(strides, ShapedType::isDynamic))
    return part.emitOpError("requires static sizes and strides");
  FailureOr<Operand> operand = getOperand(part.getSource(), step);
  if (failed(operand))
    return failure();
  Value bytes = step.emitter.constant(0);
  for (auto [dim, position] : llvm::enumerate(part.getMixedOffsets())) {
    Value index = getIndex(position, step);
    if (!index)
      return part.emitOpError("requires indices of the step's loops");
    bytes = step.emitter.add(bytes, step.emitter.multiply(index, operand->pitch(dim)));
  }
  operand->pointer = step.emitter.offset(operand->pointer, bytes);
  operand->shape.assign(type.getShape().begin(), type.getShape().end());
  operand->strides = strides;
  return operand;
}

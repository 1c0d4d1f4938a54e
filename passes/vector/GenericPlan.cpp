// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/GenericPlan.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

/// Adds `factor` * `expr` to the pitches of the dimensions and to `offset`. Fails where `expr` is not linear.
static LogicalResult addTerms(AffineExpr expr, int64_t factor, MutableArrayRef<int64_t> pitches, int64_t &offset) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    offset += factor * constant.getValue();
    return success();
  }
  if (auto dimension = dyn_cast<AffineDimExpr>(expr)) {
    pitches[dimension.getPosition()] += factor;
    return success();
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (binary && binary.getKind() == AffineExprKind::Add)
    return success(succeeded(addTerms(binary.getLHS(), factor, pitches, offset)) &&
                   succeeded(addTerms(binary.getRHS(), factor, pitches, offset)));
  auto constant = binary ? dyn_cast<AffineConstantExpr>(binary.getRHS()) : AffineConstantExpr();
  if (constant && binary.getKind() == AffineExprKind::Mul)
    return addTerms(binary.getLHS(), factor * constant.getValue(), pitches, offset);
  return failure();
}

/// A loop per dimension of `op`.
static FailureOr<SmallVector<Loop>> createLoops(linalg::GenericOp op, ArrayRef<Operand> operands,
                                                SmallVectorImpl<int64_t> &byteOffsets) {
  SmallVector<Loop> loops;
  for (int64_t extent : op.getStaticLoopRanges()) {
    if (extent < 1) // A dynamic one is negative.
      return op.emitOpError("requires static extents of at least 1");
    loops.push_back({extent, {}, -1});
  }
  byteOffsets.assign(operands.size(), 0);
  for (auto [number, operand] : llvm::enumerate(operands)) {
    SmallVector<int64_t> pitches(loops.size(), 0);
    for (auto [dim, expr] : llvm::enumerate(op.getIndexingMapsArray()[number].getResults()))
      if (failed(addTerms(expr, operand.pitch(dim), pitches, byteOffsets[number])))
        return op.emitOpError("requires linear indexing maps, but found ")
               << AffineMapAttr::get(op.getIndexingMapsArray()[number]);
    for (auto [loop, pitch] : llvm::zip_equal(loops, pitches))
      loop.pitches.push_back(pitch);
  }
  op.getBody()->walk([&](linalg::IndexOp index) { loops[index.getDim()].dimension = index.getDim(); });
  return loops;
}

/// The op in `body` that joins the accumulator of output `number` with an element, where it is associative.
static Operation *findCombiner(linalg::GenericOp op, unsigned number) {
  BlockArgument accumulator = op.getBody()->getArgument(op.getNumDpsInputs() + number);
  Operation *combiner = op.getBody()->getTerminator()->getOperand(number).getDefiningOp();
  if (!combiner || combiner->getNumOperands() != 2 || !accumulator.hasOneUse() ||
      *accumulator.user_begin() != combiner || !arith::getNeutralElement(combiner))
    return nullptr;
  return combiner;
}

static int64_t getCost(Operation *op) {
#define INSTRUCTION(row, cost, value)                                                                                  \
  if (isa<row>(op))                                                                                                    \
    return cost;
#define FUNCTION(row, cost, value, name) INSTRUCTION(row, cost, value)
#include "dialects/cnn/Functions.def"
  return isa<memref::LoadOp>(op) ? 4 : 1;
}

/// Instructions of a body, roughly.
static int64_t getBodyCost(linalg::GenericOp op) {
  int64_t cost = 0;
  for (Operation &inner : *op.getBody())
    cost += getCost(&inner);
  return cost;
}

/// Cost of an element when lanes lie along `loop`: unit distances are vectors, others one scalar per lane.
static double getLaneCost(const Loop &loop, ArrayRef<Operand> operands, size_t inputs, int64_t lanes, bool reduces) {
  double cost = 0;
  for (auto [number, operand] : llvm::enumerate(operands)) {
    int64_t pitch = loop.pitches[number];
    if (pitch == getElementBytes(operand.elementType))
      cost += 1;
    else if (pitch != 0)
      cost += lanes * (number < inputs ? 1 : 2);
    else
      cost += number < inputs ? 0.5 : 0;
  }
  // A reduction along lanes ends with shuffles.
  if (reduces)
    cost += 4.0 * lanes / loop.extent;
  int64_t padded = llvm::alignTo(loop.extent, lanes);
  return cost * padded / loop.extent;
}

/// Moves the loop for the lanes out of `parallel`, or out of `reduction` (the result is then true).
static bool takeLaneLoop(SmallVectorImpl<Loop> &parallel, SmallVectorImpl<Loop> &reduction, Loop &chosen,
                         ArrayRef<Operand> operands, size_t inputs, int64_t lanes, bool mayReduce) {
  SmallVectorImpl<Loop> *from = nullptr;
  size_t position = 0;
  double best = 0;
  auto consider = [&](SmallVectorImpl<Loop> &loops, bool reduces) {
    for (auto [index, loop] : llvm::enumerate(loops)) {
      double cost = getLaneCost(loop, operands, inputs, lanes, reduces);
      if (from && cost >= best)
        continue;
      from = &loops;
      position = index;
      best = cost;
    }
  };
  consider(parallel, false);
  if (mayReduce)
    consider(reduction, true);
  if (!from)
    return false;
  chosen = (*from)[position];
  from->erase(from->begin() + position);
  return from == &reduction;
}

FailureOr<GenericPlan> cnnc::to_vector::createGenericPlan(linalg::GenericOp op, ArrayRef<Operand> operands,
                                                          int64_t lanes, SmallVectorImpl<int64_t> &byteOffsets) {
  FailureOr<SmallVector<Loop>> loops = createLoops(op, operands, byteOffsets);
  if (failed(loops))
    return failure();
  size_t inputs = op.getNumDpsInputs();
  SmallVector<Loop> parallel, reduction;
  for (auto [loop, kind] : llvm::zip_equal(*loops, op.getIteratorTypesArray()))
    (kind == utils::IteratorType::parallel ? parallel : reduction).push_back(loop);
  // Loops of equal pitches stay in the op's order, on which the order of sums depends.
  llvm::stable_sort(parallel, [&](const Loop &a, const Loop &b) { return a.pitches[inputs] > b.pitches[inputs]; });
  llvm::stable_sort(reduction, [&](const Loop &a, const Loop &b) {
    return *llvm::max_element(a.pitches) > *llvm::max_element(b.pitches);
  });
  GenericPlan plan;
  plan.reduces = !reduction.empty();
  collapse(parallel);
  collapse(reduction);
  bool mayReduce = plan.reduces;
  for (unsigned number : llvm::seq(op.getNumDpsInits())) {
    plan.combiners.push_back(plan.reduces ? findCombiner(op, number) : nullptr);
    mayReduce &= plan.combiners.back() != nullptr;
  }
  Loop lane = createUnitLoop(operands.size());
  plan.lanesReduce = takeLaneLoop(parallel, reduction, lane, operands, inputs, lanes, mayReduce);
  int64_t cost = getBodyCost(op);
  int64_t unroll = cost <= 10 ? 4 : cost <= 45 ? 2 : 1;
  plan.stream.row = plan.stream.vector = plan.inner = createUnitLoop(operands.size());
  plan.stream.vectors = plan.lanesReduce ? 1 : unroll;
  if (plan.lanesReduce) {
    plan.inner = lane;
    plan.copies = std::min<int64_t>(unroll, llvm::divideCeil(lane.extent, lanes));
  } else {
    plan.stream.vector = lane;
  }
  if (plan.reduces && !plan.lanesReduce && !reduction.empty())
    plan.inner = reduction.pop_back_val();
  if (!plan.reduces && !parallel.empty())
    plan.stream.row = parallel.pop_back_val();
  plan.stream.outer = parallel;
  plan.reduction = reduction;
  if (mayReduce && !plan.lanesReduce)
    plan.copies = std::clamp<int64_t>(unroll / getTileVectors(plan.stream, lanes), 1, plan.inner.extent);
  return plan;
}

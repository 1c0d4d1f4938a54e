// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/GenericWalk.h"

#include "dialects/kernel/StoredMap.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace cnnc::kernel;

/// True where `inner` ends when `outer` makes its next step, in every operand.
static bool areContiguous(const Loop &outer, const Loop &inner) {
  if (outer.dimension >= 0 || inner.dimension >= 0)
    return false;
  return llvm::all_of(llvm::zip_equal(outer.pitches, inner.pitches),
                      [&](auto pitches) { return std::get<0>(pitches) == std::get<1>(pitches) * inner.extent; });
}

void cnnc::kernel::collapse(SmallVectorImpl<Loop> &loops) {
  SmallVector<Loop> collapsed;
  for (Loop &loop : loops) {
    if (loop.extent == 1)
      continue;
    if (!collapsed.empty() && areContiguous(collapsed.back(), loop)) {
      loop.extent *= collapsed.back().extent;
      loop.dims.insert(loop.dims.begin(), collapsed.back().dims.begin(), collapsed.back().dims.end());
      collapsed.back() = loop;
      continue;
    }
    collapsed.push_back(loop);
  }
  loops.assign(collapsed.begin(), collapsed.end());
}

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
static FailureOr<SmallVector<Loop>> createLoops(linalg::GenericOp op, SmallVectorImpl<int64_t> &byteOffsets) {
  SmallVector<Loop> loops;
  for (auto [number, extent] : llvm::enumerate(op.getStaticLoopRanges())) {
    if (extent < 1) // A dynamic one is negative.
      return op.emitOpError("requires static extents of at least 1");
    loops.push_back({extent, {}, -1, {int64_t(number)}});
  }
  byteOffsets.assign(op->getNumOperands(), 0);
  for (auto [number, operand] : llvm::enumerate(op->getOperands())) {
    SmallVector<int64_t> pitches(loops.size(), 0), strides = getBytePitches(operand);
    for (auto [dim, expr] : llvm::enumerate(op.getIndexingMapsArray()[number].getResults()))
      if (failed(addTerms(expr, strides[dim], pitches, byteOffsets[number])))
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

FailureOr<GenericWalk> cnnc::kernel::getGenericWalk(linalg::GenericOp op) {
  GenericWalk walk;
  FailureOr<SmallVector<Loop>> loops = createLoops(op, walk.byteOffsets);
  if (failed(loops))
    return failure();
  size_t inputs = op.getNumDpsInputs();
  for (auto [loop, kind] : llvm::zip_equal(*loops, op.getIteratorTypesArray()))
    (kind == utils::IteratorType::parallel ? walk.parallel : walk.reduction).push_back(loop);
  // Loops of equal pitches stay in the op's order, on which the order of sums depends.
  llvm::stable_sort(walk.parallel, [&](const Loop &a, const Loop &b) { return a.pitches[inputs] > b.pitches[inputs]; });
  llvm::stable_sort(walk.reduction, [&](const Loop &a, const Loop &b) {
    return *llvm::max_element(a.pitches) > *llvm::max_element(b.pitches);
  });
  walk.reduces = !walk.reduction.empty();
  collapse(walk.parallel);
  collapse(walk.reduction);
  for (unsigned number : llvm::seq(op.getNumDpsInits()))
    walk.combiners.push_back(walk.reduces ? findCombiner(op, number) : nullptr);
  return walk;
}

/// True for a body that hands its only input on.
bool cnnc::kernel::isCopy(linalg::GenericOp op) {
  return op.getNumDpsInputs() == 1 && op.getNumDpsInits() == 1 && op.getNumReductionLoops() == 0 &&
         op.getBody()->getTerminator()->getOperand(0) == op.getBody()->getArgument(0) &&
         llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) { return map.isProjectedPermutation(); });
}

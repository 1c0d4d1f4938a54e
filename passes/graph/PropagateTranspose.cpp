// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.transpose %x [0, 2, 3, 1]  ;  %2 = cnn.map(%1, %c) { addf }
// becomes
//   %1 = cnn.map(%x, %c') { addf }  ;  %2 = cnn.transpose %1 [0, 2, 3, 1]        c' = c transposed back
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_PROPAGATETRANSPOSEPASS
#include "passes/graph/Passes.h.inc"

namespace {

SmallVector<int64_t> invert(ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> inverse(permutation.size());
  for (auto [dim, source] : llvm::enumerate(permutation))
    inverse[source] = dim;
  return inverse;
}

/// What stands at dimension i moves to dimension `permutation[i]`: from the transposed value back to its source.
template <typename Element> SmallVector<Element> moveBack(ArrayRef<Element> elements, ArrayRef<int64_t> permutation) {
  SmallVector<Element> moved(elements.begin(), elements.end());
  for (auto [dim, source] : llvm::enumerate(permutation))
    moved[source] = elements[dim];
  return moved;
}

RankedTensorType moveBack(Type type, ArrayRef<int64_t> permutation) {
  auto tensor = cast<RankedTensorType>(type);
  return RankedTensorType::get(moveBack(tensor.getShape(), permutation), tensor.getElementType());
}

bool isConstant(Value value) { return matchPattern(value, m_Constant()); }

/// The permutation by which to move down past an op on `inputs` of one rank: that of all inputs that are as large as
/// their domain and no constants. Others are transposed back: constants now, broadcast ones at little cost.
std::optional<ArrayRef<int64_t>> findPermutation(ValueRange inputs) {
  SmallVector<int64_t> domain = getBroadcastShape(inputs);
  std::optional<ArrayRef<int64_t>> permutation;
  for (Value input : inputs) {
    if (isConstant(input) || getShape(input) != ArrayRef(domain))
      continue;
    auto transpose = input.getDefiningOp<TransposeOp>();
    if (!transpose || (permutation && *permutation != transpose.getPermutation()))
      return std::nullopt;
    permutation = transpose.getPermutation();
  }
  return permutation;
}

SmallVector<Value> moveBack(OpBuilder &builder, ValueRange inputs, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> inverse = invert(permutation);
  return llvm::map_to_vector(inputs, [&](Value input) -> Value {
    auto transpose = input.getDefiningOp<TransposeOp>();
    if (transpose && transpose.getPermutation() == permutation)
      return transpose.getInput();
    return TransposeOp::create(builder, input.getLoc(), moveBack(input.getType(), permutation), input, inverse);
  });
}

/// The op's attributes as they are in front of the transpose.
void moveAttributes(MapOp, Operation *, ArrayRef<int64_t>) {}

void moveAttributes(ReduceOp op, Operation *moved, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> axes = llvm::map_to_vector(op.getAxes(), [&](int64_t axis) { return permutation[axis]; });
  llvm::sort(axes);
  cast<ReduceOp>(moved).setAxes(axes);
}

void moveAttributes(ConcatOp op, Operation *moved, ArrayRef<int64_t> permutation) {
  cast<ConcatOp>(moved).setAxis(permutation[op.getAxis()]);
}

void moveAttributes(SliceOp op, Operation *moved, ArrayRef<int64_t> permutation) {
  cast<SliceOp>(moved).setStarts(moveBack(op.getStarts(), permutation));
  cast<SliceOp>(moved).setSteps(moveBack(op.getSteps(), permutation));
}

void moveAttributes(PadOp op, Operation *moved, ArrayRef<int64_t> permutation) {
  cast<PadOp>(moved).setLow(moveBack(op.getLow(), permutation));
  cast<PadOp>(moved).setHigh(moveBack(op.getHigh(), permutation));
}

void moveAttributes(ResizeOp op, Operation *moved, ArrayRef<int64_t> permutation) {
  auto resize = cast<ResizeOp>(moved);
  resize.setScales(moveBack(op.getScales(), permutation));
  if (std::optional<ArrayRef<double>> roi = op.getRoi()) {
    // All starts, then all ends.
    size_t rank = permutation.size();
    SmallVector<double> bounds = moveBack(roi->take_front(rank), permutation);
    llvm::append_range(bounds, moveBack(roi->take_back(rank), permutation));
    resize.setRoi(ArrayRef<double>(bounds));
  }
}

/// transpose -> op  =>  op -> transpose
template <typename OpTy> struct MoveDown : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    std::optional<ArrayRef<int64_t>> found = findPermutation(op->getOperands());
    if (!found)
      return rewriter.notifyMatchFailure(op, "inputs are not transposed alike");
    bool broadcasts = std::is_same_v<OpTy, MapOp> || std::is_same_v<OpTy, ReduceOp>;
    if (!broadcasts && !llvm::all_of(op->getOperands(), [](Value input) { return input.getDefiningOp<TransposeOp>(); }))
      return rewriter.notifyMatchFailure(op, "an input is not transposed");
    SmallVector<int64_t> permutation(*found);
    SmallVector<Value> inputs = moveBack(rewriter, op->getOperands(), permutation);
    Operation *moved = rewriter.clone(*op);
    moved->setOperands(inputs);
    moved->getResult(0).setType(moveBack(op.getOutput().getType(), permutation));
    moveAttributes(op, moved, permutation);
    rewriter.replaceOpWithNewOp<TransposeOp>(op, op.getOutput().getType(), moved->getResult(0), permutation);
    return success();
  }
};

class PropagateTransposePass : public impl::PropagateTransposePassBase<PropagateTransposePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MoveDown<MapOp>, MoveDown<ReduceOp>, MoveDown<ConcatOp>, MoveDown<SliceOp>, MoveDown<PadOp>,
                 MoveDown<ResizeOp>>(&getContext());
    populateIdentityPatterns(patterns);
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

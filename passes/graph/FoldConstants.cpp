// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %0 = cnn.slice %x : (tensor<2x8xf32>) -> tensor<2x0xf32>  ;  cnn.concat(%0, %x)
// becomes
//   %x
// and
//   %1 = cnn.transpose %constant [1, 0]  ;  %2 = cnn.map(%1) { mulf 2.0 }
// becomes
//   %2 = arith.constant
#include "dialects/cnn/Empty.h"
#include "dialects/cnn/Evaluate.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_FOLDCONSTANTSPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// Results up to this many elements are folded even where that makes more bytes.
constexpr int64_t kSmall = 1 << 16;

/// How many elements the attribute really holds.
int64_t getStored(ElementsAttr elements) {
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  return dense && dense.isSplat() ? 1 : elements.getNumElements();
}

/// op on constants  =>  constant
struct Evaluate : RewritePattern {
  /// `left`: how many elements may still be read and made.
  Evaluate(MLIRContext *context, int64_t &left)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context), left(left) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<MapOp, ReduceOp, ReshapeOp, TransposeOp, ConcatOp, SliceOp, PadOp, GatherOp>(op))
      return rewriter.notifyMatchFailure(op, "not an op that is evaluated");
    SmallVector<ElementsAttr> operands;
    llvm::SmallPtrSet<Attribute, 4> seen;
    int64_t elements = 0;
    for (Value operand : op->getOperands()) {
      ElementsAttr constant;
      if (!matchPattern(operand, m_Constant(&constant)))
        return rewriter.notifyMatchFailure(op, "an operand is no constant");
      operands.push_back(constant);
      // What is read twice makes the model no larger once.
      elements += seen.insert(constant).second ? getStored(constant) : 0;
    }
    if (elements > left)
      return rewriter.notifyMatchFailure(op, "enough was folded");
    ElementsAttr result = evaluate(op, operands, std::min(std::max(kSmall, elements), left), "folded");
    if (!result)
      return rewriter.notifyMatchFailure(op, "not known to the evaluator, or a large constant made from small ones");
    left -= std::min(left, elements + getStored(result));
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, result.getShapedType(), cast<TypedAttr>(result));
    return success();
  }

  int64_t &left;
};

/// op that makes or reads a tensor without elements  =>  what is left of it
struct FoldEmpty : RewritePattern {
  explicit FoldEmpty(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/2, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    Value left = foldEmpty(rewriter, op);
    if (!left)
      return rewriter.notifyMatchFailure(op, "all of its tensors have elements, or it is no op that reads some");
    rewriter.replaceOp(op, left);
    return success();
  }
};

/// return of an input without elements  =>  return of a constant without any
struct ReturnEmpty : OpRewritePattern<func::ReturnOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(func::ReturnOp op, PatternRewriter &rewriter) const override {
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isEmpty(operand.get()) || operand.get().getDefiningOp<arith::ConstantOp>())
        continue;
      auto type = cast<RankedTensorType>(operand.get().getType());
      Value constant = createEmptyConstant(rewriter, op.getLoc(), type);
      rewriter.modifyOpInPlace(op, [&] { operand.set(constant); });
      return success();
    }
    return rewriter.notifyMatchFailure(op, "all of its values have elements, or are constants");
  }
};

class FoldConstantsPass : public impl::FoldConstantsPassBase<FoldConstantsPass> {
  void runOnOperation() override {
    // As often as the importer may, which folds most of them already.
    int64_t left = int64_t(1) << 23;
    getOperation()->walk([&](arith::ConstantOp constant) {
      if (auto elements = dyn_cast<ElementsAttr>(constant.getValue()))
        left += 256 * getStored(elements);
    });
    RewritePatternSet patterns(&getContext());
    patterns.add<Evaluate>(&getContext(), left);
    patterns.add<FoldEmpty, ReturnEmpty>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.transpose %constant [1, 0]  ;  %2 = cnn.map(%1) { mulf 2.0 }
// becomes
//   %2 = arith.constant
#include "dialects/cnn/Evaluate.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc {
#define GEN_PASS_DEF_FOLDCONSTANTSPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// Results up to this many elements are folded even where that makes more bytes.
constexpr int64_t kSmall = 1 << 16;

/// op on constants  =>  constant
struct Evaluate : RewritePattern {
  explicit Evaluate(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<MapOp, ReduceOp, ReshapeOp, TransposeOp, ConcatOp, SliceOp, PadOp, GatherOp>(op))
      return rewriter.notifyMatchFailure(op, "not an op that is evaluated");
    SmallVector<ElementsAttr> operands;
    int64_t elements = 0;
    for (Value operand : op->getOperands()) {
      ElementsAttr constant;
      if (!matchPattern(operand, m_Constant(&constant)))
        return rewriter.notifyMatchFailure(op, "an operand is no constant");
      operands.push_back(constant);
      elements += constant.getNumElements();
    }
    ElementsAttr result = evaluate(op, operands, std::max(kSmall, elements), "folded");
    if (!result)
      return rewriter.notifyMatchFailure(op, "not known to the evaluator, or a large constant made from small ones");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, result.getShapedType(), cast<TypedAttr>(result));
    return success();
  }
};

class FoldConstantsPass : public impl::FoldConstantsPassBase<FoldConstantsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<Evaluate>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc

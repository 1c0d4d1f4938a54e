// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.transpose %constant [1, 0]  ;  %2 = cnn.map(%1) { mulf 2.0 }
// becomes
//   %2 = arith.constant
#include "dialects/cnn/Evaluate.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc {
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
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.map(%x, %s) { mulf }  ;  %2 = cnn.conv %1, %w        %s : 1 x C x 1 x 1, a gate of squeeze-and-excitation
// becomes, where %w is much smaller than %x,
//   %1 = cnn.map(%w, %s) { mulf }  ;  %2 = cnn.conv %x, %1
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_SCALEFILTERSPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// A filter is scaled and then brought into panels. Measured: 0.84 ns per element, against 0.09 ns in a feature map.
constexpr int64_t kCostOfFilter = 10;

/// The factor per channel that a map multiplies `x` by, in a body that does nothing else; null for other maps.
Value getGate(MapOp map, Value x) {
  Block &body = map.getBody().front();
  auto product = body.getTerminator()->getOperand(0).getDefiningOp<arith::MulFOp>();
  if (map.getInputs().size() != 2 || !product || &body.front() != product || product.getLhs() == product.getRhs() ||
      !llvm::all_of(product.getOperands(), llvm::IsaPred<BlockArgument>))
    return {};
  Value gate = map.getInputs()[map.getInputs()[0] == x];
  SmallVector<int64_t> perChannel(getShape(x).size(), 1);
  perChannel[1] = getShape(x)[1];
  return getShape(gate) == ArrayRef(perChannel) ? gate : Value();
}

/// map -> conv  =>  conv of a scaled filter
struct MoveGateToFilter : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConvOp conv, PatternRewriter &rewriter) const override {
    auto map = conv.getInput().getDefiningOp<MapOp>();
    auto filter = cast<RankedTensorType>(conv.getFilter().getType());
    RankedTensorType type = conv.getInput().getType();
    if (!map || !map->hasOneUse() || conv.getGroup() != 1 || !matchPattern(conv.getFilter(), m_Constant()))
      return rewriter.notifyMatchFailure(conv, "input is no map for this convolution alone, or its filter no constant");
    if (type.getRank() < 3 || kCostOfFilter * filter.getNumElements() > type.getNumElements())
      return rewriter.notifyMatchFailure(conv, "filter costs as much to scale as the input does");
    for (Value x : map.getInputs()) {
      Value gate = x.getType() == type ? getGate(map, x) : Value();
      if (!gate)
        continue;
      OperationState state(map.getLoc(), MapOp::getOperationName());
      rewriter.setInsertionPoint(conv);
      rewriter.cloneRegionBefore(map.getBody(), *state.addRegion(), state.regions.front()->end());
      state.addOperands({conv.getFilter(), gate});
      state.addTypes(filter);
      Value scaled = rewriter.create(state)->getResult(0);
      rewriter.modifyOpInPlace(conv, [&] {
        conv.getInputMutable().assign(x);
        conv.getFilterMutable().assign(scaled);
      });
      rewriter.eraseOp(map);
      return success();
    }
    return rewriter.notifyMatchFailure(conv, "map is no product with a factor per channel of one image");
  }
};

class ScaleFiltersPass : public impl::ScaleFiltersPassBase<ScaleFiltersPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MoveGateToFilter>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

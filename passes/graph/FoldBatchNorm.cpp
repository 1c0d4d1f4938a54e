// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.batch_norm %x, %scale, %bias, %mean, %variance
// becomes, with a = scale / sqrt(variance + epsilon) computed now,
//   %1 = cnn.map(%x, %a, %b) { mulf; addf }              a: [1, C, 1, 1], b = bias - mean * a
// which FoldAffine then folds into the convolutions around it.
#include "dialects/cnn/Constants.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

#include <cmath>

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_FOLDBATCHNORMPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// The type of a value per channel, to be broadcast over `type`.
RankedTensorType getChannelType(RankedTensorType type) {
  SmallVector<int64_t> shape(type.getRank(), 1);
  shape[1] = type.getDimSize(1);
  return RankedTensorType::get(shape, type.getElementType());
}

/// batch_norm of constant statistics  =>  map with a scale and a shift per channel
struct FoldConstantStatistics : OpRewritePattern<BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BatchNormOp op, PatternRewriter &rewriter) const override {
    std::optional<Floats> scale = getFloats(op.getScale()), bias = getFloats(op.getBias()),
                          mean = getFloats(op.getMean()), variance = getFloats(op.getVariance());
    if (!scale || !bias || !mean || !variance)
      return rewriter.notifyMatchFailure(op, "a statistic is no constant");
    std::vector<float> scales(scale->size()), shifts(scale->size());
    for (size_t i = 0; i < scales.size(); ++i) {
      double factor = (*scale)[i] / std::sqrt((*variance)[i] + op.getEpsilon().convertToDouble());
      scales[i] = factor;
      shifts[i] = (*bias)[i] - (*mean)[i] * factor;
    }
    auto type = cast<RankedTensorType>(op.getOutput().getType());
    SmallVector<Value> inputs = {op.getInput()};
    inputs.push_back(createFloats(rewriter, op.getLoc(), getChannelType(type), std::move(scales), "scale"));
    inputs.push_back(createFloats(rewriter, op.getLoc(), getChannelType(type), std::move(shifts), "shift"));
    rewriter.replaceOp(op,
                       createMap(rewriter, op.getLoc(), type, inputs, [&](OpBuilder &builder, ValueRange x) -> Value {
                         Value scaled = arith::MulFOp::create(builder, op.getLoc(), x[0], x[1]);
                         return arith::AddFOp::create(builder, op.getLoc(), scaled, x[2]);
                       }));
    return success();
  }
};

/// batch_norm of computed statistics  =>  map that evaluates the formula
struct ExpandComputedStatistics : OpRewritePattern<BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BatchNormOp op, PatternRewriter &rewriter) const override {
    Location location = op.getLoc();
    auto type = cast<RankedTensorType>(op.getOutput().getType());
    SmallVector<Value> inputs = {op.getInput()};
    for (Value statistic : {op.getScale(), op.getBias(), op.getMean(), op.getVariance()})
      inputs.push_back(ReshapeOp::create(rewriter, location, getChannelType(type), statistic));
    rewriter.replaceOp(op, createMap(rewriter, location, type, inputs, [&](OpBuilder &builder, ValueRange x) -> Value {
                         Value epsilon = arith::ConstantOp::create(
                             builder, location,
                             builder.getFloatAttr(type.getElementType(), op.getEpsilon().convertToDouble()));
                         Value centred = arith::SubFOp::create(builder, location, x[0], x[3]);
                         Value variance = arith::AddFOp::create(builder, location, x[4], epsilon);
                         Value deviation = math::SqrtOp::create(builder, location, variance);
                         Value normal = arith::DivFOp::create(builder, location, centred, deviation);
                         Value scaled = arith::MulFOp::create(builder, location, normal, x[1]);
                         return arith::AddFOp::create(builder, location, scaled, x[2]);
                       }));
    return success();
  }
};

class FoldBatchNormPass : public impl::FoldBatchNormPassBase<FoldBatchNormPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldConstantStatistics>(&getContext(), /*benefit=*/2);
    patterns.add<ExpandComputedStatistics>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   cnn.dequantize %x scale(%s) zero_point(%z) {is_unsigned}
// becomes
//   cnn.map(%x, %s, %z) { uitofp %x; uitofp %z; subf; mulf %s }
#include "passes/graph/Passes.h"
#include "passes/graph/Quantization.h"
#include "passes/graph/Rewriting.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_LOWERQUANTIZATIONPASS
#include "passes/graph/Passes.h.inc"

namespace {

Value toReal(OpBuilder &builder, Location location, Value integer, bool isUnsigned) {
  Type real = builder.getF32Type();
  return isUnsigned ? arith::UIToFPOp::create(builder, location, real, integer).getResult()
                    : arith::SIToFPOp::create(builder, location, real, integer).getResult();
}

/// quantize  =>  map { round(x / scale) + zero point, saturated }
struct LowerQuantize : OpRewritePattern<QuantizeOp> {
  LowerQuantize(MLIRContext *context, bool onlyConstants) : OpRewritePattern(context), onlyConstants(onlyConstants) {}

  LogicalResult matchAndRewrite(QuantizeOp op, PatternRewriter &rewriter) const override {
    if (onlyConstants && !matchPattern(op.getInput(), m_Constant()))
      return rewriter.notifyMatchFailure(op, "its input is no constant");
    Location location = op.getLoc();
    Quantization bounds;
    bounds.bits = op.getOutput().getType().getElementTypeBitWidth();
    bounds.isUnsigned = op.getIsUnsigned();
    auto emit = [&](OpBuilder &builder, ValueRange x) {
      Value real = arith::DivFOp::create(builder, location, x[0], x[1]);
      real = math::RoundEvenOp::create(builder, location, real);
      if (x.size() > 2)
        real = arith::AddFOp::create(builder, location, real, toReal(builder, location, x[2], bounds.isUnsigned));
      return emitSaturation(builder, location, real, bounds.getLowest(), bounds.getHighest(), bounds.bits);
    };
    rewriter.replaceOp(op, createMap(rewriter, location, op.getOutput().getType(), op->getOperands(), emit));
    return success();
  }

  const bool onlyConstants;
};

/// dequantize  =>  map { (x - zero point) * scale }
struct LowerDequantize : OpRewritePattern<DequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DequantizeOp op, PatternRewriter &rewriter) const override {
    Location location = op.getLoc();
    bool isUnsigned = op.getIsUnsigned();
    auto emit = [&](OpBuilder &builder, ValueRange x) -> Value {
      Value real = toReal(builder, location, x[0], isUnsigned);
      if (x.size() > 2)
        real = arith::SubFOp::create(builder, location, real, toReal(builder, location, x[2], isUnsigned));
      return arith::MulFOp::create(builder, location, real, x[1]);
    };
    rewriter.replaceOp(op, createMap(rewriter, location, op.getOutput().getType(), op->getOperands(), emit));
    return success();
  }
};

class LowerQuantizationPass : public impl::LowerQuantizationPassBase<LowerQuantizationPass> {
public:
  using Base::Base;

private:
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerQuantize>(&getContext(), onlyConstants);
    if (!onlyConstants)
      patterns.add<LowerDequantize>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

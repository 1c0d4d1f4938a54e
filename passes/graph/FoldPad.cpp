// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.pad constant %x {low = [0, 0, 1, 1], high = [0, 0, 1, 1], value = 0.0}  ;  %2 = cnn.conv %1, %w {pads =
//   [0, 0, 0, 0]}
// becomes
//   %2 = cnn.conv %x, %w {pads = [1, 1, 1, 1]}
#include "dialects/cnn/Shapes.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_FOLDPADPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// The pad that makes `value`, if it borders spatial dimensions alone with one number.
PadOp getSpatialPad(Value value) {
  auto pad = value.getDefiningOp<PadOp>();
  if (!pad || pad.getMode() != PadMode::constant)
    return nullptr;
  auto outer = [](ArrayRef<int64_t> extents) { return extents.take_front(2); };
  auto zero = [](int64_t extent) { return extent == 0; };
  return llvm::all_of(outer(pad.getLow()), zero) && llvm::all_of(outer(pad.getHigh()), zero) ? pad : nullptr;
}

double getFill(PadOp pad) { return cast<FloatAttr>(pad.getValue()).getValueAsDouble(); }

/// `pads` (all begins, then all ends) and the pad's border together.
SmallVector<int64_t> addPads(ArrayRef<int64_t> pads, PadOp pad) {
  SmallVector<int64_t> sum(pads);
  size_t spatial = pads.size() / 2;
  for (size_t i = 0; i < spatial; ++i) {
    sum[i] += pad.getLow()[2 + i];
    sum[spatial + i] += pad.getHigh()[2 + i];
  }
  return sum;
}

/// Whether no element can be below zero, as far as the ops that make it show.
bool isNonNegative(Value value, int depth = 0) {
  Operation *op = value.getDefiningOp();
  if (!op || depth > 8)
    return false;
  if (isa<ReshapeOp, TransposeOp, SliceOp, ConcatOp>(op) || (isa<PoolOp>(op) && cast<PoolOp>(op).getEpilogue().empty()))
    return llvm::all_of(op->getOperands(), [&](Value operand) { return isNonNegative(operand, depth + 1); });
  auto map = dyn_cast<MapOp>(op);
  if (!map)
    return false;
  Operation *last = map.getBody().front().getTerminator()->getOperand(0).getDefiningOp();
  if (!last)
    return false;
  if (isa<math::AbsFOp, math::ExpOp, math::SqrtOp>(last))
    return true;
  auto isZeroOrMore = [](Value bound) {
    APFloat number(0.0f);
    return matchPattern(bound, m_ConstantFloat(&number)) && !number.isNegative();
  };
  return isa<arith::MaximumFOp, arith::MaxNumFOp>(last) && llvm::any_of(last->getOperands(), isZeroOrMore);
}

/// Whether the convolution reads in its own border what the pad has put there.
bool hasFillOf(ConvOp conv, PadOp pad) {
  if (auto integer = dyn_cast<IntegerAttr>(pad.getValue()))
    return integer == IntegerAttr::get(integer.getType(), conv.getPadValue().value_or(0));
  return getFill(pad) == 0;
}

/// pad of zeros, or of a convolution's pad_value -> conv  =>  conv with larger pads
struct FoldIntoConv : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConvOp conv, PatternRewriter &rewriter) const override {
    PadOp pad = getSpatialPad(conv.getInput());
    if (!pad || !hasFillOf(conv, pad))
      return rewriter.notifyMatchFailure(conv, "input is no spatial border of what the convolution pads with");
    rewriter.modifyOpInPlace(conv, [&] {
      conv.setPads(addPads(conv.getPads(), pad));
      conv.getInputMutable().assign(pad.getInput());
    });
    return success();
  }
};

/// pad of zeros -> average pool that counts its border, or pad of the least number -> max pool  =>  pool with larger
/// pads
struct FoldIntoPool : OpRewritePattern<PoolOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PoolOp pool, PatternRewriter &rewriter) const override {
    PadOp pad = getSpatialPad(pool.getInput());
    if (!pad || !isa<FloatAttr>(pad.getValue()))
      return rewriter.notifyMatchFailure(pool, "input is no spatial border");
    if (!keepsWindows(pool, pad))
      return rewriter.notifyMatchFailure(pool, "some windows would see nothing of the input");
    bool average = pool.getKind() == PoolKind::average;
    if (!(average ? isExactForAverage(pool, pad) : isExactForMax(pool, pad)))
      return rewriter.notifyMatchFailure(pool, "the border's elements would count otherwise");
    rewriter.modifyOpInPlace(pool, [&] {
      pool.setPads(addPads(pool.getPads(), pad));
      pool.setCountIncludePad(average);
      pool.getInputMutable().assign(pad.getInput());
    });
    return success();
  }

private:
  /// Whether the same number of windows, none of them outside the input, slides over the smaller input.
  static bool keepsWindows(PoolOp pool, PadOp pad) {
    SmallVector<int64_t> pads = addPads(pool.getPads(), pad);
    size_t spatial = pool.getKernel().size();
    for (size_t i = 0; i < spatial; ++i) {
      int64_t input = getShape(pad.getInput())[2 + i], output = getShape(pool.getOutput())[2 + i];
      int64_t stride = pool.getStrides()[i], dilation = pool.getDilations()[i], kernel = pool.getKernel()[i];
      WindowDim dim = {input, kernel, stride, dilation, pads[i], pads[spatial + i]};
      if (getWindowExtent(dim, /*ceilMode=*/false) != output)
        return false;
      // A dilated window could step over a small map.
      if (dilation != 1 || pads[i] >= kernel || (output - 1) * stride - pads[i] >= input)
        return false;
    }
    return true;
  }

  static bool isExactForAverage(PoolOp pool, PadOp pad) {
    bool unpadded = llvm::all_of(pool.getPads(), [](int64_t extent) { return extent == 0; });
    return getFill(pad) == 0 && (unpadded || pool.getCountIncludePad());
  }

  /// Zero is as good as minus infinity where every window also holds an element that is not below it.
  static bool isExactForMax(PoolOp pool, PadOp pad) {
    double fill = getFill(pad);
    return fill <= std::numeric_limits<float>::lowest() || (fill == 0 && isNonNegative(pad.getInput()));
  }
};

class FoldPadPass : public impl::FoldPadPassBase<FoldPadPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoConv, FoldIntoPool>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

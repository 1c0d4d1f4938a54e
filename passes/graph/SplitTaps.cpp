// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.conv %x, %w {dilations = [12, 12], pads = [12, 12, 12, 12]}      %x : 1 x C x 14 x 14, %w : O x C x 3 x 3
// becomes, in each dimension, since the outer taps meet two of the fourteen rows,
//   %1 = cnn.conv %x, %w[middle]  ;  %2 = cnn.conv %x[2 last rows], %w[last]  ;  %3 = cnn.pad %2  ;  ...  ;  a sum
// and with dilations of 14 or more only the middle is left (the atrous pyramids of DeepLab, arXiv:1706.05587).
#include "dialects/cnn/Shapes.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_SPLITTAPSPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// Multiply-adds that an op more is worth.
constexpr int64_t kCostOfOp = 1 << 20;

struct Range {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};

/// One spatial dimension of a convolution.
struct TapDim {
  int64_t number, input, output, kernel, stride, dilation, pad;

  TapDim(ConvOp conv, int64_t number)
      : number(number), input(getShape(conv.getInput())[2 + number]), output(getShape(conv.getOutput())[2 + number]),
        kernel(getShape(conv.getFilter())[2 + number]), stride(conv.getStrides()[number]),
        dilation(conv.getDilations()[number]), pad(conv.getPads()[number]) {}

  /// What `tap` reads for output `position`; outside the input it is padding.
  int64_t getSource(int64_t position, int64_t tap) const { return position * stride + tap * dilation - pad; }

  /// The outputs for which `tap` reads the input.
  Range getOutputs(int64_t tap) const {
    int64_t first = getSource(0, tap);
    int64_t begin = first < 0 ? llvm::divideCeilSigned(-first, stride) : 0;
    int64_t end = first >= input ? 0 : std::min(output, (input - 1 - first) / stride + 1);
    return {std::min(begin, output), std::max(std::min(begin, output), end)};
  }
};

/// Of the taps that are left after each cut, too. Integers may be padded with something else than zero.
bool hasConstantFilter(ConvOp conv) {
  Value filter = conv.getFilter();
  if (!getElementTypeOrSelf(filter.getType()).isF32())
    return false;
  while (auto slice = filter.getDefiningOp<SliceOp>())
    filter = slice.getInput();
  return matchPattern(filter, m_Constant());
}

Value slice(OpBuilder &builder, Value value, int64_t axis, Range range) {
  auto type = cast<RankedTensorType>(value.getType());
  if (range.size() == type.getDimSize(axis))
    return value;
  SmallVector<int64_t> shape(type.getShape()), starts(shape.size(), 0), steps(shape.size(), 1);
  shape[axis] = range.size();
  starts[axis] = range.begin;
  return SliceOp::create(builder, value.getLoc(), type.clone(shape), value, starts, steps);
}

/// The convolution with some of its taps alone, for some of its outputs.
ConvOp convolve(OpBuilder &builder, ConvOp conv, const TapDim &dim, Range taps, Range outputs) {
  int64_t spatial = conv.getStrides().size(), axis = 2 + dim.number;
  int64_t first = dim.getSource(outputs.begin, taps.begin), last = dim.getSource(outputs.end - 1, taps.end - 1);
  SmallVector<int64_t> pads(conv.getPads()), shape(getShape(conv.getOutput()));
  pads[dim.number] = std::max<int64_t>(0, -first);
  pads[spatial + dim.number] = std::max<int64_t>(0, last - (dim.input - 1));
  shape[axis] = outputs.size();
  // Rows that a stride leaves over need no slice.
  Range read = {std::max<int64_t>(0, first), dim.input};
  WindowDim window = {read.size(), taps.size(), dim.stride, dim.dilation, pads[dim.number], pads[spatial + dim.number]};
  if (getWindowExtent(window, /*ceilMode=*/false) != outputs.size())
    read.end = std::min(dim.input, last + 1);
  Value input = slice(builder, conv.getInput(), axis, read), filter = slice(builder, conv.getFilter(), axis, taps);
  auto part = cast<ConvOp>(builder.clone(*conv));
  part.getInputMutable().assign(input);
  part.getFilterMutable().assign(filter);
  part.setPads(pads);
  part.getOutput().setType(cast<RankedTensorType>(conv.getOutput().getType()).clone(shape));
  return part;
}

/// conv  =>  conv without the first and last taps that read padding alone
struct TrimTaps : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConvOp conv, PatternRewriter &rewriter) const override {
    if (!hasConstantFilter(conv))
      return rewriter.notifyMatchFailure(conv, "filter is no constant");
    for (size_t number = 0; number < conv.getStrides().size(); ++number) {
      TapDim dim(conv, number);
      Range taps = {0, dim.kernel};
      while (taps.size() > 1 && dim.getOutputs(taps.begin).size() == 0)
        ++taps.begin;
      while (taps.size() > 1 && dim.getOutputs(taps.end - 1).size() == 0)
        --taps.end;
      // The last tap may read nothing either: then the sum is the bias, which is not worth a rewrite.
      if (taps.size() == dim.kernel || dim.getOutputs(taps.begin).size() == 0)
        continue;
      rewriter.replaceOp(conv, convolve(rewriter, conv, dim, taps, {0, dim.output}));
      return success();
    }
    return rewriter.notifyMatchFailure(conv, "each tap reads some of the input");
  }
};

/// conv  =>  the sum of a convolution for each tap, where most of what they would read is padding
struct SplitTaps : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConvOp conv, PatternRewriter &rewriter) const override {
    if (!hasConstantFilter(conv) || conv.getGroup() != 1 || !conv.getEpilogue().empty())
      return rewriter.notifyMatchFailure(conv, "filter is no constant, or in groups, or more than a sum is computed");
    for (size_t number = 0; number < conv.getStrides().size(); ++number)
      if (TapDim dim(conv, number); isWorthIt(conv, dim)) {
        split(conv, dim, rewriter);
        return success();
      }
    return rewriter.notifyMatchFailure(conv, "taps read mostly input");
  }

private:
  static bool isWorthIt(ConvOp conv, const TapDim &dim) {
    int64_t useful = 0, all = dim.kernel * dim.output;
    for (int64_t tap = 0; tap < dim.kernel; ++tap)
      useful += dim.getOutputs(tap).size();
    ArrayRef<int64_t> filter = getShape(conv.getFilter());
    int64_t products = cast<ShapedType>(conv.getOutput().getType()).getNumElements() * filter[1];
    for (int64_t extent : filter.drop_front(2))
      products *= extent;
    return dim.kernel > 1 && 2 * useful <= all && products / all * (all - useful) >= kCostOfOp * (dim.kernel - 1);
  }

  static void split(ConvOp conv, const TapDim &dim, PatternRewriter &rewriter) {
    RankedTensorType type = conv.getOutput().getType();
    int64_t axis = 2 + dim.number, widest = 0;
    for (int64_t tap = 1; tap < dim.kernel; ++tap)
      if (dim.getOutputs(tap).size() > dim.getOutputs(widest).size())
        widest = tap;
    SmallVector<Value> terms = {convolve(rewriter, conv, dim, {widest, widest + 1}, {0, dim.output})};
    for (int64_t tap = 0; tap < dim.kernel; ++tap) {
      Range outputs = dim.getOutputs(tap);
      if (tap == widest || outputs.size() == 0)
        continue;
      ConvOp part = convolve(rewriter, conv, dim, {tap, tap + 1}, outputs);
      part.getBiasMutable().clear();
      SmallVector<int64_t> low(type.getRank(), 0), high(type.getRank(), 0);
      low[axis] = outputs.begin;
      high[axis] = dim.output - outputs.end;
      terms.push_back(PadOp::create(rewriter, conv.getLoc(), type, part, low, high, PadMode::constant,
                                    rewriter.getZeroAttr(type.getElementType())));
    }
    rewriter.replaceOp(conv, createMap(rewriter, conv.getLoc(), type, terms, [&](OpBuilder &builder, ValueRange x) {
                         Value total = x[0];
                         for (Value term : x.drop_front())
                           total = arith::AddFOp::create(builder, conv.getLoc(), total, term);
                         return total;
                       }));
  }
};

class SplitTapsPass : public impl::SplitTapsPassBase<SplitTapsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<TrimTaps>(&getContext(), /*benefit=*/2);
    patterns.add<SplitTaps>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.conv %x, %w bias(%b)  ;  %2 = cnn.map(%1, %scale, %shift) { mulf; addf }
// becomes, with constants computed in double now,
//   %2 = cnn.conv %x, %w' bias(%b')                   w' = w * scale[o], b' = b * scale[o] + shift[o]
// and likewise for a map in front of a convolution.
#include "dialects/cnn/Constants.h"
#include "passes/graph/AffineBody.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_FOLDAFFINEPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// Which output and input channel each `filter[i, j, ...]` connects.
struct FilterChannels {
  int64_t rows, columns, group;
  bool transposed;

  static FilterChannels get(ArrayRef<int64_t> filterShape, int64_t group, bool transposed) {
    return {filterShape[0], filterShape[1], group, transposed};
  }
  int64_t getOutputs() const { return transposed ? columns * group : rows; }

  struct Pair {
    int64_t filter, output, input;
  };
  /// Visits all pairs in the order of the filter's elements.
  template <typename Visitor> void forEach(Visitor visit) const {
    int64_t rowsPerGroup = std::max<int64_t>(rows / group, 1);
    for (int64_t i = 0; i < rows; ++i) {
      int64_t first = i / rowsPerGroup * columns;
      for (int64_t j = 0; j < columns; ++j)
        visit(transposed ? Pair{i * columns + j, first + j, i} : Pair{i * columns + j, i, first + j});
    }
  }
};

std::vector<double> getBias(Value bias, int64_t outputs) {
  std::vector<double> values(outputs, 0.0);
  if (!bias)
    return values;
  if (std::optional<Floats> floats = getFloats(bias))
    llvm::copy(*floats, values.begin());
  return values;
}

bool isFloatConstant(Value value) {
  return value.getDefiningOp<arith::ConstantOp>() && getElementTypeOrSelf(value.getType()).isF32();
}

/// Says so without a look at the elements, which may be many.
template <typename ConvLike> bool hasConstantWeights(ConvLike op) {
  return isFloatConstant(op.getFilter()) && (!op.getBias() || getFloats(op.getBias()));
}

template <typename ConvLike> FilterChannels getChannels(ConvLike op) {
  return FilterChannels::get(getShape(op.getFilter()), op.getGroup(), std::is_same_v<ConvLike, ConvTransposeOp>);
}

/// Replaces the bias of `op` and, unless it is empty, the filter; the constants are made before it.
template <typename ConvLike>
void setWeights(PatternRewriter &rewriter, ConvLike op, std::vector<float> &&filter, ArrayRef<double> bias) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  auto filterType = cast<RankedTensorType>(op.getFilter().getType());
  auto biasType = RankedTensorType::get({static_cast<int64_t>(bias.size())}, rewriter.getF32Type());
  Value newFilter = op.getFilter();
  if (!filter.empty())
    newFilter = createFloats(rewriter, newFilter.getLoc(), filterType, std::move(filter), "filter");
  Value newBias = createFloats(rewriter, op.getLoc(), biasType, std::vector<float>(bias.begin(), bias.end()), "bias");
  rewriter.modifyOpInPlace(op, [&] {
    op.getFilterMutable().assign(newFilter);
    op.getBiasMutable().assign(newBias);
  });
}

/// The filter times a factor for each pair of output and input channel; empty where the affine map only shifts.
template <typename Factor>
std::vector<float> scaleFilter(const Floats &filter, const FilterChannels &channels, const Affine &affine,
                               Factor factor) {
  if (!affine.hasScale())
    return {};
  std::vector<float> scaled = filter.copy();
  int64_t taps = scaled.size() / std::max<int64_t>(channels.rows * channels.columns, 1);
  channels.forEach([&](FilterChannels::Pair pair) {
    double value = factor(pair);
    float *elements = scaled.data() + pair.filter * taps;
    for (int64_t k = 0; k < taps; ++k)
      elements[k] = elements[k] * value;
  });
  return scaled;
}

/// conv -> affine map  =>  conv
template <typename ConvLike> struct FoldIntoProducer : OpRewritePattern<MapOp> {
  using OpRewritePattern<MapOp>::OpRewritePattern;
  LogicalResult matchAndRewrite(MapOp map, PatternRewriter &rewriter) const override {
    for (Value input : map.getInputs()) {
      auto conv = input.getDefiningOp<ConvLike>();
      if (!conv || !conv.getEpilogue().empty() || input.getType() != map.getOutput().getType() ||
          !isOnlyUsedBy(input, map) || !hasConstantWeights(conv))
        continue;
      std::optional<Affine> affine = getAffine(map, input);
      std::optional<Floats> filter = affine ? getFloats(conv.getFilter()) : std::nullopt;
      if (!filter)
        continue;
      FilterChannels channels = getChannels(conv);
      std::vector<double> bias = getBias(conv.getBias(), channels.getOutputs());
      for (auto [channel, value] : llvm::enumerate(bias))
        value = value * affine->getScale(channel) + affine->getShift(channel);
      setWeights(rewriter, conv,
                 scaleFilter(*filter, channels, *affine,
                             [&](FilterChannels::Pair pair) { return affine->getScale(pair.output); }),
                 bias);
      rewriter.modifyOpInPlace(conv, [&] { conv->setLoc(joinLocations(conv.getLoc(), map.getLoc())); });
      rewriter.replaceOp(map, input);
      return success();
    }
    return rewriter.notifyMatchFailure(map, "not affine in a convolution that nothing else reads");
  }
};

/// affine map -> conv  =>  conv, where no pad would have to become the shift
struct FoldIntoConsumer : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConvOp conv, PatternRewriter &rewriter) const override {
    auto map = conv.getInput().getDefiningOp<MapOp>();
    if (!map || !isOnlyUsedBy(map.getOutput(), conv) || llvm::is_contained(conv.getExtras(), map.getOutput()))
      return rewriter.notifyMatchFailure(conv, "input is no map for this convolution alone");
    if (!hasConstantWeights(conv))
      return rewriter.notifyMatchFailure(conv, "weights are no constants");
    for (Value x : map.getInputs()) {
      std::optional<Affine> affine = x.getType() == map.getOutput().getType() ? getAffine(map, x) : std::nullopt;
      bool padded = llvm::any_of(conv.getPads(), [](int64_t pad) { return pad != 0; });
      std::optional<Floats> filter = affine ? getFloats(conv.getFilter()) : std::nullopt;
      if (!filter || (padded && affine->hasShift()))
        continue;
      fold(rewriter, conv, x, *affine, *filter);
      return success();
    }
    return rewriter.notifyMatchFailure(conv, "map is not affine, or its shift would meet the padding");
  }

private:
  static void fold(PatternRewriter &rewriter, ConvOp conv, Value x, const Affine &affine, const Floats &filter) {
    FilterChannels channels = getChannels(conv);
    std::vector<double> bias = getBias(conv.getBias(), channels.getOutputs());
    int64_t taps = filter.size() / std::max<int64_t>(channels.rows * channels.columns, 1);
    if (affine.hasShift())
      channels.forEach([&](FilterChannels::Pair pair) {
        double sum = 0;
        for (int64_t k = 0; k < taps; ++k)
          sum += filter[pair.filter * taps + k];
        bias[pair.output] += sum * affine.getShift(pair.input);
      });
    setWeights(
        rewriter, conv,
        scaleFilter(filter, channels, affine, [&](FilterChannels::Pair pair) { return affine.getScale(pair.input); }),
        bias);
    rewriter.modifyOpInPlace(conv, [&] { conv.getInputMutable().assign(x); });
  }
};

class FoldAffinePass : public impl::FoldAffinePassBase<FoldAffinePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoProducer<ConvOp>, FoldIntoProducer<ConvTransposeOp>>(&getContext(), /*benefit=*/2);
    patterns.add<FoldIntoConsumer>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

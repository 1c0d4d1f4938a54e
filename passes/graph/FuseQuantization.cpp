// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.dequantize %x ; %2 = cnn.dequantize %w ; %3 = cnn.conv %1, %2 ; %4 = cnn.quantize %3
// becomes
//   %4 = cnn.conv %x, %w bias(%b) extras(%m) {pad_value = <zero point of x>} epilogue { sitofp; mulf %m; round;
//   saturate }
//
// The arithmetic is that of ONNX Runtime's QLinearConv and QLinearAdd (mlas: requantize, qladd), bit by bit.
#include "dialects/cnn/Constants.h"
#include "dialects/cnn/Legality.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Quantization.h"
#include "passes/graph/Rewriting.h"

#include <cmath>

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_FUSEQUANTIZATIONPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// Below it a float becomes an integer without a look at its bounds, a zero point added.
constexpr double kSafeReal = 1 << 30;
/// Integers up to it are floats.
constexpr double kExactReal = 1 << 24;

/// The floats that `map` lets through unchanged, if it is a maximum or minimum with constants.
std::optional<std::pair<float, float>> getClip(MapOp map) {
  if (map.getInputs().size() != 1)
    return std::nullopt;
  Block &body = map.getBody().front();
  Value current = body.getArgument(0);
  float low = -INFINITY, high = INFINITY;
  for (Operation &op : body.without_terminator()) {
    if (isa<arith::ConstantOp>(op))
      continue;
    if (!isa<arith::MaximumFOp, arith::MinimumFOp>(op) || !llvm::is_contained(op.getOperands(), current))
      return std::nullopt;
    FloatAttr bound;
    if (!matchPattern(op.getOperand(op.getOperand(0) == current ? 1 : 0), m_Constant(&bound)))
      return std::nullopt;
    float value = bound.getValue().convertToFloat();
    if (std::isnan(value))
      return std::nullopt;
    if (isa<arith::MaximumFOp>(op)) {
      low = std::max(low, value);
      high = std::max(high, value);
    } else {
      low = std::min(low, value);
      high = std::min(high, value);
    }
    current = op.getResult(0);
  }
  if (body.getTerminator()->getOperand(0) != current)
    return std::nullopt;
  return std::pair(low, high);
}

/// A convolution whose operands are dequantised constants and bytes, and what reads its result.
struct QuantizedConv {
  mutable ConvOp op;
  Quantization input, filter;
  SmallVector<int64_t> weights; ///< without their zero points
  SmallVector<int64_t> bias;    ///< empty if none
  QuantizeOp quantize;          ///< null where floats are wanted
  std::optional<Quantization> output;
  float low = -INFINITY, high = INFINITY; ///< what the result is clipped to before it is quantised

  int64_t getOutChannels() const { return getShape(op.getFilter())[0]; }
  ArrayRef<int64_t> getWeights(int64_t channel) const {
    size_t count = weights.size() / getOutChannels();
    return ArrayRef(weights).slice(channel * count, count);
  }
  int64_t getBias(int64_t channel) const { return bias.empty() ? 0 : bias[channel]; }
  float getFactor(int64_t channel) const {
    float product = input.scale[0] * filter.scale[filter.isUniform() ? 0 : channel];
    return output ? product / output->scale[0] : product;
  }
  /// Whether their bytes can be multiplied wherever their channels are kept.
  bool hasKernels() const {
    ConvChannels channels = getConvChannels(op);
    channels.step = getStepElements(IntegerType::get(op.getContext(), 8));
    channels.constantFilter = true;
    return llvm::none_of(ArrayRef{Channels::blocked, Channels::last},
                         [&](Channels output) { return getConvInputs(channels, Algorithm::grouped, output).empty(); });
  }
};

/// The bias as integers of the products' scale; none if it is no such.
std::optional<SmallVector<int64_t>> readBias(Value bias, const QuantizedConv &conv) {
  if (!bias)
    return SmallVector<int64_t>();
  std::optional<Quantization> read = getDequantized(bias);
  if (!read || read->bits != 32 || llvm::any_of(read->zeroPoint, [](int64_t zero) { return zero != 0; }))
    return std::nullopt;
  for (int64_t channel = 0; channel < conv.getOutChannels(); ++channel) {
    float product = conv.input.scale[0] * conv.filter.scale[conv.filter.isUniform() ? 0 : channel];
    if (read->scale[read->isUniform() ? 0 : channel] != product)
      return std::nullopt;
  }
  return getIntegers(bias.getDefiningOp<DequantizeOp>().getInput());
}

bool readWeights(QuantizedConv &conv) {
  std::optional<Quantization> filter = getDequantized(conv.op.getFilter());
  if (!filter || filter->bits != 8 || (!filter->isUniform() && filter->dim != 0))
    return false;
  std::optional<SmallVector<int64_t>> stored =
      getIntegers(conv.op.getFilter().getDefiningOp<DequantizeOp>().getInput());
  if (!stored || stored->empty())
    return false;
  conv.filter = *filter;
  conv.weights = std::move(*stored);
  size_t perChannel = conv.weights.size() / conv.getOutChannels();
  for (auto [i, weight] : llvm::enumerate(conv.weights)) {
    int64_t value = filter->isUnsigned ? weight & 0xff : weight;
    weight = value - filter->zeroPoint[filter->isUniform() ? 0 : i / perChannel];
  }
  return true;
}

/// Follows the only reader of the result, past a clip, to its quantize.
void readOutput(QuantizedConv &conv) {
  Value result = conv.op.getOutput();
  std::optional<std::pair<float, float>> clip;
  if (result.hasOneUse())
    if (auto map = dyn_cast<MapOp>(*result.getUsers().begin()); map && (clip = getClip(map)))
      result = map.getOutput();
  auto quantize = result.hasOneUse() ? dyn_cast<QuantizeOp>(*result.getUsers().begin()) : nullptr;
  std::optional<Quantization> output = quantize ? getQuantization(quantize) : std::nullopt;
  if (!output || !output->isUniform())
    return;
  conv.quantize = quantize;
  conv.output = output;
  if (clip)
    std::tie(conv.low, conv.high) = *clip;
}

/// Writes the convolution of integers.
class Writer {
public:
  Writer(PatternRewriter &rewriter, const QuantizedConv &conv)
      : rewriter(rewriter), conv(conv), location(conv.op.getLoc()) {
    for (int64_t channel = 0; channel < conv.getOutChannels(); ++channel) {
      int64_t negative = 0, positive = 0;
      for (int64_t weight : conv.getWeights(channel))
        (weight < 0 ? negative : positive) += weight;
      // The zero point's part of all products goes in before the first.
      int64_t start = conv.getBias(channel) - conv.input.zeroPoint[0] * (positive + negative);
      starts.push_back(static_cast<int32_t>(start));
      double least = start + 255.0 * negative, most = start + 255.0 * positive;
      double magnitude = std::max(std::abs(least), std::abs(most));
      largest = std::max(largest, magnitude);
      largestPart = std::max(largestPart, std::abs(static_cast<double>(start)) + 255.0 * (positive - negative));
      largestReal = std::max(largestReal, magnitude * conv.getFactor(channel));
    }
  }

  /// None where the sums do not fit their type.
  Value write() {
    auto [low, high] = std::minmax_element(conv.weights.begin(), conv.weights.end());
    bool fitBytes = *low >= -128 && *high <= 127;
    // Sums of groups that share a block may be floats. Others may wrap around on their way.
    bool fits = hasWholeBlocks(getConvChannels(conv.op)) ? largest <= INT32_MAX
                                                         : fitBytes && conv.hasKernels() && largestPart <= kExactReal;
    return fits ? writeInteger(fitBytes ? 8 : 16) : Value();
  }

private:
  Value createConstant(ArrayRef<int64_t> shape, unsigned bits, ArrayRef<int64_t> integers, StringRef name) {
    auto type = RankedTensorType::get(shape, rewriter.getIntegerType(bits));
    return createIntegers(rewriter, location, type, integers, name);
  }

  /// One number per output channel as an extra operand, of the result's rank.
  Value createPerChannel(std::vector<float> &&numbers, StringRef name) {
    SmallVector<int64_t> shape(getShape(conv.op.getOutput()).size(), 1);
    shape[1] = conv.getOutChannels();
    return createFloats(rewriter, location, RankedTensorType::get(shape, rewriter.getF32Type()), std::move(numbers),
                        name);
  }

  Value getInput() { return conv.op.getInput().getDefiningOp<DequantizeOp>().getInput(); }

  /// u8 s8, or where a weight needs nine bits, pairs of 16.
  Value writeInteger(unsigned bits) {
    Value input = getInput(), filter;
    auto stored = conv.op.getFilter().getDefiningOp<DequantizeOp>().getInput();
    bool isStored = bits == 8 && !conv.filter.isUnsigned &&
                    llvm::all_of(conv.filter.zeroPoint, [](int64_t zero) { return zero == 0; });
    filter = isStored ? stored : createConstant(getShape(stored), bits, conv.weights, "filter");
    if (bits == 16)
      input = widen(input);
    return create(input, filter, createConstant(conv.getOutChannels(), 32, starts, "bias"),
                  rewriter.getI64IntegerAttr(conv.input.zeroPoint[0]));
  }

  Value widen(Value bytes) {
    Type half = rewriter.getIntegerType(16);
    return createMap(rewriter, location, RankedTensorType::get(getShape(bytes), half), bytes,
                     [&](OpBuilder &builder, ValueRange x) -> Value {
                       return arith::ExtUIOp::create(builder, location, half, x[0]);
                     });
  }

  Value create(Value input, Value filter, Value bias, IntegerAttr padValue) {
    Type element = conv.output ? Type(rewriter.getIntegerType(conv.output->bits)) : rewriter.getF32Type();
    SmallVector<Value> extras;
    if (!conv.filter.isUniform()) {
      std::vector<float> factors;
      for (int64_t channel = 0; channel < conv.getOutChannels(); ++channel)
        factors.push_back(conv.getFactor(channel));
      extras.push_back(createPerChannel(std::move(factors), "factor"));
    }
    auto type = RankedTensorType::get(getShape(conv.op.getOutput()), element);
    auto written = ConvOp::create(rewriter, location, type, input, filter, bias, extras, conv.op.getStrides(),
                                  conv.op.getDilations(), conv.op.getPads(), conv.op.getGroup(),
                                  conv.op.getAlgorithmAttr(), padValue);
    OpBuilder::InsertionGuard guard(rewriter);
    SmallVector<Type> types = {getAccumulatorType(written)};
    types.append(extras.size(), rewriter.getF32Type());
    Block *body =
        rewriter.createBlock(&written.getEpilogue(), {}, types, SmallVector<Location>(types.size(), location));
    YieldOp::create(rewriter, location, emitEpilogue(body->getArguments()));
    return written.getOutput();
  }

  Value emitEpilogue(ValueRange arguments) {
    Value sum = arith::SIToFPOp::create(rewriter, location, rewriter.getF32Type(), arguments[0]);
    Value factor = conv.filter.isUniform() ? createReal(rewriter, location, conv.getFactor(0)) : arguments.back();
    Value real = arith::MulFOp::create(rewriter, location, sum, factor);
    if (!conv.output)
      return real;
    const Quantization &output = *conv.output;
    // Quantising keeps the order of numbers, so that a clip may as well come after it.
    int64_t lowest = std::max(output.getLowest(), output.quantize(conv.low));
    int64_t highest = std::min(output.getHighest(), output.quantize(conv.high));
    if (largestReal < kSafeReal)
      return emitNarrowing(rewriter, location, real, output.zeroPoint[0], lowest, highest, output.bits);
    real = math::RoundEvenOp::create(rewriter, location, real);
    real = arith::AddFOp::create(rewriter, location, real, createReal(rewriter, location, output.zeroPoint[0]));
    return emitSaturation(rewriter, location, real, lowest, highest, output.bits);
  }

  PatternRewriter &rewriter;
  const QuantizedConv &conv;
  Location location;
  /// Magnitudes of a sum, of one times its factor, and of what a sum may be on its way.
  double largest = 0, largestReal = 0, largestPart = 0;
  SmallVector<int64_t> starts; ///< of the sums of each channel
};

/// dequantize, dequantize -> conv (-> clip) -> quantize  =>  conv of integers
struct FuseConv : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConvOp op, PatternRewriter &rewriter) const override {
    std::optional<Quantization> input = getDequantized(op.getInput());
    if (!input || !input->isUniform() || input->bits != 8 || !input->isUnsigned || !op.getEpilogue().empty())
      return rewriter.notifyMatchFailure(op, "its input is not made of unsigned bytes");
    QuantizedConv conv;
    conv.op = op;
    conv.input = *input;
    if (!readWeights(conv))
      return rewriter.notifyMatchFailure(op, "its filter is no constant of bytes");
    std::optional<SmallVector<int64_t>> bias = readBias(op.getBias(), conv);
    if (!bias)
      return rewriter.notifyMatchFailure(op, "its bias does not have the scale of the products");
    conv.bias = *bias;
    readOutput(conv);
    Operation *last = conv.quantize ? conv.quantize.getOperation() : op.getOperation();
    Value result = Writer(rewriter, conv).write();
    if (!result)
      return rewriter.notifyMatchFailure(op, "its sums may not fit");
    rewriter.replaceOp(last, result);
    return success();
  }
};

/// dequantize, dequantize -> add -> quantize  =>  map { round(c + ra a + rb b) }
struct FuseAdd : OpRewritePattern<QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(QuantizeOp op, PatternRewriter &rewriter) const override {
    auto map = op.getInput().getDefiningOp<MapOp>();
    std::optional<Quantization> output = getQuantization(op);
    if (!map || !isSum(map) || !isOnlyUsedBy(map.getOutput(), op) || !output || !output->isUniform() ||
        output->bits != 8)
      return rewriter.notifyMatchFailure(op, "its input is no sum of two tensors for it alone");
    SmallVector<Quantization> terms;
    SmallVector<Value> inputs;
    for (Value input : map.getInputs()) {
      std::optional<Quantization> term = getDequantized(input);
      if (!term || !term->isUniform() || term->bits != 8 || !term->isUnsigned)
        return rewriter.notifyMatchFailure(op, "a term is not made of unsigned bytes");
      terms.push_back(*term);
      inputs.push_back(input.getDefiningOp<DequantizeOp>().getInput());
    }
    auto emit = [&](OpBuilder &builder, ValueRange bytes) {
      return emitBody(builder, op.getLoc(), bytes, terms, *output);
    };
    rewriter.replaceOp(op, createMap(rewriter, op.getLoc(), op.getOutput().getType(), inputs, emit));
    return success();
  }

private:
  static bool isSum(MapOp map) {
    Block &body = map.getBody().front();
    if (map.getInputs().size() != 2 || llvm::range_size(body.without_terminator()) != 1)
      return false;
    auto add = dyn_cast<arith::AddFOp>(body.front());
    return add && add.getLhs() != add.getRhs() && isa<BlockArgument>(add.getLhs()) &&
           isa<BlockArgument>(add.getRhs()) && body.getTerminator()->getOperand(0) == add.getResult();
  }

  static Value emitBody(OpBuilder &builder, Location location, ValueRange bytes, ArrayRef<Quantization> terms,
                        const Quantization &output) {
    float ratios[2], zeroPoint = output.zeroPoint[0];
    double largest = std::abs(zeroPoint);
    for (int i = 0; i < 2; ++i) {
      ratios[i] = terms[i].scale[0] / output.scale[0];
      largest += 255.0 * ratios[i];
    }
    float shift = zeroPoint - (ratios[0] * terms[0].zeroPoint[0] + ratios[1] * terms[1].zeroPoint[0]);
    Value sum = createReal(builder, location, shift);
    for (int i = 1; i >= 0; --i) {
      Value real = arith::UIToFPOp::create(builder, location, builder.getF32Type(), bytes[i]);
      Value scaled = arith::MulFOp::create(builder, location, real, createReal(builder, location, ratios[i]));
      sum = arith::AddFOp::create(builder, location, sum, scaled);
    }
    if (largest < kSafeReal)
      return emitNarrowing(builder, location, sum, 0, output.getLowest(), output.getHighest(), output.bits);
    return emitSaturation(builder, location, math::RoundEvenOp::create(builder, location, sum), output.getLowest(),
                          output.getHighest(), output.bits);
  }
};

class FuseQuantizationPass : public impl::FuseQuantizationPassBase<FuseQuantizationPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseConv, FuseAdd>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

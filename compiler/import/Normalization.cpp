// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Normalisations by stored statistics (cnn.batch_norm) and by the tensor's own (maps and reductions).
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"
#include "dialects/cnn/Constants.h"

#include <cmath>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

static Value multiply(Node &node, Value a, Value b) {
  return emitMap(node, {a, b}, getElement(a), [](Scalars &s, ValueRange x) { return s.multiply(x[0], x[1]); });
}

static Value add(Node &node, Value a, Value b) {
  return emitMap(node, {a, b}, getElement(a), [](Scalars &s, ValueRange x) { return s.add(x[0], x[1]); });
}

static bool requireFloats(Node &node, int64_t rank) {
  for (unsigned i = 0; i < node.getInputCount(); ++i)
    if (node.hasInput(i) && !node.getType(i).isFloat())
      node.error("requires floats, but found " + node.getType(i).getName());
  if (node.getRank(0) < rank)
    node.error("requires an input of rank " + llvm::Twine(rank) + " or more, but found " +
               cnn::toString(node.getShape(0)));
  return !node.hasFailed();
}

/// Since opset 14 an attribute says so; before it, further results did, read or not, unless is_test said otherwise.
static bool isTraining(Node &node) {
  if (node.opset >= 14)
    return node.getInteger("training_mode", 0) != 0;
  bool hasStatistics = llvm::any_of(llvm::drop_begin(node.proto.output()), [](auto &name) { return !name.empty(); });
  return hasStatistics && (node.opset >= 7 || !node.getInteger("is_test", 0));
}

/// The classic silent bug of exported networks: statistics of the batch instead of the stored ones.
static bool checkTraining(Node &node) {
  if (!isTraining(node) || node.isInference())
    return true;
  node.error("is in training mode: it would normalise by the statistics of its batch, not by the stored ones");
  node.notes.push_back("export the network in evaluation mode, or use the stored statistics with --inference");
  return false;
}

/// In inference the statistics that would be stored are the stored ones.
static void passStatistics(Node &node) {
  for (unsigned i = 1; i < 5; ++i) {
    if (!isTraining(node) || !node.isOutputUsed(i))
      continue;
    node.setResult(i, node.getInput(i % 2 ? 3 : 4), node.getType(i % 2 ? 3 : 4));
    node.warn("gives its stored statistics as its result " + llvm::Twine(i) + ", not those of the batch");
  }
}

static void checkStatistics(Node &node) {
  std::optional<cnn::Floats> mean = cnn::getFloats(node.getInput(3)), variance = cnn::getFloats(node.getInput(4));
  if (!mean || !variance)
    return;
  if (llvm::any_of(*variance, [](float v) { return std::isnan(v) || v < 0; }))
    node.warn("has a variance that is negative or not a number");
  bool untouched = mean->size() > 1 && llvm::all_of(*variance, [](float v) { return v == 1; }) &&
                   llvm::all_of(*mean, [](float m) { return m == 0; });
  if (untouched)
    node.warn("has statistics that were never updated: mean 0 and variance 1 throughout");
}

namespace {

struct Normalized {
  Value result, mean, variance, inverse;
};

} // namespace

/// (x - mean) / sqrt(variance + epsilon), both over `axes`; without `centers`, x / sqrt(mean of squares + epsilon).
static Normalized normalize(Node &node, Value x, ShapeRef axes, double epsilon, bool centers = true) {
  double size = 1;
  for (int64_t axis : axes)
    size *= static_cast<double>(getShape(x)[axis]);
  Normalized normalized;
  Value centered = x;
  if (centers) {
    normalized.mean = emitReduce(node, cnn::ReduceKind::sum, x, axes, 1 / size);
    centered = emitMap(node, {x, normalized.mean}, getElement(x),
                       [](Scalars &s, ValueRange v) { return s.subtract(v[0], v[1]); });
  }
  normalized.variance = emitReduce(node, cnn::ReduceKind::sum, centered, axes, 1 / size,
                                   [](Scalars &s, ValueRange v) { return s.multiply(v[0], v[0]); });
  normalized.inverse = emitMap(node, normalized.variance, getElement(x), [&](Scalars &s, ValueRange v) {
    return s.divide(s.constant(v[0], 1), s.make<math::SqrtOp>(s.add(v[0], epsilon)));
  });
  normalized.result = multiply(node, centered, normalized.inverse);
  return normalized;
}

/// Input 0 normalised over `axes`, with a scale and a bias per channel.
static Normalized importNormalization(Node &node, ShapeRef axes) {
  Normalized normalized = normalize(node, node.getInput(0), axes, node.getReal("epsilon", 1e-5f));
  Value result = multiply(node, normalized.result, emitAlong(node, node.getInput(1), 1, node.getRank(0)));
  result = add(node, result, emitAlong(node, node.getInput(2), 1, node.getRank(0)));
  node.setResult(0, result, node.getType(0));
  return normalized;
}

/// Scaled weight standardisation is exported so: a filter, normalised by its own statistics. The others are what would
/// be stored of them.
static void importStandardization(Node &node) {
  Shape axes = {0};
  axes.append(getDims(2, node.getRank(0)));
  Normalized normalized = importNormalization(node, axes);
  double momentum = node.getReal("momentum", 0.9f);
  for (auto [output, current] : {std::pair(1u, normalized.mean), std::pair(2u, normalized.variance)}) {
    if (!node.isOutputUsed(output))
      continue;
    Value flat = emitReshape(node, current, node.getShape(2 + output));
    Value stored = emitMap(node, {flat, node.getInput(2 + output)}, getElement(flat), [&](Scalars &s, ValueRange v) {
      return s.add(s.multiply(v[0], 1 - momentum), s.multiply(v[1], momentum));
    });
    node.setResult(output, stored, node.getType(2 + output));
  }
  // Until opset 13 the batch's own statistics are results as well.
  for (auto [output, current] : {std::pair(3u, normalized.mean), std::pair(4u, normalized.variance)})
    if (node.isOutputUsed(output))
      node.setResult(output, emitReshape(node, current, node.getShape(output)), node.getType(output));
}

void cnnc::importing::importBatchNormalization(Node &node) {
  if (!requireFloats(node, 2))
    return;
  bool standardizes = isTraining(node) && node.isConstant(0);
  if (!standardizes && !checkTraining(node))
    return;
  if (node.opset < 9 && node.getInteger("spatial", 1) == 0) {
    node.error("requires spatial = 1, but found 0");
    return;
  }
  Shape channels = {node.getShape(0)[1]};
  for (unsigned i = 1; i < 5; ++i)
    if (node.getShape(i) != ShapeRef(channels)) {
      node.error("requires parameters of shape " + cnn::toString(channels) + ", but found " +
                 cnn::toString(node.getShape(i)));
      return;
    }
  if (standardizes)
    return importStandardization(node);
  checkStatistics(node);
  passStatistics(node);
  double epsilon = node.getReal("epsilon", 1e-5f);
  // What is constant altogether is arithmetic that folds.
  bool isConstant =
      !node.isConstant(0) && node.isConstant(1) && node.isConstant(2) && node.isConstant(3) && node.isConstant(4);
  Value x = node.getInput(0), scale = node.getInput(1), bias = node.getInput(2), mean = node.getInput(3),
        variance = node.getInput(4);
  if (isConstant) {
    Value result = cnn::BatchNormOp::create(node.builder, node.location, x.getType(), x, scale, bias, mean, variance,
                                            node.builder.getF64FloatAttr(epsilon));
    node.setResult(0, result, node.getType(0));
    return;
  }
  SmallVector<Value> operands = {x};
  for (Value parameter : {scale, bias, mean, variance})
    operands.push_back(emitAlong(node, parameter, 1, node.getRank(0)));
  Value result = emitMap(node, operands, getElement(x), [&](Scalars &s, ValueRange v) {
    Value deviation = s.make<math::SqrtOp>(s.add(v[4], epsilon));
    return s.add(s.multiply(s.divide(s.subtract(v[0], v[3]), deviation), v[1]), v[2]);
  });
  node.setResult(0, result, node.getType(0));
}

void cnnc::importing::importInstanceNormalization(Node &node) {
  if (!requireFloats(node, 3))
    return;
  importNormalization(node, getDims(2, node.getRank(0)));
}

/// From the attribute `axis` to the last one; none, with an error, where that cannot be.
static std::optional<Shape> getTrailingAxes(Node &node) {
  if (!requireFloats(node, 1))
    return std::nullopt;
  std::optional<int64_t> axis = node.getAxis(node.getInteger("axis", -1), node.getRank(0));
  return axis ? std::optional(getDims(*axis, node.getRank(0))) : std::nullopt;
}

void cnnc::importing::importLayerNormalization(Node &node) {
  std::optional<Shape> axes = getTrailingAxes(node);
  if (!axes)
    return;
  Normalized normalized = normalize(node, node.getInput(0), *axes, node.getReal("epsilon", 1e-5f));
  Value result = multiply(node, normalized.result, node.getInput(1));
  if (node.hasInput(2))
    result = add(node, result, node.getInput(2));
  node.setResult(0, result, node.getType(0));
  constexpr ElementType single{onnx::TensorProto::FLOAT};
  for (auto [output, value] : {std::pair(1u, normalized.mean), std::pair(2u, normalized.inverse)})
    if (node.isOutputUsed(output))
      node.setResult(output,
                     emitMap(node, value, node.builder.getF32Type(),
                             [&](Scalars &s, ValueRange x) { return s.cast(x[0], node.getType(0), single); }),
                     single);
}

void cnnc::importing::importRMSNormalization(Node &node) {
  std::optional<Shape> axes = getTrailingAxes(node);
  if (!axes)
    return;
  double epsilon = node.getReal("epsilon", 1e-5f);
  Value result = normalize(node, node.getInput(0), *axes, epsilon, /*centers=*/false).result;
  node.setResult(0, multiply(node, result, node.getInput(1)), node.getType(0));
}

/// N, C, spatial becomes N, G, C/G, spatial; each group is normalised on its own.
void cnnc::importing::importGroupNormalization(Node &node) {
  if (!requireFloats(node, 2))
    return;
  Shape shape(node.getShape(0));
  int64_t groups = node.getInteger("num_groups", 0), rank = shape.size();
  if (groups < 1 || shape[1] % groups) {
    node.error("requires num_groups that divides " + llvm::Twine(shape[1]) + " channels, but found " +
               llvm::Twine(groups));
    return;
  }
  Shape grouped = {shape[0], groups, shape[1] / groups};
  grouped.append(shape.begin() + 2, shape.end());
  Shape axes = getDims(2, rank + 1);
  Value split = emitReshape(node, node.getInput(0), grouped);
  Value result = normalize(node, split, axes, node.getReal("epsilon", 1e-5f)).result;
  // Until opset 20 scale and bias had an entry per group; since 21, per channel.
  bool isPerGroup = node.opset < 21;
  if (!isPerGroup)
    result = emitReshape(node, result, shape);
  int64_t along = isPerGroup ? rank + 1 : rank;
  result = multiply(node, result, emitAlong(node, node.getInput(1), 1, along));
  result = add(node, result, emitAlong(node, node.getInput(2), 1, along));
  node.setResult(0, emitReshape(node, result, shape), node.getType(0));
}

void cnnc::importing::importMeanVarianceNormalization(Node &node) {
  if (!requireFloats(node, 1))
    return;
  Shape axes = node.getIntegers("axes").value_or(Shape{0, 2, 3});
  for (int64_t &axis : axes) {
    std::optional<int64_t> normal = node.getAxis(axis, node.getRank(0));
    if (!normal)
      return;
    axis = *normal;
  }
  node.setResult(0, normalize(node, node.getInput(0), axes, 1e-9).result, node.getType(0));
}

void cnnc::importing::importLpNormalization(Node &node) {
  if (!requireFloats(node, 1))
    return;
  std::optional<int64_t> axis = node.getAxis(node.getInteger("axis", -1), node.getRank(0));
  int64_t p = node.getInteger("p", 2);
  if (!axis || (p != 1 && p != 2)) {
    node.error("requires p of 1 or 2, but found " + llvm::Twine(p));
    return;
  }
  Value x = node.getInput(0);
  Value norm = emitReduce(node, cnn::ReduceKind::sum, x, *axis, {}, [&](Scalars &s, ValueRange v) {
    return p == 1 ? s.make<math::AbsFOp>(v[0]) : s.multiply(v[0], v[0]);
  });
  Value result = emitMap(node, {x, norm}, getElement(x), [&](Scalars &s, ValueRange v) {
    Value length = p == 1 ? Value(v[1]) : s.make<math::SqrtOp>(v[1]);
    // A vector of zeros stays one.
    Value zero = s.constant(length, 0);
    return s.select(s.equal(length, zero), zero, s.divide(v[0], length));
  });
  node.setResult(0, result, node.getType(0));
}

/// y[c] = x[c] / (bias + alpha / size * sum of x^2 over the window of `size` channels around c)^beta. The sum over a
/// window of channels is a 1x1 convolution whose filter is a band of ones.
void cnnc::importing::importLRN(Node &node) {
  if (!requireFloats(node, 2))
    return;
  int64_t size = node.getInteger("size", 0), channels = node.getShape(0)[1];
  double alpha = node.getReal("alpha", 1e-4f), beta = node.getReal("beta", 0.75), bias = node.getReal("bias", 1);
  if (size < 1) {
    node.error("requires a positive size, but found " + llvm::Twine(size));
    return;
  }
  // The filter is the square of the channels.
  constexpr int64_t kMaxChannels = 16384;
  if (channels > kMaxChannels) {
    node.error("requires at most " + llvm::Twine(kMaxChannels) + " channels, but found " + llvm::Twine(channels));
    return;
  }
  std::vector<double> band(channels * channels, 0);
  int64_t below = std::min((size - 1) / 2, channels), above = std::min(size - 1 - (size - 1) / 2, channels);
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t other = std::max<int64_t>(0, c - below); other <= std::min(channels - 1, c + above); ++other)
      band[c * channels + other] = 1;
  Shape shape(node.getRank(0), 1);
  shape[0] = shape[1] = channels;
  Value x = node.getInput(0);
  Value squares = emitMap(node, x, getElement(x), [](Scalars &s, ValueRange v) { return s.multiply(v[0], v[0]); });
  Value sums = emitPointwise(node, squares, emitReals(node, shape, getElement(x), band), Value());
  Value result = emitMap(node, {x, sums}, getElement(x), [&](Scalars &s, ValueRange v) {
    Value base = s.add(s.multiply(v[1], alpha / static_cast<double>(size)), bias);
    return s.divide(v[0], s.make<math::PowFOp>(base, s.constant(base, beta)));
  });
  node.setResult(0, result, node.getType(0));
}

void cnnc::importing::importDropout(Node &node) {
  if (node.hasInput(2) && !node.isInference()) {
    std::optional<Shape> trains = node.getConstantIntegers(2, "training_mode");
    if (!trains)
      return;
    if (!trains->empty() && trains->front()) {
      node.error("is in training mode: it would drop elements at random");
      node.notes.push_back("export the network in evaluation mode, or pass elements on with --inference");
      return;
    }
  }
  node.setResult(0, node.getInput(0), node.getType(0));
  if (!node.isOutputUsed(1))
    return;
  // The mask keeps everything. Before opset 10 it had the input's type.
  ElementType type = node.opset < 10 ? node.getType(0) : ElementType{onnx::TensorProto::BOOL};
  node.setResult(1, emitSplat(node, node.getShape(0), type.getComputeType(node.builder.getContext()), 1), type);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions, and softmax as map and reduce.
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"

#include <limits>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

namespace {

/// From which opset the axes are an input.
constexpr int64_t kAxesInput = 18, kSumAxesInput = 13;

struct Axes {
  Shape axes, squeezed;
  double size = 1;
};

} // namespace

/// The axes of a reduction, and the result's shape without them if keepdims is 0. None also if nothing is to be done,
/// and then the result is set.
static std::optional<Axes> readAxes(Node &node, int64_t inputSince = kAxesInput) {
  int64_t rank = node.getRank(0);
  std::optional<Shape> given = node.getIntegersOf("axes", 1, inputSince);
  if (node.hasFailed())
    return std::nullopt;
  if (!given || given->empty()) {
    if (node.getInteger("noop_with_empty_axes", 0)) {
      node.setResult(0, node.getInput(0), node.getType(0));
      return std::nullopt;
    }
    given = getDims(0, rank);
  }
  Axes result;
  for (int64_t axis : *given) {
    std::optional<int64_t> normal = node.getAxis(axis, rank);
    if (!normal)
      return std::nullopt;
    result.axes.push_back(*normal);
    result.size *= static_cast<double>(node.getShape(0)[*normal]);
  }
  llvm::sort(result.axes);
  bool keeps = node.getInteger("keepdims", 1) != 0;
  for (int64_t i = 0; i < rank; ++i)
    if (!llvm::is_contained(result.axes, i))
      result.squeezed.push_back(node.getShape(0)[i]);
    else if (keeps)
      result.squeezed.push_back(1);
  return result;
}

static bool requireNumbers(Node &node, bool floatsOnly) {
  ElementType type = node.getType(0);
  if (!type.isFloat() && (floatsOnly || !type.isInteger() || type.isUnsigned()))
    node.error("requires " + llvm::Twine(floatsOnly ? "floats" : "floats or signed integers") + ", but found " +
               type.getName());
  return !node.hasFailed();
}

static void finish(Node &node, const Axes &axes, Value result) {
  node.setResult(0, emitReshape(node, result, axes.squeezed), node.getType(0));
}

static void importReduction(Node &node, cnn::ReduceKind kind, bool isMean, ScalarBody body, bool floatsOnly = false,
                            int64_t inputSince = kAxesInput) {
  if (!requireNumbers(node, floatsOnly || isMean))
    return;
  if (std::optional<Axes> axes = readAxes(node, inputSince)) {
    std::optional<double> factor = isMean ? std::optional<double>(1 / axes->size) : std::nullopt;
    finish(node, *axes, emitReduce(node, kind, node.getInput(0), axes->axes, factor, body));
  }
}

static Value square(Scalars &s, ValueRange x) { return s.multiply(x[0], x[0]); }
static Value magnitude(Scalars &s, ValueRange x) {
  return isa<FloatType>(x[0].getType()) ? s.make<math::AbsFOp>(x[0]) : s.make<math::AbsIOp>(x[0]);
}

void cnnc::importing::importReduceSum(Node &node) {
  importReduction(node, cnn::ReduceKind::sum, false, getIdentity, false, kSumAxesInput);
}
void cnnc::importing::importReduceMean(Node &node) { importReduction(node, cnn::ReduceKind::sum, true, getIdentity); }
void cnnc::importing::importReduceMax(Node &node) { importReduction(node, cnn::ReduceKind::max, false, getIdentity); }
void cnnc::importing::importReduceMin(Node &node) { importReduction(node, cnn::ReduceKind::min, false, getIdentity); }
void cnnc::importing::importReduceProd(Node &node) { importReduction(node, cnn::ReduceKind::prod, false, getIdentity); }
void cnnc::importing::importReduceL1(Node &node) { importReduction(node, cnn::ReduceKind::sum, false, magnitude); }
void cnnc::importing::importReduceSumSquare(Node &node) { importReduction(node, cnn::ReduceKind::sum, false, square); }

void cnnc::importing::importReduceL2(Node &node) {
  if (!requireNumbers(node, /*floatsOnly=*/true))
    return;
  std::optional<Axes> axes = readAxes(node);
  if (!axes)
    return;
  Value sum = emitReduce(node, cnn::ReduceKind::sum, node.getInput(0), axes->axes, {}, square);
  finish(node, *axes,
         emitMap(node, sum, getElement(sum), [](Scalars &s, ValueRange x) { return s.make<math::SqrtOp>(x[0]); }));
}

static Value emitLog(Node &node, Value input) {
  return emitMap(node, input, getElement(input), [](Scalars &s, ValueRange x) { return s.make<math::LogOp>(x[0]); });
}

void cnnc::importing::importReduceLogSum(Node &node) {
  if (!requireNumbers(node, /*floatsOnly=*/true))
    return;
  if (std::optional<Axes> axes = readAxes(node))
    finish(node, *axes, emitLog(node, emitReduce(node, cnn::ReduceKind::sum, node.getInput(0), axes->axes)));
}

namespace {

struct Exponentials {
  Value shifted, exponentials, sum;
};

} // namespace

/// exp(x - max) and its sum: the maximum keeps the exponentials from overflowing.
static Exponentials emitExponentials(Node &node, Value x, Value maximum, ShapeRef axes) {
  Exponentials e;
  e.shifted =
      emitMap(node, {x, maximum}, getElement(x), [](Scalars &s, ValueRange v) { return s.subtract(v[0], v[1]); });
  e.exponentials =
      emitMap(node, e.shifted, getElement(x), [](Scalars &s, ValueRange v) { return s.make<math::ExpOp>(v[0]); });
  e.sum = emitReduce(node, cnn::ReduceKind::sum, e.exponentials, axes);
  return e;
}

/// What is subtracted before exp and added after log: the maximum, but no infinity, whose difference to itself is no
/// number. exp and log take infinities as they are.
static Value emitFiniteMaximum(Node &node, Value x, ShapeRef axes) {
  Value maximum = emitReduce(node, cnn::ReduceKind::max, x, axes);
  return emitMap(node, maximum, getElement(x), [](Scalars &s, ValueRange v) {
    Value infinity = s.constant(v[0], std::numeric_limits<double>::infinity());
    return s.select(s.less(s.make<math::AbsFOp>(v[0]), infinity), v[0], s.constant(v[0], 0));
  });
}

void cnnc::importing::importReduceLogSumExp(Node &node) {
  if (!requireNumbers(node, /*floatsOnly=*/true))
    return;
  std::optional<Axes> axes = readAxes(node);
  if (!axes)
    return;
  Value maximum = emitFiniteMaximum(node, node.getInput(0), axes->axes);
  Exponentials e = emitExponentials(node, node.getInput(0), maximum, axes->axes);
  Value result = emitMap(node, {emitLog(node, e.sum), maximum}, getElement(e.sum),
                         [](Scalars &s, ValueRange x) { return s.add(x[0], x[1]); });
  finish(node, *axes, result);
}

/// Until opset 12 softmax went over the matrix of all dimensions before and all from `axis` on: over several axes.
static std::optional<Shape> getSoftmaxAxes(Node &node, bool isFlat) {
  int64_t rank = node.getRank(0);
  std::optional<int64_t> axis = node.getAxis(node.getInteger("axis", isFlat ? 1 : -1), rank);
  if (!axis || !requireNumbers(node, /*floatsOnly=*/true))
    return std::nullopt;
  return isFlat ? getDims(*axis, rank) : Shape{*axis};
}

static void emitSoftmax(Node &node, bool isFlat) {
  std::optional<Shape> axes = getSoftmaxAxes(node, isFlat);
  if (!axes)
    return;
  Value maximum = emitReduce(node, cnn::ReduceKind::max, node.getInput(0), *axes);
  Exponentials e = emitExponentials(node, node.getInput(0), maximum, *axes);
  Value result = emitMap(node, {e.exponentials, e.sum}, getElement(e.sum),
                         [](Scalars &s, ValueRange x) { return s.divide(x[0], x[1]); });
  node.setResult(0, result, node.getType(0));
}

static void emitLogSoftmax(Node &node, bool isFlat) {
  std::optional<Shape> axes = getSoftmaxAxes(node, isFlat);
  if (!axes)
    return;
  Value maximum = emitReduce(node, cnn::ReduceKind::max, node.getInput(0), *axes);
  Exponentials e = emitExponentials(node, node.getInput(0), maximum, *axes);
  Value result = emitMap(node, {e.shifted, emitLog(node, e.sum)}, getElement(e.sum),
                         [](Scalars &s, ValueRange x) { return s.subtract(x[0], x[1]); });
  node.setResult(0, result, node.getType(0));
}

void cnnc::importing::importSoftmax(Node &node) { emitSoftmax(node, /*isFlat=*/false); }
void cnnc::importing::importFlatSoftmax(Node &node) { emitSoftmax(node, /*isFlat=*/true); }
void cnnc::importing::importLogSoftmax(Node &node) { emitLogSoftmax(node, /*isFlat=*/false); }
void cnnc::importing::importFlatLogSoftmax(Node &node) { emitLogSoftmax(node, /*isFlat=*/true); }

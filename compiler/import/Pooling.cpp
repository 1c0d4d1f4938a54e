// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pooling by windows and over whole maps.
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"
#include "compiler/import/Windows.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

/// Averages and maxima are taken of floats; other types pass through float and back, which is exact for 8 bits.
static Value castToFloat(Node &node) {
  ElementType type = node.getType(0), single{onnx::TensorProto::FLOAT};
  if (type.isFloat())
    return node.getInput(0);
  if (type.getBytes() > 1)
    return node.error("requires floats or 8-bit integers, but found " + type.getName()), Value();
  return emitMap(node, node.getInput(0), node.builder.getF32Type(),
                 [&](Scalars &s, ValueRange x) { return s.cast(x[0], type, single); });
}

static void setPooled(Node &node, Value result) {
  ElementType type = node.getType(0), single{onnx::TensorProto::FLOAT};
  if (!type.isFloat())
    result = emitMap(node, result, type.getComputeType(node.builder.getContext()),
                     [&](Scalars &s, ValueRange x) { return s.cast(x[0], single, type); });
  node.setResult(0, result, type);
}

static Value emitPool(Node &node, Value input, cnn::PoolKind kind, bool countsPad) {
  std::optional<cnn::Window> window = readPaddedWindow(node);
  if (!window || !input)
    return {};
  std::string reason;
  cnn::ShapeOr shape = cnn::inferPool(node.getShape(0), *window, node.getInteger("ceil_mode", 0) != 0, reason);
  if (failed(shape))
    return node.error(reason), Value();
  for (size_t i = 0; i < window->kernel.size(); ++i)
    for (int64_t pad : {window->pads[i], window->pads[window->kernel.size() + i]})
      if (pad >= (window->kernel[i] - 1) * window->dilations[i] + 1)
        return node.error("requires pads smaller than the window, but found " + cnn::toString(window->pads)), Value();
  auto type = RankedTensorType::get(*shape, getElement(input));
  return cnn::PoolOp::create(node.builder, node.location, type, input, ValueRange(), kind, window->kernel,
                             window->strides, window->dilations, window->pads, countsPad);
}

void cnnc::importing::importAveragePool(Node &node) {
  bool countsPad = node.getInteger("count_include_pad", 0) != 0;
  setPooled(node, emitPool(node, castToFloat(node), cnn::PoolKind::average, countsPad));
}

void cnnc::importing::importMaxPool(Node &node) {
  setPooled(node, emitPool(node, castToFloat(node), cnn::PoolKind::max, /*countsPad=*/false));
}

/// (sum of |x|^p)^(1/p), the sum as an average that counts pads, times the window's size.
static Value raise(Node &node, Value input, int64_t p) {
  return emitMap(node, input, getElement(input), [&](Scalars &s, ValueRange x) -> Value {
    if (p == 2)
      return s.multiply(x[0], x[0]);
    Value magnitude = s.make<math::AbsFOp>(x[0]);
    return p == 1 ? magnitude : s.make<math::PowFOp>(magnitude, s.constant(x[0], p));
  });
}

static Value root(Node &node, Value input, int64_t p, double factor) {
  return emitMap(node, input, getElement(input), [&](Scalars &s, ValueRange x) -> Value {
    Value sum = factor == 1 ? Value(x[0]) : s.multiply(x[0], factor);
    if (p == 2)
      return s.make<math::SqrtOp>(sum);
    return p == 1 ? sum : s.make<math::PowFOp>(sum, s.constant(sum, 1.0 / p));
  });
}

void cnnc::importing::importLpPool(Node &node) {
  int64_t p = node.getInteger("p", 2);
  if (p < 1 || !node.getType(0).isFloat() || node.getInteger("ceil_mode", 0)) {
    node.error("requires floats, a positive p and no ceil_mode");
    return;
  }
  Value pooled = emitPool(node, raise(node, node.getInput(0), p), cnn::PoolKind::average, /*countsPad=*/true);
  double size = 1;
  for (int64_t extent : node.getIntegers("kernel_shape").value_or(Shape()))
    size *= static_cast<double>(extent);
  node.setResult(0, root(node, pooled, p, size), node.getType(0));
}

/// The spatial axes, and over how many elements they go.
static std::optional<Shape> getSpatialAxes(Node &node, double &size) {
  if (node.getRank(0) < 2 || !node.getType(0).isFloat())
    return node.error("requires floats of rank 2 or more");
  Shape axes = getDims(2, node.getRank(0));
  size = 1;
  for (int64_t axis : axes)
    size *= static_cast<double>(node.getShape(0)[axis]);
  return axes;
}

void cnnc::importing::importGlobalAveragePool(Node &node) {
  double size = 1;
  std::optional<Shape> axes = getSpatialAxes(node, size);
  if (axes)
    node.setResult(0, emitReduce(node, cnn::ReduceKind::sum, node.getInput(0), *axes, 1 / size), node.getType(0));
}

void cnnc::importing::importGlobalMaxPool(Node &node) {
  double size = 1;
  std::optional<Shape> axes = getSpatialAxes(node, size);
  if (axes)
    node.setResult(0, emitReduce(node, cnn::ReduceKind::max, node.getInput(0), *axes), node.getType(0));
}

void cnnc::importing::importGlobalLpPool(Node &node) {
  double size = 1;
  std::optional<Shape> axes = getSpatialAxes(node, size);
  int64_t p = node.getInteger("p", 2);
  if (!axes || p < 1) {
    node.error("requires a positive p, but found " + llvm::Twine(p));
    return;
  }
  Value sum = emitReduce(node, cnn::ReduceKind::sum, raise(node, node.getInput(0), p), *axes);
  node.setResult(0, root(node, sum, p, 1), node.getType(0));
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators whose results are known while importing.
#include "dialects/cnn/Constants.h"

#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"

#include <cmath>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

void cnnc::importing::importConstant(Node &node) {
  constexpr ElementType single{onnx::TensorProto::FLOAT}, integer{onnx::TensorProto::INT64};
  if (node.hasAttribute("value")) {
    ElementType type;
    ElementsAttr elements = node.getTensor("value", type);
    node.setResult(0, emitConstant(node, elements), type);
  } else if (node.hasAttribute("value_float")) {
    node.setResult(0, emitFloats(node, {}, {static_cast<float>(node.getReal("value_float", 0))}), single);
  } else if (node.hasAttribute("value_int")) {
    node.setResult(0, emitIntegers(node, {}, node.getInteger("value_int", 0)), integer);
  } else if (std::optional<SmallVector<double>> reals = node.getReals("value_floats")) {
    std::vector<float> floats(reals->begin(), reals->end());
    node.setResult(0, emitFloats(node, static_cast<int64_t>(reals->size()), std::move(floats)), single);
  } else if (std::optional<Shape> integers = node.getIntegers("value_ints")) {
    node.setResult(0, emitIntegers(node, static_cast<int64_t>(integers->size()), *integers), integer);
  } else {
    node.error("requires a value that is a tensor, number or list of numbers");
  }
}

void cnnc::importing::importConstantOfShape(Node &node) {
  std::optional<Shape> shape = node.getConstantIntegers(0, "shape");
  if (!shape)
    return;
  std::string reason;
  if (failed(cnn::checkShape(*shape, reason))) {
    node.error(reason);
    return;
  }
  if (!node.takeFilled(*cnn::getElementCount(*shape)))
    return;
  ElementType type{onnx::TensorProto::FLOAT};
  ElementsAttr value;
  if (node.hasAttribute("value")) {
    value = node.getTensor("value", type);
    if (!value || value.getNumElements() != 1) {
      node.error("requires a value of 1 element");
      return;
    }
  }
  Type element = type.getComputeType(node.builder.getContext());
  auto dense = dyn_cast_or_null<DenseElementsAttr>(value);
  Attribute fill = dense ? *dense.value_begin<Attribute>() : node.builder.getZeroAttr(element);
  node.setResult(0, emitConstant(node, DenseElementsAttr::get(RankedTensorType::get(*shape, element), fill)), type);
}

void cnnc::importing::importShape(Node &node) {
  int64_t rank = node.getRank(0);
  auto clamp = [&](int64_t bound) { return std::clamp<int64_t>(bound < 0 ? bound + rank : bound, 0, rank); };
  int64_t start = clamp(node.getInteger("start", 0)), end = clamp(node.getInteger("end", rank));
  ShapeRef part = node.getShape(0).slice(start, std::max<int64_t>(end - start, 0));
  node.setResult(0, emitIntegers(node, static_cast<int64_t>(part.size()), part), {onnx::TensorProto::INT64});
}

void cnnc::importing::importSize(Node &node) {
  int64_t count = node.getCount(0);
  node.setResult(0, emitIntegers(node, {}, count), {onnx::TensorProto::INT64});
}

static void importIntegerRange(Node &node) {
  SmallVector<int64_t> bounds;
  for (unsigned i = 0; i < 3; ++i) {
    std::optional<Shape> number = node.getConstantIntegers(i, i == 0 ? "start" : i == 1 ? "limit" : "delta");
    if (!number || number->size() != 1) {
      node.error("requires scalars");
      return;
    }
    bounds.push_back(number->front());
  }
  // In 128 bits nothing here overflows.
  __int128 start = bounds[0], span = static_cast<__int128>(bounds[1]) - start, delta = bounds[2];
  __int128 count = delta == 0 ? -1 : (span + delta - (delta > 0 ? 1 : -1)) / delta;
  if (delta == 0)
    node.error("requires a delta that is not 0");
  if (delta == 0 || !node.checkListed(static_cast<int64_t>(std::min<__int128>(count, cnn::kMaxElements))))
    return;
  SmallVector<int64_t> numbers;
  for (__int128 i = 0; i < count; ++i)
    numbers.push_back(static_cast<int64_t>(start + i * delta));
  Value wide = emitIntegers(node, static_cast<int64_t>(numbers.size()), numbers);
  ElementType type = node.getType(0), from{onnx::TensorProto::INT64};
  Type element = type.getComputeType(node.builder.getContext());
  if (getElement(wide) != element)
    wide = emitMap(node, wide, element, [&](Scalars &s, ValueRange x) { return s.cast(x[0], from, type); });
  node.setResult(0, wide, type);
}

void cnnc::importing::importRange(Node &node) {
  if (node.getType(0).isInteger())
    return importIntegerRange(node);
  SmallVector<double> bounds;
  for (unsigned i = 0; i < 3; ++i) {
    std::optional<SmallVector<double>> number = node.getConstantReals(i, i == 0 ? "start" : i == 1 ? "limit" : "delta");
    if (!number || number->size() != 1) {
      node.error("requires scalars");
      return;
    }
    bounds.push_back(number->front());
  }
  double count = std::max(0.0, std::ceil((bounds[1] - bounds[0]) / bounds[2]));
  if (std::isnan(count) || bounds[2] == 0)
    node.error("requires a delta that is not 0 and bounds that are numbers");
  if (node.hasFailed() || !node.checkListed(static_cast<int64_t>(std::min<double>(count, cnn::kMaxElements))))
    return;
  SmallVector<double> numbers;
  for (int64_t i = 0; i < static_cast<int64_t>(count); ++i)
    numbers.push_back(bounds[0] + static_cast<double>(i) * bounds[2]);
  auto size = static_cast<int64_t>(numbers.size());
  node.setResult(0, emitReals(node, size, getElement(node.getInput(0)), numbers), node.getType(0));
}

/// Of a constant only: elsewhere the size of the result depends on data.
void cnnc::importing::importNonZero(Node &node) {
  std::optional<Shape> elements;
  if (node.getType(0).isFloat()) {
    std::optional<SmallVector<double>> reals = node.getConstantReals(0, "the input");
    if (reals)
      elements = Shape(llvm::map_range(*reals, [](double real) { return int64_t(real != 0); }));
  } else {
    elements = node.getConstantIntegers(0, "the input");
  }
  if (!elements || !node.checkListed(static_cast<int64_t>(elements->size()) * node.getRank(0)))
    return;
  ShapeRef shape = node.getShape(0);
  SmallVector<SmallVector<int64_t>> columns;
  for (auto [linear, element] : llvm::enumerate(*elements)) {
    if (!element)
      continue;
    SmallVector<int64_t> index(shape.size());
    int64_t rest = linear;
    for (int64_t dim = static_cast<int64_t>(shape.size()) - 1; dim >= 0; --dim) {
      index[dim] = rest % shape[dim];
      rest /= shape[dim];
    }
    columns.push_back(index);
  }
  SmallVector<int64_t> rows;
  for (size_t dim = 0; dim < shape.size(); ++dim)
    for (const auto &column : columns)
      rows.push_back(column[dim]);
  Shape result = {static_cast<int64_t>(shape.size()), static_cast<int64_t>(columns.size())};
  node.setResult(0, emitIntegers(node, result, rows), {onnx::TensorProto::INT64});
}

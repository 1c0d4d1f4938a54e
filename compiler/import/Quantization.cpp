// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// QuantizeLinear and DequantizeLinear as the arithmetic that they are.
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

/// Scale or zero point as an operand that broadcasts: a scalar, or one entry along `axis`.
static Value alongAxis(Node &node, unsigned index) {
  if (!node.hasInput(index))
    return {};
  Value parameter = node.getInput(index);
  int64_t rank = node.getRank(0);
  if (getShape(parameter).empty() || cnn::getElementCount(getShape(parameter)) == 1)
    return emitReshape(node, parameter, Shape(rank, 1));
  if (node.opset < 13 || getShape(parameter).size() != 1 || node.getInteger("block_size", 0))
    return node.error("requires a scale for the whole tensor or along one axis"), Value();
  std::optional<int64_t> axis = node.getAxis(node.getInteger("axis", 1), rank);
  return axis ? emitAlong(node, parameter, *axis, rank) : Value();
}

void cnnc::importing::importQuantizeLinear(Node &node) {
  constexpr ElementType single{onnx::TensorProto::FLOAT};
  ElementType type = node.hasInput(2) ? node.getType(2) : ElementType{onnx::TensorProto::UINT8};
  if (!node.hasInput(2) && node.getInteger("output_dtype", 0))
    type.onnx = static_cast<int32_t>(node.getInteger("output_dtype", 0));
  if (!node.getType(0).isFloat() || !node.getType(1).isFloat() || !type.isInteger() || type.getBytes() > 2) {
    node.error("requires floats and a result of 8 or 16 bits, but found " + type.getName());
    return;
  }
  SmallVector<Value> operands = {node.getInput(0), alongAxis(node, 1)};
  if (node.hasInput(2))
    operands.push_back(alongAxis(node, 2));
  Type element = type.getComputeType(node.builder.getContext());
  Value result = emitMap(node, operands, element, [&](Scalars &s, ValueRange x) {
    Value rounded = s.make<math::RoundEvenOp>(s.divide(x[0], x[1]));
    if (x.size() > 2)
      rounded = s.add(rounded, s.cast(x[2], type, single));
    return s.cast(rounded, single, type); // Saturates.
  });
  node.setResult(0, result, type);
}

void cnnc::importing::importDequantizeLinear(Node &node) {
  constexpr ElementType single{onnx::TensorProto::FLOAT};
  ElementType type = node.getType(0);
  if (!type.isInteger() || !node.getType(1).isFloat() || (node.hasInput(2) && node.getType(2) != type)) {
    node.error("requires integers and a scale of floats, but found " + type.getName());
    return;
  }
  SmallVector<Value> operands = {node.getInput(0), alongAxis(node, 1)};
  if (node.hasInput(2))
    operands.push_back(alongAxis(node, 2));
  Value result = emitMap(node, operands, node.builder.getF32Type(), [&](Scalars &s, ValueRange x) {
    Value real = s.cast(x[0], type, single);
    if (x.size() > 2)
      real = s.subtract(real, s.cast(x[2], type, single));
    return s.multiply(real, x[1]);
  });
  node.setResult(0, result, node.getType(1));
}

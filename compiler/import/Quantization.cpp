// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// QuantizeLinear and DequantizeLinear.
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

/// `type` is that of the integers.
template <typename Op> static void emitQuantization(Node &node, ElementType type, ElementType resultType) {
  Value input = node.getInput(0), scale = alongAxis(node, 1), zeroPoint = alongAxis(node, 2);
  if (node.hasFailed() || !scale)
    return;
  auto result = RankedTensorType::get(node.getShape(0), resultType.getComputeType(node.builder.getContext()));
  Value output = Op::create(node.builder, node.location, result, input, scale, zeroPoint, type.isUnsigned());
  node.setResult(0, output, resultType);
}

void cnnc::importing::importQuantizeLinear(Node &node) {
  ElementType type = node.hasInput(2) ? node.getType(2) : ElementType{onnx::TensorProto::UINT8};
  if (!node.hasInput(2) && node.getInteger("output_dtype", 0))
    type.onnx = static_cast<int32_t>(node.getInteger("output_dtype", 0));
  bool isSingle = getElement(node.getInput(0)).isF32() && getElement(node.getInput(1)).isF32();
  if (!isSingle || !type.isInteger() || type.getBytes() > 2) {
    node.error("requires floats and a result of 8 or 16 bits, but found " + type.getName());
    return;
  }
  emitQuantization<cnn::QuantizeOp>(node, type, type);
}

void cnnc::importing::importDequantizeLinear(Node &node) {
  ElementType type = node.getType(0);
  if (!type.isInteger() || type.getBytes() > 4 || !getElement(node.getInput(1)).isF32() ||
      (node.hasInput(2) && node.getType(2) != type)) {
    node.error("requires integers and a scale of floats, but found " + type.getName());
    return;
  }
  emitQuantization<cnn::DequantizeOp>(node, type, node.getType(1));
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makes ops of the cnn dialect for a node. An empty operand gives an empty result, so that rows need no checks between.
#ifndef CNNC_COMPILER_IMPORT_EMIT_H
#define CNNC_COMPILER_IMPORT_EMIT_H

#include "compiler/import/Node.h"
#include "dialects/cnn/Cnn.h"

#include <vector>

namespace cnnc::importing {

/// Builds scalar arith and math ops in a region; the operands' type picks the float or the integer op.
class Scalars {
public:
  Scalars(mlir::OpBuilder &builder, mlir::Location location, bool isUnsigned)
      : builder(builder), location(location), isUnsigned(isUnsigned) {}

  mlir::OpBuilder &builder;
  const mlir::Location location;
  const bool isUnsigned;

  mlir::Value constant(mlir::Type type, double value);
  /// A constant of the type of `like`.
  mlir::Value constant(mlir::Value like, double value) { return constant(like.getType(), value); }
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value subtract(mlir::Value a, mlir::Value b);
  mlir::Value multiply(mlir::Value a, mlir::Value b);
  /// Integers: a quotient by zero is 0, and the lowest number by -1 is itself.
  mlir::Value divide(mlir::Value a, mlir::Value b);
  /// With the dividend's sign, as in C. Integers: the remainder by zero is 0.
  mlir::Value remainder(mlir::Value a, mlir::Value b);
  mlir::Value maximum(mlir::Value a, mlir::Value b);
  mlir::Value minimum(mlir::Value a, mlir::Value b);
  mlir::Value negate(mlir::Value a);
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value lessOrEqual(mlir::Value a, mlir::Value b);
  mlir::Value equal(mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value yes, mlir::Value no);
  mlir::Value sigmoid(mlir::Value a);
  /// ONNX Cast; `from` and `to` tell signs and the precision to round to. A float becomes the nearest integer towards
  /// zero, at the bounds of the type where it lies beyond them, and 0 where it is no number: the same on every machine.
  mlir::Value cast(mlir::Value a, ElementType from, ElementType to);

  mlir::Value add(mlir::Value a, double b) { return add(a, constant(a, b)); }
  mlir::Value multiply(mlir::Value a, double b) { return multiply(a, constant(a, b)); }
  template <typename Op> mlir::Value make(mlir::Value a) { return Op::create(builder, location, a); }
  template <typename Op> mlir::Value make(mlir::Value a, mlir::Value b) { return Op::create(builder, location, a, b); }

private:
  template <typename Op> mlir::Value convert(mlir::Value a, mlir::Type type) {
    return Op::create(builder, location, type, a);
  }
  mlir::Value isZeroOrMinusOne(mlir::Value a);
  mlir::Value toInteger(mlir::Value a, mlir::Type type, bool unsignedResult);
  mlir::Value toFloat(mlir::Value a, mlir::Type type, bool unsignedOperand);
  mlir::Value roundToOdd(mlir::Value a, bool unsignedOperand);
  mlir::Value roundTo(mlir::Value a, mlir::Type narrow, mlir::Type compute);
};

using ScalarBody = llvm::function_ref<mlir::Value(Scalars &, mlir::ValueRange)>;

ShapeRef getShape(mlir::Value value);
mlir::Type getElement(mlir::Value value);
mlir::Value getIdentity(Scalars &scalars, mlir::ValueRange arguments);

/// cnn.map over the inputs, broadcast as NumPy does: missing leading dimensions become extents of 1. `shape` may ask
/// for more extents than the inputs have.
mlir::Value emitMap(Node &node, mlir::ValueRange inputs, mlir::Type element, ScalarBody body, bool isUnsigned = false,
                    ShapeRef shape = {});
mlir::Value emitReduce(Node &node, cnn::ReduceKind kind, mlir::Value input, ShapeRef axes,
                       std::optional<double> scale = {}, ScalarBody body = getIdentity);
mlir::Value emitReshape(Node &node, mlir::Value input, ShapeRef shape);
mlir::Value emitTranspose(Node &node, mlir::Value input, ShapeRef permutation);
mlir::Value emitSlice(Node &node, mlir::Value input, ShapeRef starts, ShapeRef extents, ShapeRef steps);
mlir::Value emitConcat(Node &node, mlir::ValueRange inputs, int64_t axis);
mlir::Value emitMatMul(Node &node, mlir::Value lhs, mlir::Value rhs);

/// Stride, dilation 1, no pads: 1x1 convolution, or a product of matrices when there is no spatial dimension.
mlir::Value emitPointwise(Node &node, mlir::Value input, mlir::Value filter, mlir::Value bias);

mlir::Value emitConstant(Node &node, mlir::ElementsAttr elements);
mlir::Value emitFloats(Node &node, ShapeRef shape, std::vector<float> &&elements);
/// Of f32 or f64.
mlir::Value emitReals(Node &node, ShapeRef shape, mlir::Type element, llvm::ArrayRef<double> elements);
mlir::Value emitIntegers(Node &node, ShapeRef shape, llvm::ArrayRef<int64_t> elements);
mlir::Value emitSplat(Node &node, ShapeRef shape, mlir::Type element, double value);

/// A tensor of shape C as one that broadcasts along dimension `dim` of tensors of rank `rank`.
mlir::Value emitAlong(Node &node, mlir::Value vector, int64_t dim, int64_t rank);

} // namespace cnnc::importing

#endif

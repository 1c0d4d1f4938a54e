// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementwise operators of several operands, and casts.
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"

#include "dialects/cnn/Constants.h"
#include <cmath>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

static bool requireOneType(Node &node, unsigned first = 0) {
  for (unsigned i = first + 1; i < node.getInputCount(); ++i)
    if (node.getType(i) != node.getType(first))
      node.error("requires operands of one type, but found " + node.getType(first).getName() + " and " +
                 node.getType(i).getName());
  return !node.hasFailed();
}

static bool requireNumbers(Node &node) {
  if (node.getType(0).isBool())
    node.error("requires numbers, but found bool");
  return !node.hasFailed();
}

/// The second operand as NumPy would broadcast it. Until opset 6 it lay at `axis` of the first one.
static Value getSecond(Node &node) {
  Value second = node.getInput(1);
  int64_t rank = node.getRank(0), other = node.getRank(1);
  if (node.opset >= 7 || !node.getInteger("broadcast", 0) || !node.hasAttribute("axis"))
    return second;
  std::optional<int64_t> axis = node.getAxis(node.getInteger("axis", 0), rank);
  if (!axis || *axis + other > rank)
    return node.error("requires an axis with room for the second operand"), Value();
  Shape shape(getShape(second));
  shape.append(rank - *axis - other, 1);
  return emitReshape(node, second, shape);
}

static void importBinary(Node &node, ScalarBody body) {
  if (!requireOneType(node) || !requireNumbers(node))
    return;
  Value result = emitMap(node, {node.getInput(0), getSecond(node)}, getElement(node.getInput(0)), body,
                         node.getType(0).isUnsigned());
  node.setResult(0, result, node.getType(0));
}

static void importComparison(Node &node, ScalarBody body) {
  if (!requireOneType(node))
    return;
  Value result =
      emitMap(node, {node.getInput(0), node.getInput(1)}, node.builder.getI1Type(), body, node.getType(0).isUnsigned());
  node.setResult(0, result, {onnx::TensorProto::BOOL});
}

static void importLogic(Node &node, ScalarBody body) {
  if (requireOneType(node) && !node.getType(0).isBool())
    node.error("requires bool, but found " + node.getType(0).getName());
  importComparison(node, body);
}

/// Operand after operand, in one map.
static void importVariadic(Node &node, ScalarBody combine, bool isMean = false) {
  if (!requireOneType(node) || !requireNumbers(node))
    return;
  unsigned count = node.getInputCount();
  SmallVector<Value> inputs;
  for (unsigned i = 0; i < count; ++i)
    inputs.push_back(node.getInput(i));
  if (isMean && !node.getType(0).isFloat())
    node.error("requires floats, but found " + node.getType(0).getName());
  auto body = [&](Scalars &s, ValueRange x) {
    Value result = x[0];
    for (Value next : x.drop_front())
      result = combine(s, {result, next});
    return isMean ? s.multiply(result, 1.0 / count) : result;
  };
  Value result = count == 1 ? inputs.front()
                            : emitMap(node, inputs, getElement(inputs.front()), body, node.getType(0).isUnsigned());
  node.setResult(0, result, node.getType(0));
}

static Value add(Scalars &s, ValueRange x) { return s.add(x[0], x[1]); }
static Value multiply(Scalars &s, ValueRange x) { return s.multiply(x[0], x[1]); }

void cnnc::importing::importAdd(Node &node) { importBinary(node, add); }
void cnnc::importing::importMul(Node &node) { importBinary(node, multiply); }
void cnnc::importing::importSub(Node &node) {
  importBinary(node, [](Scalars &s, ValueRange x) { return s.subtract(x[0], x[1]); });
}
void cnnc::importing::importDiv(Node &node) {
  importBinary(node, [](Scalars &s, ValueRange x) { return s.divide(x[0], x[1]); });
}
void cnnc::importing::importSum(Node &node) { importVariadic(node, add); }
void cnnc::importing::importMean(Node &node) { importVariadic(node, add, /*isMean=*/true); }
void cnnc::importing::importMax(Node &node) {
  importVariadic(node, [](Scalars &s, ValueRange x) { return s.maximum(x[0], x[1]); });
}
void cnnc::importing::importMin(Node &node) {
  importVariadic(node, [](Scalars &s, ValueRange x) { return s.minimum(x[0], x[1]); });
}

/// Small whole exponents are products, one half is a square root.
static Value raise(Scalars &s, Value base, double exponent) {
  if (exponent == 0.5)
    return s.make<math::SqrtOp>(base);
  if (exponent == 1)
    return base;
  Value square = s.multiply(base, base);
  if (exponent == 2)
    return square;
  return exponent == 3 ? s.multiply(square, base) : s.multiply(square, square);
}

/// By squaring, which wraps around as products do; with a negative exponent the reciprocal, rounded to zero.
static Value raiseInteger(Scalars &s, Value base, Value exponent, bool isSigned) {
  Value result = s.constant(base, 1), square = base, zero = s.constant(exponent, 0);
  auto isOdd = [&](Value value) { return s.less(zero, s.make<arith::AndIOp>(value, s.constant(value, 1))); };
  unsigned width = exponent.getType().getIntOrFloatBitWidth();
  for (unsigned bit = 0; bit < width; ++bit) {
    Value rest = s.make<arith::ShRUIOp>(exponent, s.constant(exponent, bit));
    result = s.select(isOdd(rest), s.multiply(result, square), result);
    square = s.multiply(square, square);
  }
  if (!isSigned)
    return result;
  Value one = s.constant(base, 1), minusOne = s.constant(base, -1);
  Value sign = s.select(isOdd(exponent), minusOne, one);
  Value inverse = s.select(s.equal(base, one), one, s.constant(base, 0));
  if (!s.isUnsigned)
    inverse = s.select(s.equal(base, minusOne), sign, inverse);
  return s.select(arith::CmpIOp::create(s.builder, s.location, arith::CmpIPredicate::slt, exponent, zero), inverse,
                  result);
}

/// A power that lies a hair beside a whole number is meant to be it.
static Value snapToInteger(Scalars &s, Value power) {
  Value whole = s.make<math::RoundEvenOp>(power);
  Value distance = s.make<math::AbsFOp>(s.subtract(power, whole));
  return s.select(s.lessOrEqual(distance, s.multiply(s.make<math::AbsFOp>(power), 0x1p-50)), whole, power);
}

void cnnc::importing::importPow(Node &node) {
  ElementType base = node.getType(0), exponent = node.getType(1);
  if (base.isBool() || exponent.isBool()) {
    node.error("requires numbers, but found bool");
    return;
  }
  std::optional<double> uniform;
  if (std::optional<float> real = cnn::getSplat(node.getInput(1)))
    uniform = *real;
  else if (std::optional<SmallVector<double>> reals = cnn::getReals(node.getInput(1)); reals && reals->size() == 1)
    uniform = reals->front();
  else if (std::optional<SmallVector<int64_t>> integers = cnn::getIntegers(node.getInput(1));
           integers && integers->size() == 1)
    uniform = static_cast<double>(integers->front());
  bool isProduct =
      uniform && llvm::is_contained({0.5, 1.0, 2.0, 3.0, 4.0}, *uniform) && (base.isFloat() || *uniform != 0.5);
  bool isWide = base.isInteger() || exponent.onnx == onnx::TensorProto::DOUBLE || getElement(node.getInput(0)).isF64();
  ElementType type{isWide ? onnx::TensorProto::DOUBLE : onnx::TensorProto::FLOAT};
  Value result = emitMap(
      node, {node.getInput(0), getSecond(node)}, getElement(node.getInput(0)),
      [&](Scalars &s, ValueRange x) {
        if (isProduct)
          return raise(s, x[0], *uniform);
        if (base.isInteger() && exponent.isInteger())
          return raiseInteger(s, x[0], x[1], !exponent.isUnsigned());
        Value power = s.make<math::PowFOp>(s.cast(x[0], base, type), s.cast(x[1], exponent, type));
        // A power of 16-bit floats is rounded no more than their other functions are.
        if (base.isFloat() && !isWide)
          return power;
        return s.cast(base.isInteger() ? snapToInteger(s, power) : power, type, base);
      },
      base.isUnsigned());
  node.setResult(0, result, base);
}

/// fmod = 1 takes the sign of the dividend, as C does; fmod = 0 that of the divisor, as Python does.
void cnnc::importing::importMod(Node &node) {
  bool isC = node.getInteger("fmod", 0) != 0;
  if (node.getType(0).isFloat() && !isC) {
    node.error("requires fmod = 1 for floats, but found 0");
    return;
  }
  importBinary(node, [&](Scalars &s, ValueRange x) -> Value {
    Value rest = s.remainder(x[0], x[1]);
    if (isC || s.isUnsigned)
      return rest;
    Value zero = s.constant(rest, 0);
    Value differs = s.make<arith::XOrIOp>(s.less(rest, zero), s.less(x[1], zero));
    Value isZero = s.equal(rest, zero);
    return s.select(s.make<arith::OrIOp>(isZero, s.equal(differs, s.constant(differs, 0))), rest, s.add(rest, x[1]));
  });
}

/// The slope broadcasts to the input; a vector of one entry per channel, as early exporters write it, does not align.
void cnnc::importing::importPRelu(Node &node) {
  if (!requireOneType(node) || !node.getType(0).isFloat()) {
    node.error("requires floats, but found " + node.getType(0).getName());
    return;
  }
  Value x = node.getInput(0), slope = node.getInput(1);
  ShapeRef shape = node.getShape(0), slopes = node.getShape(1);
  bool isPerChannel =
      slopes.size() == 1 && shape.size() > 2 && slopes[0] == shape[1] && (node.opset < 7 || slopes[0] != shape.back());
  if (isPerChannel)
    slope = emitAlong(node, slope, 1, node.getRank(0));
  Value result = emitMap(node, {x, slope}, getElement(x), [](Scalars &s, ValueRange v) {
    return s.select(s.less(v[0], s.constant(v[0], 0)), s.multiply(v[0], v[1]), v[0]);
  });
  if (result && getShape(result) != shape)
    node.error("requires a slope that broadcasts to " + cnn::toString(shape) + ", but found " + cnn::toString(slopes));
  node.setResult(0, result, node.getType(0));
}

void cnnc::importing::importAnd(Node &node) {
  importLogic(node, [](Scalars &s, ValueRange x) { return s.make<arith::AndIOp>(x[0], x[1]); });
}
void cnnc::importing::importOr(Node &node) {
  importLogic(node, [](Scalars &s, ValueRange x) { return s.make<arith::OrIOp>(x[0], x[1]); });
}
void cnnc::importing::importXor(Node &node) {
  importLogic(node, [](Scalars &s, ValueRange x) { return s.make<arith::XOrIOp>(x[0], x[1]); });
}
void cnnc::importing::importEqual(Node &node) {
  importComparison(node, [](Scalars &s, ValueRange x) { return s.equal(x[0], x[1]); });
}
void cnnc::importing::importGreater(Node &node) {
  importComparison(node, [](Scalars &s, ValueRange x) { return s.less(x[1], x[0]); });
}
void cnnc::importing::importGreaterOrEqual(Node &node) {
  importComparison(node, [](Scalars &s, ValueRange x) { return s.lessOrEqual(x[1], x[0]); });
}
void cnnc::importing::importLess(Node &node) {
  importComparison(node, [](Scalars &s, ValueRange x) { return s.less(x[0], x[1]); });
}
void cnnc::importing::importLessOrEqual(Node &node) {
  importComparison(node, [](Scalars &s, ValueRange x) { return s.lessOrEqual(x[0], x[1]); });
}

void cnnc::importing::importWhere(Node &node) {
  if (!node.getType(0).isBool())
    node.error("requires a condition of bool, but found " + node.getType(0).getName());
  if (!requireOneType(node, 1))
    return;
  Value result = emitMap(node, {node.getInput(0), node.getInput(1), node.getInput(2)}, getElement(node.getInput(1)),
                         [](Scalars &s, ValueRange x) { return s.select(x[0], x[1], x[2]); });
  node.setResult(0, result, node.getType(1));
}

static void castTo(Node &node, ElementType to) {
  ElementType from = node.getType(0);
  if (!to.isSupported()) {
    node.error("casts to the element type " + to.getName() + ", which is not supported");
    return;
  }
  Value x = node.getInput(0);
  MLIRContext *context = node.builder.getContext();
  Type target = to.getComputeType(context);
  bool rounds = to != from && to.getBoundaryType(context) != target;
  bool isSame = getElement(x) == target && !rounds;
  Value result =
      isSame ? x : emitMap(node, x, target, [&](Scalars &s, ValueRange v) { return s.cast(v[0], from, to); });
  node.setResult(0, result, to);
}

void cnnc::importing::importCast(Node &node) { castTo(node, {static_cast<int32_t>(node.getInteger("to", 0))}); }
void cnnc::importing::importCastLike(Node &node) { castTo(node, node.getType(1)); }

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elementwise functions of one operand.
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"
#include "dialects/cnn/Constants.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

static void importUnary(Node &node, ScalarBody body, bool floatsOnly) {
  ElementType type = node.getType(0);
  if (type.isBool() || (floatsOnly && !type.isFloat())) {
    node.error("requires " + llvm::Twine(floatsOnly ? "floats" : "numbers") + ", but found " + type.getName());
    return;
  }
  Value x = node.getInput(0);
  node.setResult(0, emitMap(node, x, getElement(x), body, type.isUnsigned()), type);
}

// An operator of floats whose result is `expression` of the scalar x, built by s.
#define FLOAT_FUNCTION(name, expression)                                                                               \
  void cnnc::importing::import##name(Node &node) {                                                                     \
    importUnary(                                                                                                       \
        node,                                                                                                          \
        [&](Scalars &s, ValueRange v) -> Value {                                                                       \
          Value x = v[0];                                                                                              \
          return expression;                                                                                           \
        },                                                                                                             \
        /*floatsOnly=*/true);                                                                                          \
  }
FLOAT_FUNCTION(Sigmoid, s.sigmoid(x))
FLOAT_FUNCTION(Tanh, s.make<math::TanhOp>(x))
FLOAT_FUNCTION(Erf, s.make<math::ErfOp>(x))
FLOAT_FUNCTION(Exp, s.make<math::ExpOp>(x))
FLOAT_FUNCTION(Log, s.make<math::LogOp>(x))
FLOAT_FUNCTION(Sqrt, s.make<math::SqrtOp>(x))
FLOAT_FUNCTION(Floor, s.make<math::FloorOp>(x))
FLOAT_FUNCTION(Ceil, s.make<math::CeilOp>(x))
FLOAT_FUNCTION(Round, s.make<math::RoundEvenOp>(x))
FLOAT_FUNCTION(Sin, s.make<math::SinOp>(x))
FLOAT_FUNCTION(Cos, s.make<math::CosOp>(x))
FLOAT_FUNCTION(Tan, s.make<math::TanOp>(x))
FLOAT_FUNCTION(Asin, s.make<math::AsinOp>(x))
FLOAT_FUNCTION(Acos, s.make<math::AcosOp>(x))
FLOAT_FUNCTION(Atan, s.make<math::AtanOp>(x))
FLOAT_FUNCTION(Sinh, s.make<math::SinhOp>(x))
FLOAT_FUNCTION(Cosh, s.make<math::CoshOp>(x))
FLOAT_FUNCTION(Asinh, s.make<math::AsinhOp>(x))
FLOAT_FUNCTION(Acosh, s.make<math::AcoshOp>(x))
FLOAT_FUNCTION(Atanh, s.make<math::AtanhOp>(x))
FLOAT_FUNCTION(Reciprocal, s.divide(s.constant(x, 1), x))
FLOAT_FUNCTION(Swish, s.multiply(x, s.sigmoid(s.multiply(x, node.getReal("alpha", 1)))))
FLOAT_FUNCTION(Softsign, s.divide(x, s.add(s.make<math::AbsFOp>(x), 1)))
#undef FLOAT_FUNCTION

void cnnc::importing::importRelu(Node &node) {
  importUnary(node, [](Scalars &s, ValueRange x) { return s.maximum(x[0], s.constant(x[0], 0)); }, false);
}

void cnnc::importing::importAbs(Node &node) {
  importUnary(
      node,
      [](Scalars &s, ValueRange x) -> Value {
        if (isa<FloatType>(x[0].getType()))
          return s.make<math::AbsFOp>(x[0]);
        return s.isUnsigned ? Value(x[0]) : s.make<math::AbsIOp>(x[0]);
      },
      false);
}

void cnnc::importing::importNeg(Node &node) {
  importUnary(node, [](Scalars &s, ValueRange x) { return s.negate(x[0]); }, false);
}

void cnnc::importing::importSign(Node &node) {
  importUnary(
      node,
      [](Scalars &s, ValueRange x) {
        Value zero = s.constant(x[0], 0), one = s.constant(x[0], 1);
        Value below = s.isUnsigned ? zero : s.select(s.less(x[0], zero), s.constant(x[0], -1), zero);
        return s.select(s.less(zero, x[0]), one, below);
      },
      false);
}

void cnnc::importing::importNot(Node &node) {
  if (!node.getType(0).isBool()) {
    node.error("requires bool, but found " + node.getType(0).getName());
    return;
  }
  Value x = node.getInput(0);
  node.setResult(0,
                 emitMap(node, x, getElement(x),
                         [](Scalars &s, ValueRange v) { return s.make<arith::XOrIOp>(v[0], s.constant(v[0], 1)); }),
                 node.getType(0));
}

/// Where the bounds are constants they stand in the region; else they are operands of rank 0.
void cnnc::importing::importClip(Node &node) {
  ElementType type = node.getType(0);
  Value x = node.getInput(0);
  SmallVector<Value> operands = {x};
  std::optional<double> bounds[2];
  int positions[2] = {-1, -1};
  for (unsigned i = 0; i < 2; ++i) {
    if (node.opset < 11) {
      bounds[i] =
          node.getReal(i ? "max" : "min", i ? std::numeric_limits<float>::max() : std::numeric_limits<float>::lowest());
      continue;
    }
    if (!node.hasInput(i + 1))
      continue;
    if (node.getType(i + 1) != type || cnn::getElementCount(node.getShape(i + 1)) != 1) {
      node.error("requires bounds that are scalars of " + type.getName());
      return;
    }
    if (std::optional<float> splat = cnn::getSplat(node.getInput(i + 1))) {
      bounds[i] = *splat;
      continue;
    }
    positions[i] = operands.size();
    operands.push_back(emitReshape(node, node.getInput(i + 1), Shape(node.getRank(0), 1)));
  }
  // A bound at the end of the floats bounds nothing; Relu6 and such keep what they need.
  if (bounds[0] && *bounds[0] <= std::numeric_limits<float>::lowest())
    bounds[0].reset();
  if (bounds[1] && *bounds[1] >= std::numeric_limits<float>::max())
    bounds[1].reset();
  if (type.isBool() || (node.opset < 11 && !type.isFloat())) {
    node.error("requires numbers, but found " + type.getName());
    return;
  }
  bool isIdentity = !bounds[0] && !bounds[1] && positions[0] < 0 && positions[1] < 0;
  Value result =
      isIdentity ? x
                 : emitMap(
                       node, operands, getElement(x),
                       [&](Scalars &s, ValueRange v) {
                         Value value = v[0];
                         if (bounds[0] || positions[0] >= 0)
                           value = s.maximum(value, bounds[0] ? s.constant(value, *bounds[0]) : Value(v[positions[0]]));
                         if (bounds[1] || positions[1] >= 0)
                           value = s.minimum(value, bounds[1] ? s.constant(value, *bounds[1]) : Value(v[positions[1]]));
                         return value;
                       },
                       type.isUnsigned());
  node.setResult(0, result, type);
}

void cnnc::importing::importLeakyRelu(Node &node) {
  double alpha = node.getReal("alpha", 0.01f);
  importUnary(
      node,
      [&](Scalars &s, ValueRange x) {
        return s.select(s.less(x[0], s.constant(x[0], 0)), s.multiply(x[0], alpha), x[0]);
      },
      true);
}

void cnnc::importing::importThresholdedRelu(Node &node) {
  double alpha = node.getReal("alpha", 1);
  importUnary(
      node,
      [&](Scalars &s, ValueRange x) {
        return s.select(s.less(s.constant(x[0], alpha), x[0]), x[0], s.constant(x[0], 0));
      },
      true);
}

/// scale * x above zero, slope * (exp(x * rate) - 1) below it.
static void importExponentialUnit(Node &node, double scale, double slope, double rate) {
  importUnary(
      node,
      [&](Scalars &s, ValueRange x) {
        Value zero = s.constant(x[0], 0);
        Value inner = rate == 1 ? Value(x[0]) : s.multiply(x[0], rate);
        Value below = s.multiply(s.add(s.make<math::ExpOp>(inner), -1), slope);
        Value above = scale == 1 ? Value(x[0]) : s.multiply(x[0], scale);
        return s.select(s.less(zero, x[0]), above, below);
      },
      true);
}

void cnnc::importing::importElu(Node &node) { importExponentialUnit(node, 1, node.getReal("alpha", 1), 1); }

void cnnc::importing::importSelu(Node &node) {
  double alpha = node.getReal("alpha", 1.67326319217681884765625),
         gamma = node.getReal("gamma", 1.05070102214813232421875);
  importExponentialUnit(node, gamma, gamma * alpha, 1);
}

void cnnc::importing::importCelu(Node &node) {
  double alpha = node.getReal("alpha", 1);
  importExponentialUnit(node, 1, alpha, 1 / alpha);
}

void cnnc::importing::importGelu(Node &node) {
  std::string approximate = node.getString("approximate", "none");
  if (approximate != "none" && approximate != "tanh") {
    node.error("requires approximate none or tanh, but found " + approximate);
    return;
  }
  importUnary(
      node,
      [&](Scalars &s, ValueRange v) {
        Value x = v[0], gate;
        if (approximate == "none") {
          gate = s.make<math::ErfOp>(s.multiply(x, std::sqrt(0.5)));
        } else {
          Value cube = s.multiply(s.multiply(x, x), x);
          gate = s.make<math::TanhOp>(s.multiply(s.add(x, s.multiply(cube, 0.044715)), std::sqrt(2 / M_PI)));
        }
        return s.multiply(s.multiply(x, 0.5), s.add(gate, 1));
      },
      true);
}

/// max(0, min(1, alpha * x + beta)).
static Value hardSigmoid(Scalars &s, Value x, double alpha, double beta) {
  Value line = s.add(s.multiply(x, alpha), beta);
  return s.minimum(s.maximum(line, s.constant(x, 0)), s.constant(x, 1));
}

void cnnc::importing::importHardSigmoid(Node &node) {
  double alpha = node.getReal("alpha", 0.2f), beta = node.getReal("beta", 0.5);
  importUnary(node, [&](Scalars &s, ValueRange x) { return hardSigmoid(s, x[0], alpha, beta); }, true);
}

void cnnc::importing::importHardSwish(Node &node) {
  importUnary(
      node, [](Scalars &s, ValueRange x) { return s.multiply(x[0], hardSigmoid(s, x[0], 1.0 / 6, 0.5)); }, true);
}

/// log(1 + exp(x)) as max(x, 0) + log(1 + exp(-|x|)), which does not overflow.
static Value softplus(Scalars &s, Value x) {
  Value exponential = s.make<math::ExpOp>(s.negate(s.make<math::AbsFOp>(x)));
  return s.add(s.maximum(x, s.constant(x, 0)), s.make<math::Log1pOp>(exponential));
}

void cnnc::importing::importSoftplus(Node &node) {
  importUnary(node, [](Scalars &s, ValueRange x) { return softplus(s, x[0]); }, true);
}

void cnnc::importing::importMish(Node &node) {
  importUnary(
      node, [](Scalars &s, ValueRange x) { return s.multiply(x[0], s.make<math::TanhOp>(softplus(s, x[0]))); }, true);
}

void cnnc::importing::importShrink(Node &node) {
  double bias = node.getReal("bias", 0), lambd = node.getReal("lambd", 0.5);
  importUnary(
      node,
      [&](Scalars &s, ValueRange x) {
        Value above = s.select(s.less(s.constant(x[0], lambd), x[0]), s.add(x[0], -bias), s.constant(x[0], 0));
        return s.select(s.less(x[0], s.constant(x[0], -lambd)), s.add(x[0], bias), above);
      },
      true);
}

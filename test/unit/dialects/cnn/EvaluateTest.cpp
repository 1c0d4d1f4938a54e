// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Evaluate.h"

#include "dialects/cnn/Cnn.h"
#include "dialects/cnn/Constants.h"
#include "dialects/cnn/ScalarProgram.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace mlir;
using namespace cnnc::cnn;

namespace {

/// Evaluates the last op before the terminator of a text; its operands are constants.
class Evaluate : public testing::Test {
protected:
  Evaluate() { context.loadDialect<arith::ArithDialect, func::FuncDialect, math::MathDialect, CnnDialect>(); }

  ElementsAttr run(StringRef text, int64_t maxElements = 1000) {
    module = parseSourceString<ModuleOp>(("func.func @main() {\n" + text + "\nreturn }").str(), &context);
    if (!module)
      return {};
    Block &body = cast<func::FuncOp>(module->getBody()->front()).front();
    Operation *op = body.getTerminator()->getPrevNode();
    SmallVector<ElementsAttr> operands;
    for (Value operand : op->getOperands())
      operands.push_back(cast<ElementsAttr>(operand.getDefiningOp<arith::ConstantOp>().getValue()));
    return evaluate(op, operands, maxElements, "result");
  }
  SmallVector<int64_t> integers(StringRef text) { return getIntegers(run(text)).value_or(SmallVector<int64_t>{-999}); }
  std::vector<float> floats(StringRef text) {
    ElementsAttr result = run(text);
    std::optional<Floats> elements = getFloats(result);
    return elements ? elements->copy() : std::vector<float>();
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

} // namespace

TEST_F(Evaluate, MapBroadcastsAndRounds) {
  EXPECT_EQ(floats(R"(
    %a = arith.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
    %b = arith.constant dense<[[10.0, 20.0, 0.1]]> : tensor<1x3xf32>
    %c = cnn.map (%a, %b) : (tensor<2x1xf32>, tensor<1x3xf32>) -> tensor<2x3xf32> {
    ^bb0(%x: f32, %y: f32):
      %z = arith.mulf %x, %y : f32
      cnn.yield %z : f32
    })"),
            (std::vector<float>{10, 20, 0.1f, 20, 40, 0.2f}));
}

TEST_F(Evaluate, IntegersWrapAround) {
  EXPECT_EQ(integers(R"(
    %a = arith.constant dense<[127, -128]> : tensor<2xi8>
    %c = cnn.map (%a) : (tensor<2xi8>) -> tensor<2xi8> {
    ^bb0(%x: i8):
      %one = arith.constant 1 : i8
      %z = arith.addi %x, %one : i8
      cnn.yield %z : i8
    })"),
            (SmallVector<int64_t>{-128, -127}));
}

TEST_F(Evaluate, DivisionByZeroIsNotFolded) {
  EXPECT_FALSE(run(R"(
    %a = arith.constant dense<[1, 0]> : tensor<2xi64>
    %c = cnn.map (%a) : (tensor<2xi64>) -> tensor<2xi64> {
    ^bb0(%x: i64):
      %z = arith.divsi %x, %x : i64
      cnn.yield %z : i64
    })"));
}

TEST_F(Evaluate, ComparisonsAndSelection) {
  EXPECT_EQ(integers(R"(
    %a = arith.constant dense<[3, -5, 0]> : tensor<3xi64>
    %c = cnn.map (%a) : (tensor<3xi64>) -> tensor<3xi1> {
    ^bb0(%x: i64):
      %zero = arith.constant 0 : i64
      %z = arith.cmpi slt, %x, %zero : i64
      cnn.yield %z : i1
    })"),
            (SmallVector<int64_t>{0, 1, 0}));
}

TEST_F(Evaluate, Transpose) {
  EXPECT_EQ(integers(R"(
    %a = arith.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi64>
    %c = cnn.transpose %a [1, 0] : (tensor<2x3xi64>) -> tensor<3x2xi64>)"),
            (SmallVector<int64_t>{1, 4, 2, 5, 3, 6}));
}

TEST_F(Evaluate, SliceBackwards) {
  EXPECT_EQ(integers(R"(
    %a = arith.constant dense<[1, 2, 3, 4, 5]> : tensor<5xi64>
    %c = cnn.slice %a {starts = array<i64: 4>, steps = array<i64: -2>} : (tensor<5xi64>) -> tensor<3xi64>)"),
            (SmallVector<int64_t>{5, 3, 1}));
}

TEST_F(Evaluate, ConcatAlongTheLastAxis) {
  EXPECT_EQ(integers(R"(
    %a = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>
    %b = arith.constant dense<7> : tensor<2x1xi64>
    %c = cnn.concat (%a, %b) {axis = 1 : i64} : (tensor<2x2xi64>, tensor<2x1xi64>) -> tensor<2x3xi64>)"),
            (SmallVector<int64_t>{1, 2, 7, 3, 4, 7}));
}

TEST_F(Evaluate, GatherCountsNegativeIndicesFromTheEnd) {
  EXPECT_EQ(integers(R"(
    %a = arith.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi64>
    %i = arith.constant dense<[-1, 0]> : tensor<2xi64>
    %c = cnn.gather %a[%i] {axis = 0 : i64} : (tensor<3x2xi64>, tensor<2xi64>) -> tensor<2x2xi64>)"),
            (SmallVector<int64_t>{5, 6, 1, 2}));
  EXPECT_FALSE(run(R"(
    %a = arith.constant dense<[1, 2]> : tensor<2xi64>
    %i = arith.constant dense<[2]> : tensor<1xi64>
    %c = cnn.gather %a[%i] {axis = 0 : i64} : (tensor<2xi64>, tensor<1xi64>) -> tensor<1xi64>)"));
}

TEST_F(Evaluate, Pad) {
  EXPECT_EQ(integers(R"(
    %a = arith.constant dense<[[1, 2]]> : tensor<1x2xi64>
    %c = cnn.pad constant %a {low = array<i64: 1, 0>, high = array<i64: 0, 1>, value = 9 : i64} : (tensor<1x2xi64>) -> tensor<2x3xi64>)"),
            (SmallVector<int64_t>{9, 9, 9, 1, 2, 9}));
}

TEST_F(Evaluate, ReduceScales) {
  EXPECT_EQ(floats(R"(
    %a = arith.constant dense<[[1.0, 2.0], [3.0, 6.0]]> : tensor<2x2xf32>
    %c = cnn.reduce sum (%a) {axes = array<i64: 1>, scale = 0.5 : f64} : (tensor<2x2xf32>) -> tensor<2x1xf32> {
    ^bb0(%x: f32):
      cnn.yield %x : f32
    })"),
            (std::vector<float>{1.5f, 4.5f}));
  EXPECT_EQ(integers(R"(
    %a = arith.constant dense<[-3, -7]> : tensor<2xi64>
    %c = cnn.reduce max (%a) {axes = array<i64: 0>} : (tensor<2xi64>) -> tensor<1xi64> {
    ^bb0(%x: i64):
      cnn.yield %x : i64
    })"),
            (SmallVector<int64_t>{-3}));
}

TEST_F(Evaluate, SplatsStaySplatsOfAnySize) {
  ElementsAttr result = run(R"(
    %a = arith.constant dense<2.0> : tensor<1000x1000xf32>
    %c = cnn.map (%a) : (tensor<1000x1000xf32>) -> tensor<1000x1000xf32> {
    ^bb0(%x: f32):
      %z = math.sqrt %x : f32
      cnn.yield %z : f32
    })");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result.isSplat());
  EXPECT_FLOAT_EQ(result.getSplatValue<float>(), 1.41421356f);
}

TEST_F(Evaluate, UniformInputsOfAnySizeAreNotWalked) {
  struct Case {
    const char *kind, *type, *element;
    double expected;
  };
  for (Case c : {Case{"sum", "f32", "0.5", 536870912.0}, Case{"max", "f32", "0.5", 0.5}, Case{"min", "f32", "0.5", 0.5},
                 Case{"prod", "f32", "1.0", 1}, Case{"sum", "i32", "2", -2147483648.0}, Case{"prod", "i32", "3", 1},
                 Case{"max", "i32", "-7", -7}}) {
    std::string type = c.type;
    ElementsAttr result =
        run("%a = arith.constant dense<" + std::string(c.element) + "> : tensor<2x536870912x" + type +
            ">\n%c = cnn.reduce " + c.kind + " (%a) {axes = array<i64: 0, 1>} : (tensor<2x536870912x" + type +
            ">) -> tensor<1x1x" + type + "> {\n^bb0(%x: " + type + "):\n  cnn.yield %x : " + type + "\n}");
    ASSERT_TRUE(result) << c.kind << " " << type;
    double found = type == "f32" ? (*getFloats(result))[0] : static_cast<double>((*getIntegers(result))[0]);
    EXPECT_EQ(found, c.expected) << c.kind << " " << type;
  }
  EXPECT_TRUE(run(R"(
    %a = arith.constant dense<3> : tensor<536870912xi64>
    %c = cnn.concat (%a, %a) {axis = 0 : i64} : (tensor<536870912xi64>, tensor<536870912xi64>) -> tensor<1073741824xi64>)"));
  EXPECT_TRUE(run(R"(
    %a = arith.constant dense<3> : tensor<1073741824xi64>
    %i = arith.constant dense<1> : tensor<1073741824xi64>
    %c = cnn.gather %a[%i] {axis = 0 : i64} : (tensor<1073741824xi64>, tensor<1073741824xi64>) -> tensor<1073741824xi64>)"));
  EXPECT_FALSE(run(R"(
    %a = arith.constant dense<3> : tensor<4xi64>
    %i = arith.constant dense<4> : tensor<2xi64>
    %c = cnn.gather %a[%i] {axis = 0 : i64} : (tensor<4xi64>, tensor<2xi64>) -> tensor<2xi64>)"));
}

TEST_F(Evaluate, ReducePropagatesNotANumber) {
  for (StringRef elements : {"0x7FC00000, 1.0, 2.0", "1.0, 0x7FC00000, 2.0", "1.0, 2.0, 0x7FC00000"})
    for (StringRef kind : {"max", "min", "sum", "prod"}) {
      std::vector<float> found =
          floats(("%a = arith.constant dense<[" + elements + "]> : tensor<3xf32>\n%c = cnn.reduce " + kind +
                  R"( (%a) {axes = array<i64: 0>} : (tensor<3xf32>) -> tensor<1xf32> {
        ^bb0(%x: f32):
          cnn.yield %x : f32
        })")
                     .str());
      ASSERT_EQ(found.size(), 1u);
      EXPECT_TRUE(std::isnan(found[0])) << kind.str() << " of " << elements.str();
    }
}

TEST_F(Evaluate, LargeResultsAreNotComputed) {
  EXPECT_FALSE(run(R"(
    %a = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
    %c = cnn.map (%a) : (tensor<1x2xf32>) -> tensor<1000x2xf32> {
    ^bb0(%x: f32):
      cnn.yield %x : f32
    })"));
}

TEST_F(Evaluate, ScalarsOfRowsAlone) {
  module = parseSourceString<ModuleOp>(R"(func.func @main(%x: f32, %i: i8) {
      %root = math.cbrt %x : f32
      %sum = arith.addi %i, %i : i8
      %quotient = arith.divsi %i, %i : i8
      %less = arith.cmpf olt, %x, %x : f32
      %fused = math.fma %x, %x, %x : f32
      return
    })",
                                       &context);
  ASSERT_TRUE(module);
  Builder builder(&context);
  auto evaluateAll = [&](double x, int64_t i) {
    SmallVector<Attribute> values;
    for (Operation &op : cast<func::FuncOp>(module->getBody()->front()).front().without_terminator()) {
      bool isFloat = op.getOperand(0).getType().isF32();
      Attribute operand = isFloat ? Attribute(builder.getF32FloatAttr(x)) : Attribute(builder.getI8IntegerAttr(i));
      values.push_back(evaluateScalar(op, SmallVector<Attribute>(op.getNumOperands(), operand)));
      EXPECT_FALSE(evaluateScalar(op, SmallVector<Attribute>(op.getNumOperands())));
    }
    return values;
  };
  auto byte = [&](int64_t value) { return builder.getI8IntegerAttr(value); };
  Attribute never = builder.getBoolAttr(false);
  EXPECT_EQ(evaluateAll(-27, 100),
            (SmallVector<Attribute>{builder.getF32FloatAttr(-3), byte(-56), byte(1), never, nullptr}));
  EXPECT_EQ(evaluateAll(0, 0), (SmallVector<Attribute>{builder.getF32FloatAttr(0), byte(0), nullptr, never, nullptr}));
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/ScalarProgram.h"

#include "dialects/cnn/Cnn.h"
#include "llvm/ADT/APSInt.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using namespace cnnc::cnn;
using Step = ScalarProgram::Step;

static int64_t wrap(int64_t value, unsigned width) { return width == 1 ? value & 1 : llvm::SignExtend64(value, width); }
static uint64_t toUnsigned(int64_t value, unsigned width) { return value & llvm::maskTrailingOnes<uint64_t>(width); }

static bool compareFloats(int64_t predicate, double a, double b) {
  bool unordered = std::isnan(a) || std::isnan(b);
  switch (static_cast<arith::CmpFPredicate>(predicate)) {
  case arith::CmpFPredicate::AlwaysFalse:
    return false;
  case arith::CmpFPredicate::OEQ:
    return a == b;
  case arith::CmpFPredicate::OGT:
    return a > b;
  case arith::CmpFPredicate::OGE:
    return a >= b;
  case arith::CmpFPredicate::OLT:
    return a < b;
  case arith::CmpFPredicate::OLE:
    return a <= b;
  case arith::CmpFPredicate::ONE:
    return !unordered && a != b;
  case arith::CmpFPredicate::ORD:
    return !unordered;
  case arith::CmpFPredicate::UEQ:
    return unordered || a == b;
  case arith::CmpFPredicate::UGT:
    return unordered || a > b;
  case arith::CmpFPredicate::UGE:
    return unordered || a >= b;
  case arith::CmpFPredicate::ULT:
    return unordered || a < b;
  case arith::CmpFPredicate::ULE:
    return unordered || a <= b;
  case arith::CmpFPredicate::UNE:
    return unordered || a != b;
  case arith::CmpFPredicate::UNO:
    return unordered;
  case arith::CmpFPredicate::AlwaysTrue:
    return true;
  }
  return false;
}

/// A double as the nearest integer of `width` bits towards zero, at the bounds where it lies beyond them.
static int64_t toInteger(double value, unsigned width, bool isUnsigned) {
  llvm::APSInt integer(width, isUnsigned);
  bool isExact = false;
  llvm::APFloat(value).convertToInteger(integer, llvm::APFloat::rmTowardZero, &isExact);
  return integer.isSigned() ? integer.getSExtValue() : static_cast<int64_t>(integer.getZExtValue());
}

/// A 64-bit integer rounds once: by way of a double it would do so twice.
template <typename Integer> static double toReal(Integer value, FloatType precision) {
  return precision.isF32() ? static_cast<float>(value) : static_cast<double>(value);
}

double cnnc::cnn::roundTo(FloatType type, double value) {
  if (type.isF64())
    return value;
  if (type.isF32())
    return static_cast<float>(value);
  llvm::APFloat narrow(value);
  bool losesInfo = false;
  narrow.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  narrow.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return narrow.convertToDouble();
}

namespace {

#define SCALAR(body)                                                                                                   \
  [](const Step &s, const Scalar *x, Scalar &r) -> bool {                                                              \
    body;                                                                                                              \
    return true;                                                                                                       \
  }
#define REAL(expression) SCALAR(r.real = (expression))
#define INTEGER(expression) SCALAR(r.integer = (expression))
#define UNSIGNED(index) toUnsigned(x[index].integer, s.operandWidth)

const std::pair<StringRef, ScalarProgram::Function> kFunctions[] = {
    {"arith.addf", REAL(x[0].real + x[1].real)},
    {"arith.subf", REAL(x[0].real - x[1].real)},
    {"arith.mulf", REAL(x[0].real * x[1].real)},
    {"arith.divf", REAL(x[0].real / x[1].real)},
    {"arith.remf", REAL(std::fmod(x[0].real, x[1].real))},
    {"arith.negf", REAL(-x[0].real)},
    {"arith.maximumf", REAL(std::isnan(x[0].real)   ? x[0].real
                            : x[0].real > x[1].real ? x[0].real
                                                    : x[1].real)},
    {"arith.minimumf", REAL(std::isnan(x[0].real)   ? x[0].real
                            : x[0].real < x[1].real ? x[0].real
                                                    : x[1].real)},
    {"arith.maxnumf", REAL(std::fmax(x[0].real, x[1].real))},
    {"arith.minnumf", REAL(std::fmin(x[0].real, x[1].real))},
    {"arith.cmpf", INTEGER(compareFloats(s.predicate, x[0].real, x[1].real))},
    {"arith.extf", REAL(x[0].real)},
    {"arith.truncf", REAL(x[0].real)},
    {"arith.fptosi", INTEGER(toInteger(x[0].real, s.width, /*isUnsigned=*/false))},
    {"arith.fptoui", INTEGER(toInteger(x[0].real, s.width, /*isUnsigned=*/true))},
    {"arith.sitofp", REAL(toReal(x[0].integer, s.precision))},
    {"arith.uitofp", REAL(toReal(UNSIGNED(0), s.precision))},
    {"arith.addi", INTEGER(static_cast<uint64_t>(x[0].integer) + x[1].integer)},
    {"arith.subi", INTEGER(static_cast<uint64_t>(x[0].integer) - x[1].integer)},
    {"arith.muli", INTEGER(static_cast<uint64_t>(x[0].integer) * x[1].integer)},
    {"arith.divsi", SCALAR(if (x[1].integer == 0 || (x[1].integer == -1 && x[0].integer == INT64_MIN)) return false;
                           r.integer = x[0].integer / x[1].integer)},
    {"arith.remsi", SCALAR(if (x[1].integer == 0 || x[1].integer == -1) {
       r.integer = 0;
       return x[1].integer != 0;
     } r.integer = x[0].integer % x[1].integer)},
    {"arith.divui", SCALAR(if (!UNSIGNED(1)) return false; r.integer = UNSIGNED(0) / UNSIGNED(1))},
    {"arith.remui", SCALAR(if (!UNSIGNED(1)) return false; r.integer = UNSIGNED(0) % UNSIGNED(1))},
    {"arith.andi", INTEGER(x[0].integer & x[1].integer)},
    {"arith.ori", INTEGER(x[0].integer | x[1].integer)},
    {"arith.xori", INTEGER(x[0].integer ^ x[1].integer)},
    {"arith.shli", INTEGER(UNSIGNED(1) >= s.width ? 0 : static_cast<uint64_t>(x[0].integer) << x[1].integer)},
    {"arith.shrui", INTEGER(UNSIGNED(1) >= s.width ? 0 : UNSIGNED(0) >> x[1].integer)},
    {"arith.shrsi", INTEGER(x[0].integer >> std::min<uint64_t>(UNSIGNED(1), 63))},
    {"arith.maxsi", INTEGER(std::max(x[0].integer, x[1].integer))},
    {"arith.minsi", INTEGER(std::min(x[0].integer, x[1].integer))},
    {"arith.maxui", INTEGER(std::max(UNSIGNED(0), UNSIGNED(1)))},
    {"arith.minui", INTEGER(std::min(UNSIGNED(0), UNSIGNED(1)))},
    {"arith.cmpi", INTEGER(arith::applyCmpPredicate(static_cast<arith::CmpIPredicate>(s.predicate),
                                                    llvm::APInt(64, x[0].integer), llvm::APInt(64, x[1].integer)))},
    {"arith.select", SCALAR(r = x[0].integer ? x[1] : x[2])},
    {"arith.extsi", INTEGER(s.operandWidth == 1 ? -x[0].integer : x[0].integer)},
    {"arith.extui", INTEGER(UNSIGNED(0))},
    {"arith.trunci", INTEGER(x[0].integer)},
    {"arith.index_cast", INTEGER(x[0].integer)},
    {"math.absf", REAL(std::fabs(x[0].real))},
    {"math.absi", INTEGER(x[0].integer < 0 ? -static_cast<uint64_t>(x[0].integer) : x[0].integer)},
    {"math.sqrt", REAL(std::sqrt(x[0].real))},
    {"math.rsqrt", REAL(1 / std::sqrt(x[0].real))},
    {"math.cbrt", REAL(std::cbrt(x[0].real))},
    {"math.exp", REAL(std::exp(x[0].real))},
    {"math.exp2", REAL(std::exp2(x[0].real))},
    {"math.expm1", REAL(std::expm1(x[0].real))},
    {"math.log", REAL(std::log(x[0].real))},
    {"math.log2", REAL(std::log2(x[0].real))},
    {"math.log1p", REAL(std::log1p(x[0].real))},
    {"math.sin", REAL(std::sin(x[0].real))},
    {"math.cos", REAL(std::cos(x[0].real))},
    {"math.tan", REAL(std::tan(x[0].real))},
    {"math.asin", REAL(std::asin(x[0].real))},
    {"math.acos", REAL(std::acos(x[0].real))},
    {"math.atan", REAL(std::atan(x[0].real))},
    {"math.sinh", REAL(std::sinh(x[0].real))},
    {"math.cosh", REAL(std::cosh(x[0].real))},
    {"math.tanh", REAL(std::tanh(x[0].real))},
    {"math.asinh", REAL(std::asinh(x[0].real))},
    {"math.acosh", REAL(std::acosh(x[0].real))},
    {"math.atanh", REAL(std::atanh(x[0].real))},
    {"math.erf", REAL(std::erf(x[0].real))},
    {"math.powf", REAL(std::pow(x[0].real, x[1].real))},
    {"math.floor", REAL(std::floor(x[0].real))},
    {"math.ceil", REAL(std::ceil(x[0].real))},
    {"math.trunc", REAL(std::trunc(x[0].real))},
    {"math.round", REAL(std::round(x[0].real))},
    {"math.roundeven", REAL(std::nearbyint(x[0].real))},
    {"math.copysign", REAL(std::copysign(x[0].real, x[1].real))},
};

const llvm::StringMap<ScalarProgram::Function> &getFunctions() {
  static const llvm::StringMap<ScalarProgram::Function> functions = [] {
    llvm::StringMap<ScalarProgram::Function> byName;
    for (const auto &[name, function] : kFunctions)
      byName.try_emplace(name, function);
    return byName;
  }();
  return functions;
}

} // namespace

static unsigned getWidth(Type type) {
  if (type.isIndex())
    return 64;
  return type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 0;
}

static bool isKnown(Type type) {
  return type.isF16() || type.isBF16() || type.isF32() || type.isF64() || type.isIndex() ||
         (isa<IntegerType>(type) && getWidth(type) <= 64);
}

static std::optional<Scalar> readConstant(arith::ConstantOp constant) {
  Scalar scalar;
  if (auto real = dyn_cast<FloatAttr>(constant.getValue()))
    scalar.real = real.getValueAsDouble();
  else if (auto integer = dyn_cast<IntegerAttr>(constant.getValue()))
    scalar.integer = wrap(integer.getValue().getSExtValue(), getWidth(integer.getType()));
  else
    return std::nullopt;
  return scalar;
}

std::optional<ScalarProgram> ScalarProgram::compile(Block &block) {
  ScalarProgram program;
  llvm::DenseMap<Value, unsigned> numbers;
  auto define = [&](Value value, Scalar scalar) {
    numbers[value] = program.slots.size();
    program.slots.push_back(scalar);
  };
  for (BlockArgument argument : block.getArguments()) {
    if (!isKnown(argument.getType()))
      return std::nullopt;
    define(argument, Scalar{0});
  }
  program.argumentCount = block.getNumArguments();
  // Slots of steps follow one another in order; constants are filled before them.
  for (auto constant : block.getOps<arith::ConstantOp>()) {
    std::optional<Scalar> scalar = readConstant(constant);
    if (!scalar || !isKnown(constant.getType()))
      return std::nullopt;
    define(constant, *scalar);
  }
  for (Operation &op : block) {
    if (isa<arith::ConstantOp>(op))
      continue;
    Step step = {};
    for (Value operand : op.getOperands()) {
      auto number = numbers.find(operand);
      if (number == numbers.end())
        return std::nullopt;
      step.operands.push_back(number->second);
    }
    if (isa<YieldOp>(op)) {
      program.yielded = step.operands.front();
      return program;
    }
    auto function = getFunctions().find(op.getName().getStringRef());
    if (function == getFunctions().end() || step.operands.size() > 3 || !isKnown(op.getResult(0).getType()))
      return std::nullopt;
    Type type = op.getResult(0).getType();
    step.apply = function->second;
    step.width = getWidth(type);
    step.operandWidth = getWidth(op.getOperand(0).getType());
    step.precision = dyn_cast<FloatType>(type);
    if (step.precision)
      step.width = 0;
    if (auto compare = dyn_cast<arith::CmpFOp>(op))
      step.predicate = static_cast<int64_t>(compare.getPredicate());
    if (auto compare = dyn_cast<arith::CmpIOp>(op))
      step.predicate = static_cast<int64_t>(compare.getPredicate());
    program.steps.push_back(step);
    define(op.getResult(0), Scalar{0});
  }
  return std::nullopt;
}

std::optional<Scalar> ScalarProgram::run(ArrayRef<Scalar> arguments) {
  llvm::copy(arguments, slots.begin());
  Scalar *result = slots.end() - steps.size();
  for (const Step &step : steps) {
    Scalar operands[3];
    for (auto [index, number] : llvm::enumerate(step.operands))
      operands[index] = slots[number];
    if (!step.apply(step, operands, *result))
      return std::nullopt;
    // A float of one operation rounded from double is the float of that operation: 53 > 2 * 24 + 1 bits.
    if (step.precision)
      result->real = roundTo(step.precision, result->real);
    else if (step.width)
      result->integer = wrap(result->integer, step.width);
    ++result;
  }
  return slots[yielded];
}

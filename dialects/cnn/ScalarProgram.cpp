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

static bool compareIntegers(int64_t predicate, int64_t a, int64_t b) {
  return arith::applyCmpPredicate(static_cast<arith::CmpIPredicate>(predicate), llvm::APInt(64, a), llvm::APInt(64, b));
}

namespace {

// The values of Functions.def as statements of its names.
#define REAL(expression) result.real = (expression)
#define INTEGER(expression) result.integer = (expression)
#define SCALAR(expression) result = (expression)
#define DEFINED(condition, expression)                                                                                 \
  if (!(condition))                                                                                                    \
    return false;                                                                                                      \
  INTEGER(expression)
#define FUNCTION(op, cost, value, name) INSTRUCTION(op, cost, value)
#define INSTRUCTION(op, cost, value)                                                                                   \
  {op::getOperationName(), [](const Step &step, const Scalar *operands, Scalar &result) -> bool {                      \
     [[maybe_unused]] double x = operands[0].real, y = operands[1].real;                                               \
     [[maybe_unused]] int64_t i = operands[0].integer, j = operands[1].integer;                                        \
     [[maybe_unused]] uint64_t u = toUnsigned(i, step.operandWidth), v = toUnsigned(j, step.operandWidth);             \
     value;                                                                                                            \
     return true;                                                                                                      \
   }},

const std::pair<StringRef, ScalarProgram::Function> kFunctions[] = {
#include "dialects/cnn/Functions.def"
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

static std::optional<Scalar> readScalar(Attribute constant) {
  Scalar scalar;
  if (auto real = dyn_cast_or_null<FloatAttr>(constant))
    scalar.real = real.getValueAsDouble();
  else if (auto integer = dyn_cast_or_null<IntegerAttr>(constant))
    scalar.integer = wrap(integer.getValue().getSExtValue(), getWidth(integer.getType()));
  else
    return std::nullopt;
  return isKnown(cast<TypedAttr>(constant).getType()) ? std::optional(scalar) : std::nullopt;
}

/// The op without its operands' numbers; none where it is in no row, or of a type that is not known.
static std::optional<Step> createStep(Operation &op) {
  auto function = getFunctions().find(op.getName().getStringRef());
  if (function == getFunctions().end() || op.getNumOperands() > 3 || !isKnown(op.getResult(0).getType()))
    return std::nullopt;
  Type type = op.getResult(0).getType();
  Step step = {};
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
  return step;
}

/// False where the result is undefined.
static bool runStep(const Step &step, const Scalar *operands, Scalar &result) {
  if (!step.apply(step, operands, result))
    return false;
  // A float of one operation rounded from double is the float of that operation: 53 > 2 * 24 + 1 bits.
  if (step.precision)
    result.real = roundTo(step.precision, result.real);
  else if (step.width)
    result.integer = wrap(result.integer, step.width);
  return true;
}

TypedAttr cnnc::cnn::evaluateScalar(Operation &op, ArrayRef<Attribute> operands) {
  std::optional<Step> step = createStep(op);
  if (!step)
    return {};
  Scalar scalars[3] = {}, result;
  for (auto [scalar, operand] : llvm::zip(scalars, operands)) {
    std::optional<Scalar> constant = readScalar(operand);
    if (!constant)
      return {};
    scalar = *constant;
  }
  if (!runStep(*step, scalars, result))
    return {};
  if (step->precision)
    return FloatAttr::get(step->precision, result.real);
  llvm::APInt integer(step->width, result.integer, /*isSigned=*/false, /*implicitTrunc=*/true);
  return IntegerAttr::get(op.getResult(0).getType(), integer);
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
    std::optional<Scalar> scalar = readScalar(constant.getValue());
    if (!scalar)
      return std::nullopt;
    define(constant, *scalar);
  }
  for (Operation &op : block) {
    if (isa<arith::ConstantOp>(op))
      continue;
    llvm::SmallVector<unsigned, 3> operands;
    for (Value operand : op.getOperands()) {
      auto number = numbers.find(operand);
      if (number == numbers.end())
        return std::nullopt;
      operands.push_back(number->second);
    }
    if (isa<YieldOp>(op)) {
      program.yielded = operands.front();
      return program;
    }
    std::optional<Step> step = createStep(op);
    if (!step)
      return std::nullopt;
    step->operands = operands;
    program.steps.push_back(*step);
    define(op.getResult(0), Scalar{0});
  }
  return std::nullopt;
}

std::optional<Scalar> ScalarProgram::run(ArrayRef<Scalar> arguments) {
  llvm::copy(arguments, slots.begin());
  Scalar *result = slots.end() - steps.size();
  for (const Step &step : steps) {
    Scalar operands[3] = {};
    for (auto [index, number] : llvm::enumerate(step.operands))
      operands[index] = slots[number];
    if (!runStep(step, operands, *result))
      return std::nullopt;
    ++result;
  }
  return slots[yielded];
}

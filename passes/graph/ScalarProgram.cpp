// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/graph/ScalarProgram.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <cmath>

using namespace mlir;
using namespace cnnc;

using Function = double (*)(double, double, double);

/// Ops by name; comparisons are in getComparison.
static Function getFunction(StringRef name) {
  static const llvm::StringMap<Function> functions = {
      {"arith.addf", [](double a, double b, double) { return a + b; }},
      {"arith.subf", [](double a, double b, double) { return a - b; }},
      {"arith.mulf", [](double a, double b, double) { return a * b; }},
      {"arith.divf", [](double a, double b, double) { return a / b; }},
      {"arith.remf", [](double a, double b, double) { return std::fmod(a, b); }},
      {"arith.negf", [](double a, double, double) { return -a; }},
      {"arith.maximumf", [](double a, double b, double) { return std::isnan(a) || a > b ? a : b; }},
      {"arith.minimumf", [](double a, double b, double) { return std::isnan(a) || a < b ? a : b; }},
      {"arith.maxnumf", [](double a, double b, double) { return std::fmax(a, b); }},
      {"arith.minnumf", [](double a, double b, double) { return std::fmin(a, b); }},
      {"arith.addi", [](double a, double b, double) { return a + b; }},
      {"arith.subi", [](double a, double b, double) { return a - b; }},
      {"arith.muli", [](double a, double b, double) { return a * b; }},
      {"arith.maxsi", [](double a, double b, double) { return std::max(a, b); }},
      {"arith.minsi", [](double a, double b, double) { return std::min(a, b); }},
      {"arith.select", [](double a, double b, double c) { return a != 0 ? b : c; }},
      {"arith.extf", [](double a, double, double) { return a; }},
      {"arith.sitofp", [](double a, double, double) { return a; }},
      {"arith.fptosi", [](double a, double, double) { return std::trunc(a); }},
      {"arith.extsi", [](double a, double, double) { return a; }},
      {"math.absf", [](double a, double, double) { return std::fabs(a); }},
      {"math.ceil", [](double a, double, double) { return std::ceil(a); }},
      {"math.floor", [](double a, double, double) { return std::floor(a); }},
      {"math.exp", [](double a, double, double) { return std::exp(a); }},
      {"math.expm1", [](double a, double, double) { return std::expm1(a); }},
      {"math.log", [](double a, double, double) { return std::log(a); }},
      {"math.log1p", [](double a, double, double) { return std::log1p(a); }},
      {"math.sqrt", [](double a, double, double) { return std::sqrt(a); }},
      {"math.rsqrt", [](double a, double, double) { return 1 / std::sqrt(a); }},
      {"math.erf", [](double a, double, double) { return std::erf(a); }},
      {"math.tanh", [](double a, double, double) { return std::tanh(a); }},
      {"math.sin", [](double a, double, double) { return std::sin(a); }},
      {"math.cos", [](double a, double, double) { return std::cos(a); }},
      {"math.powf", [](double a, double b, double) { return std::pow(a, b); }},
      {"math.fma", [](double a, double b, double c) { return a * b + c; }},
  };
  return functions.lookup(name);
}

static Function getComparison(arith::CmpFPredicate predicate) {
  switch (predicate) {
  case arith::CmpFPredicate::OEQ:
    return [](double a, double b, double) -> double { return a == b; };
  case arith::CmpFPredicate::OGT:
    return [](double a, double b, double) -> double { return a > b; };
  case arith::CmpFPredicate::OGE:
    return [](double a, double b, double) -> double { return a >= b; };
  case arith::CmpFPredicate::OLT:
    return [](double a, double b, double) -> double { return a < b; };
  case arith::CmpFPredicate::OLE:
    return [](double a, double b, double) -> double { return a <= b; };
  case arith::CmpFPredicate::UNE:
    return [](double a, double b, double) -> double { return a != b; };
  default:
    return nullptr;
  }
}

static Function getFunction(Operation &op) {
  if (auto comparison = dyn_cast<arith::CmpFOp>(op))
    return getComparison(comparison.getPredicate());
  // Registers are doubles: other widths of integers would have to wrap.
  bool wide = llvm::all_of(op.getResultTypes(),
                           [](Type type) { return !type.isInteger() || type.isInteger(64) || type.isInteger(32); });
  return wide && op.getNumOperands() <= 3 ? getFunction(op.getName().getStringRef()) : nullptr;
}

std::optional<ScalarProgram> ScalarProgram::compile(Block &body) {
  ScalarProgram program;
  llvm::DenseMap<Value, unsigned> registers;
  auto define = [&](Value value, double number) {
    registers[value] = program.initial.size();
    program.initial.push_back(number);
  };
  for (BlockArgument argument : body.getArguments())
    define(argument, 0);
  for (Operation &op : body.without_terminator()) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      if (auto number = dyn_cast<FloatAttr>(constant.getValue()))
        define(constant, number.getValueAsDouble());
      else if (auto integer = dyn_cast<IntegerAttr>(constant.getValue()))
        define(constant, integer.getType().isInteger(1) ? integer.getValue().getZExtValue() : integer.getInt());
      else
        return std::nullopt;
      continue;
    }
    Instruction instruction = {getFunction(op), {0, 0, 0}};
    if (!instruction.function)
      return std::nullopt;
    for (auto [i, operand] : llvm::enumerate(op.getOperands())) {
      auto it = registers.find(operand);
      if (it == registers.end())
        return std::nullopt;
      instruction.operands[i] = it->second;
    }
    define(op.getResult(0), 0);
    program.results.push_back(program.initial.size() - 1);
    program.instructions.push_back(instruction);
  }
  auto it = registers.find(body.getTerminator()->getOperand(0));
  if (it == registers.end())
    return std::nullopt;
  program.yielded = it->second;
  return program;
}

double ScalarProgram::run(ArrayRef<double> arguments, std::vector<double> &registers) const {
  registers.assign(initial.begin(), initial.end());
  llvm::copy(arguments, registers.begin());
  for (auto [instruction, result] : llvm::zip_equal(instructions, results)) {
    const unsigned *operands = instruction.operands;
    registers[result] = instruction.function(registers[operands[0]], registers[operands[1]], registers[operands[2]]);
  }
  return registers[yielded];
}

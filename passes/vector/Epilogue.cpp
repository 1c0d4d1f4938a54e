// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/Epilogue.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/vector/DoubleMath.h"
#include "passes/vector/VectorMath.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

bool cnnc::to_vector::isInstruction(Operation *op) {
#define INSTRUCTION(row, cost, value)                                                                                  \
  if (isa<row>(op))                                                                                                    \
    return true;
#include "dialects/cnn/Functions.def"
  return false;
}

/// x86's max(a, b) is a > b ? a : b, one instruction where a constant a rules out a NaN in it.
static Value emitExtremum(Operation *op, ValueRange operands, VectorEmitter &emitter) {
  if (!isa<arith::MaximumFOp, arith::MinimumFOp>(op) || emitter.level.family != "x86_64")
    return Value();
  auto isNumber = [](Value value) {
    DenseFPElementsAttr constant;
    return matchPattern(value, m_Constant(&constant)) && constant.isSplat() &&
           !constant.getSplatValue<APFloat>().isNaN();
  };
  Value number = operands[0], other = operands[1];
  if (!isNumber(number))
    std::swap(number, other);
  if (!isNumber(number))
    return Value();
  arith::CmpFPredicate predicate = isa<arith::MaximumFOp>(op) ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT;
  Value wins = arith::CmpFOp::create(emitter.builder, emitter.loc, predicate, number, other);
  return arith::SelectOp::create(emitter.builder, emitter.loc, wins, number, other);
}

/// An f32 as the nearest i32, in one instruction.
static Value emitRounding(Operation *op, ValueRange operands, VectorEmitter &emitter) {
  auto rounded = operands.empty() ? nullptr : operands[0].getDefiningOp<math::RoundEvenOp>();
  if (!isa<arith::FPToSIOp>(op) || !op->getResult(0).getType().isInteger(32) || !rounded ||
      !op->getOperand(0).getType().isF32() || emitter.level.family != "x86_64")
    return Value();
  VectorType type = emitter.vectorType(emitter.builder.getI32Type());
  std::string lanes = ".v" + std::to_string(emitter.lanes());
  StringAttr name = emitter.builder.getStringAttr("llvm.lrint" + lanes + "i32" + lanes + "f32");
  return LLVM::CallIntrinsicOp::create(emitter.builder, emitter.loc, type, name, rounded.getOperand()).getResults();
}

/// f32 or f64 to bf16 by its bits, rounded to nearest, ties to even; a NaN stays one.
static Value roundToBfloat(VectorEmitter &emitter, Value wide) {
  Lanes x(emitter, wide), single = x;
  OpBuilder &builder = emitter.builder;
  auto keepInteger = [&](Type type, const Lanes &bits) { return bits.to<arith::TruncIOp>(type); };
  auto toInteger = [&](const Lanes &flag) { return flag.to<arith::ExtUIOp>(builder.getI32Type()); };
  Lanes bits = x;
  if (isDouble(x)) {
    // Towards zero and then to odd: the second rounding sees on which side of a tie the double lies.
    single = x.to<arith::TruncFOp>(builder.getF32Type());
    Lanes back = single.to<arith::ExtFOp>(builder.getF64Type());
    Lanes isAbove = abs(back).compare(arith::CmpFPredicate::OGT, abs(x));
    Lanes isCut = back.compare(arith::CmpFPredicate::ONE, x);
    bits = single.bits().apply<arith::SubIOp>(toInteger(isAbove)) | toInteger(isCut);
  } else {
    bits = single.bits();
  }
  Lanes upper = bits.apply<arith::ShRUIOp>(bits.splat(16));
  Lanes odd = upper & bits.splat(1);
  Lanes rounded = bits.apply<arith::AddIOp>(bits.splat(0x7fff)).apply<arith::AddIOp>(odd);
  rounded = rounded.apply<arith::ShRUIOp>(bits.splat(16));
  Lanes isNumber = single.compare(arith::CmpFPredicate::ORD, single);
  Lanes stored = keepInteger(builder.getI16Type(), isNumber.select(rounded, upper | bits.splat(0x40)));
  return stored.to<arith::BitcastOp>(builder.getBF16Type());
}

/// f16 and bf16 to f32, the latter by its bits: few processors have instructions for it. Others stay as they are.
static Value widen(VectorEmitter &emitter, Value vector) {
  Type element = getElementTypeOrSelf(vector);
  OpBuilder &builder = emitter.builder;
  Lanes x(emitter, vector);
  if (element.isF16())
    return x.to<arith::ExtFOp>(builder.getF32Type());
  if (!element.isBF16())
    return vector;
  Lanes bits = x.to<arith::BitcastOp>(builder.getI16Type()).to<arith::ExtUIOp>(builder.getI32Type());
  return bits.apply<arith::ShLIOp>(bits.splat(16)).to<arith::BitcastOp>(builder.getF32Type());
}

/// f32 or f64 to f16 or bf16.
static Value narrow(VectorEmitter &emitter, Value vector, Type type) {
  return type.isBF16() ? roundToBfloat(emitter, vector) : Lanes(emitter, vector).to<arith::TruncFOp>(type).value;
}

/// Casts from and to bf16; null for other ops.
static Value emitBfloatCast(Operation *op, ValueRange operands, VectorEmitter &emitter) {
  Type type = op->getNumResults() == 1 ? op->getResult(0).getType() : Type();
  if (isa<arith::TruncFOp>(op) && type.isBF16())
    return narrow(emitter, operands[0], type);
  if (!isa<arith::ExtFOp>(op) || !op->getOperand(0).getType().isBF16())
    return Value();
  Value single = widen(emitter, operands[0]);
  return type.isF64() ? Lanes(emitter, single).to<arith::ExtFOp>(type).value : single;
}

/// `op` on operands that may be wider than its own, as a vector of `type`.
static FailureOr<Value> emitRow(Operation *op, Type type, ValueRange operands, VectorEmitter &emitter) {
  if (Value value = emitFunction(op, operands, emitter))
    return value;
  if (Value value = emitExtremum(op, operands, emitter))
    return value;
  if (Value value = emitRounding(op, operands, emitter))
    return value;
  if (!isInstruction(op))
    return op->emitOpError("has no vector form");
  Operation *vectorised = clone(emitter.builder, op, TypeRange(VectorType::get({emitter.lanes()}, type)), operands);
  vectorised->setLoc(emitter.loc);
  return vectorised->getResult(0);
}

FailureOr<Value> cnnc::to_vector::emitScalarOp(Operation *op, ValueRange operands, VectorEmitter &emitter) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto type = VectorType::get({emitter.lanes()}, constant.getType());
    Attribute splat = DenseElementsAttr::get(type, Attribute(constant.getValue()));
    return Value(arith::ConstantOp::create(emitter.builder, emitter.loc, cast<TypedAttr>(splat)));
  }
  if (Value value = emitBfloatCast(op, operands, emitter))
    return value;
  if (op->getNumResults() != 1)
    return op->emitOpError("has no vector form");
  Type type = op->getResult(0).getType();
  if (isa<arith::ExtFOp, arith::TruncFOp, arith::SelectOp>(op))
    return emitRow(op, type, operands, emitter);
  // 16-bit floats are computed in f32.
  auto wide = llvm::map_to_vector(operands, [&](Value operand) { return widen(emitter, operand); });
  bool isNarrow = type.isF16() || type.isBF16();
  FailureOr<Value> value = emitRow(op, isNarrow ? emitter.builder.getF32Type() : type, wide, emitter);
  return succeeded(value) && isNarrow ? narrow(emitter, *value, type) : value;
}

FailureOr<SmallVector<Value>> cnnc::to_vector::emitRegion(Region &region, ValueRange arguments, VectorEmitter &emitter,
                                                          Value last) {
  Block &block = region.front();
  DenseMap<Value, Value> vectors;
  for (auto [argument, vector] : llvm::zip_equal(block.getArguments(), arguments))
    vectors[argument] = vector;
  auto lookup = [&](Value value) -> FailureOr<Value> {
    if (Value vector = vectors.lookup(value))
      return vector;
    Operation *constant = value.getDefiningOp();
    if (!isa_and_nonnull<arith::ConstantOp>(constant))
      return emitError(value.getLoc(), "an epilogue uses a value from outside that is no constant");
    FailureOr<Value> splat = emitScalarOp(constant, {}, emitter);
    if (succeeded(splat))
      vectors[value] = *splat;
    return splat;
  };
  SmallVector<Value> operands;
  for (Operation &op : block) {
    operands.clear();
    for (Value operand : op.getOperands()) {
      FailureOr<Value> vector = lookup(operand);
      if (failed(vector))
        return failure();
      operands.push_back(*vector);
    }
    if (op.hasTrait<OpTrait::IsTerminator>())
      break;
    FailureOr<Value> vector = emitScalarOp(&op, operands, emitter);
    if (failed(vector))
      return failure();
    vectors[op.getResult(0)] = *vector;
    if (op.getResult(0) == last)
      return SmallVector<Value>{*vector};
  }
  return operands;
}

std::string cnnc::to_vector::getRegionKey(Region &region) {
  std::string text;
  if (region.empty())
    return text;
  llvm::raw_string_ostream stream(text);
  DenseMap<Value, unsigned> numbers;
  for (BlockArgument argument : region.front().getArguments())
    numbers.try_emplace(argument, numbers.size());
  auto print = [&](Operation &op) {
    stream << op.getName() << op.getAttrDictionary();
    for (Value operand : op.getOperands()) {
      auto known = numbers.find(operand);
      // A constant from outside counts by its value.
      if (known != numbers.end())
        stream << " " << known->second;
      else if (Operation *producer = operand.getDefiningOp())
        stream << " " << producer->getAttrDictionary();
    }
    for (Value result : op.getResults()) {
      numbers.try_emplace(result, numbers.size());
      stream << " : " << result.getType();
    }
    stream << ";";
  };
  for (Operation &op : region.front())
    print(op);
  return text;
}

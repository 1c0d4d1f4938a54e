// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/LaneBody.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "passes/vector/Epilogue.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

Value cnnc::to_vector::getVector(VectorEmitter &emitter, LaneValue value) {
  if (value.isVector())
    return value.value;
  OpBuilder &builder = emitter.builder;
  Type type = value.value.getType();
  VectorType vectorType = VectorType::get({emitter.lanes()}, type);
  TypedAttr constant;
  if (matchPattern(value.value, m_Constant(&constant)) && value.step == 0)
    return arith::ConstantOp::create(builder, emitter.loc, DenseElementsAttr::get(vectorType, Attribute(constant)));
  Value vector = vector::BroadcastOp::create(builder, emitter.loc, vectorType, value.value);
  if (value.step == 0)
    return vector;
  SmallVector<Attribute> steps;
  for (int64_t lane = 0; lane != emitter.lanes(); ++lane)
    steps.push_back(builder.getIntegerAttr(type, lane * value.step));
  Value offsets = arith::ConstantOp::create(builder, emitter.loc, DenseElementsAttr::get(vectorType, steps));
  return arith::AddIOp::create(builder, emitter.loc, vector, offsets);
}

/// The type that holds `element` in memory.
static Type getStoredType(Type element) {
  if (element.isInteger(1))
    return IntegerType::get(element.getContext(), 8);
  if (element.isBF16())
    return IntegerType::get(element.getContext(), 16);
  return element.isIndex() ? Type(IntegerType::get(element.getContext(), 64)) : element;
}

/// i1 from its byte, bf16 from its bits and index from its i64, scalar or vector.
static Value convertFromStored(VectorEmitter &emitter, Value value, Type element) {
  auto vector = dyn_cast<VectorType>(value.getType());
  if (element.isIndex())
    return arith::IndexCastOp::create(emitter.builder, emitter.loc, vector ? Type(vector.clone(element)) : element,
                                      value);
  if (element.isBF16())
    return arith::BitcastOp::create(emitter.builder, emitter.loc, vector ? Type(vector.clone(element)) : element,
                                    value);
  if (!element.isInteger(1))
    return value;
  Value zero = arith::ConstantOp::create(emitter.builder, emitter.loc, emitter.builder.getZeroAttr(value.getType()));
  return arith::CmpIOp::create(emitter.builder, emitter.loc, arith::CmpIPredicate::ne, value, zero);
}

static Value loadElement(VectorEmitter &emitter, Value pointer, int64_t bytes, Type element) {
  return convertFromStored(emitter, emitter.loadScalar(pointer, bytes, getStoredType(element)), element);
}

/// A vector of scalars; lanes past them are zero.
static Value joinLanes(VectorEmitter &emitter, SmallVector<Value> scalars) {
  Type type = scalars.front().getType();
  if (int64_t(scalars.size()) < emitter.lanes()) {
    Value zero = arith::ConstantOp::create(emitter.builder, emitter.loc, emitter.builder.getZeroAttr(type));
    scalars.resize(emitter.lanes(), zero);
  }
  return vector::FromElementsOp::create(emitter.builder, emitter.loc, VectorType::get({emitter.lanes()}, type),
                                        scalars);
}

LaneValue cnnc::to_vector::loadLanes(VectorEmitter &emitter, Value pointer, int64_t bytes, int64_t pitch, int64_t count,
                                     Type element) {
  if (pitch == 0)
    return {loadElement(emitter, pointer, bytes, element)};
  Type stored = getStoredType(element);
  if (pitch * 8 == stored.getIntOrFloatBitWidth())
    return {convertFromStored(emitter, emitter.loadTail(pointer, count, bytes, stored), element)};
  SmallVector<Value> scalars;
  for (int64_t lane = 0; lane != std::min(count, emitter.lanes()); ++lane)
    scalars.push_back(loadElement(emitter, pointer, bytes + lane * pitch, element));
  return {joinLanes(emitter, scalars)};
}

void cnnc::to_vector::storeLanes(VectorEmitter &emitter, Value vector, Value pointer, int64_t bytes, int64_t pitch,
                                 int64_t count) {
  OpBuilder &builder = emitter.builder;
  Type element = cast<VectorType>(vector.getType()).getElementType();
  Type stored = getStoredType(element);
  VectorType storedVector = VectorType::get({emitter.lanes()}, stored);
  if (element.isInteger(1))
    vector = arith::ExtUIOp::create(builder, emitter.loc, storedVector, vector);
  if (element.isIndex())
    vector = arith::IndexCastOp::create(builder, emitter.loc, storedVector, vector);
  if (element.isBF16())
    vector = arith::BitcastOp::create(builder, emitter.loc, storedVector, vector);
  if (count > 1 && pitch * 8 == stored.getIntOrFloatBitWidth())
    return emitter.storeTail(vector, pointer, count, bytes);
  for (int64_t lane = 0; lane != std::min(count, emitter.lanes()); ++lane) {
    Value scalar = vector::ExtractOp::create(builder, emitter.loc, vector, ArrayRef<int64_t>{lane});
    emitter.storeScalar(scalar, pointer, bytes + lane * pitch);
  }
}

Value cnnc::to_vector::selectLanes(VectorEmitter &emitter, Value value, Value other, int64_t count) {
  if (count >= emitter.lanes())
    return value;
  SmallVector<bool> counts(emitter.lanes(), false);
  std::fill_n(counts.begin(), count, true);
  VectorType type = emitter.vectorType(emitter.builder.getI1Type());
  Value mask = arith::ConstantOp::create(emitter.builder, emitter.loc, DenseElementsAttr::get(type, counts));
  return arith::SelectOp::create(emitter.builder, emitter.loc, mask, value, other);
}

/// A load by computed indices: scalar, vector of neighbours, or a gather of scalars.
static LaneValue emitLoad(memref::LoadOp load, ArrayRef<LaneValue> indices, const LaneScope &scope) {
  VectorEmitter &emitter = scope.step.emitter;
  const Operand &memory = scope.captured.at(load.getMemRef());
  auto toInteger = [&](Value value) -> Value {
    Type type = emitter.builder.getI64Type();
    if (auto vector = dyn_cast<VectorType>(value.getType()))
      type = vector.clone(type);
    return emitter.builder.createOrFold<arith::IndexCastOp>(emitter.loc, type, value);
  };
  Value pointer = memory.pointer, offsets;
  int64_t pitch = 0;
  for (auto [dim, index] : llvm::enumerate(indices)) {
    if (index.isVector()) {
      Value bytes = arith::MulIOp::create(emitter.builder, emitter.loc, toInteger(index.value),
                                          getVector(emitter, {emitter.constant(memory.pitch(dim))}));
      offsets = offsets ? arith::AddIOp::create(emitter.builder, emitter.loc, offsets, bytes).getResult() : bytes;
      continue;
    }
    pointer = emitter.offset(pointer, emitter.multiply(toInteger(index.value), memory.pitch(dim)));
    pitch += index.step * memory.pitch(dim);
  }
  if (!offsets)
    return loadLanes(emitter, pointer, 0, pitch, scope.lanes, memory.elementType);
  SmallVector<Value> scalars;
  for (int64_t lane = 0; lane != std::min(scope.lanes, emitter.lanes()); ++lane) {
    Value bytes = vector::ExtractOp::create(emitter.builder, emitter.loc, offsets, ArrayRef<int64_t>{lane});
    scalars.push_back(loadElement(emitter, emitter.offset(pointer, bytes), lane * pitch, memory.elementType));
  }
  return {joinLanes(emitter, scalars)};
}

/// True for ops that are one instruction on scalars, so that what all lanes share is computed once.
static bool isCheapOnScalars(Operation *op) {
  if (isa<arith::ConstantOp>(op))
    return true;
  if (!isa<arith::ArithDialect>(op->getDialect()) || !isInstruction(op))
    return false;
  return llvm::none_of(
      llvm::concat<const Type>(SmallVector<Type>(op->getOperandTypes()), SmallVector<Type>(op->getResultTypes())),
      [](Type type) { return isa<FloatType>(type) && !type.isF32() && !type.isF64(); });
}

static LaneValue cloneOnScalars(Operation &op, ArrayRef<LaneValue> operands, VectorEmitter &emitter) {
  IRMapping mapping;
  for (auto [operand, value] : llvm::zip_equal(op.getOperands(), operands))
    mapping.map(operand, value.value);
  Operation *clone = emitter.builder.clone(op, mapping);
  clone->setLoc(emitter.loc);
  return {clone->getResult(0)};
}

/// The op on integers that grow along the lanes, where the result does so, too.
static std::optional<LaneValue> emitOnSteps(Operation &op, ArrayRef<LaneValue> operands, VectorEmitter &emitter) {
  if (llvm::any_of(operands, [](LaneValue value) { return value.isVector(); }))
    return std::nullopt;
  if (isa<arith::IndexCastOp, arith::ExtSIOp>(op))
    return LaneValue{cloneOnScalars(op, operands, emitter).value, operands[0].step};
  if (isa<arith::AddIOp>(op))
    return LaneValue{cloneOnScalars(op, operands, emitter).value, operands[0].step + operands[1].step};
  if (isa<arith::SubIOp>(op))
    return LaneValue{cloneOnScalars(op, operands, emitter).value, operands[0].step - operands[1].step};
  APInt factor;
  if (isa<arith::MulIOp>(op) && matchPattern(operands[1].value, m_ConstantInt(&factor)) && operands[1].isUniform())
    return LaneValue{cloneOnScalars(op, operands, emitter).value, operands[0].step * factor.getSExtValue()};
  return std::nullopt;
}

/// Divisors of lanes that do not count become 1: x86 traps on 0.
static Value guardDivisor(VectorEmitter &emitter, Value divisor, int64_t lanes) {
  auto type = cast<VectorType>(divisor.getType());
  Attribute one = emitter.builder.getIntegerAttr(type.getElementType(), 1);
  Value ones = arith::ConstantOp::create(emitter.builder, emitter.loc, DenseElementsAttr::get(type, one));
  return selectLanes(emitter, divisor, ones, lanes);
}

static FailureOr<LaneValue> emitLaneOp(Operation &op, ArrayRef<LaneValue> operands, const LaneScope &scope) {
  VectorEmitter &emitter = scope.step.emitter;
  if (auto load = dyn_cast<memref::LoadOp>(op))
    return emitLoad(load, operands, scope);
  if (auto index = dyn_cast<linalg::IndexOp>(op)) {
    LaneValue value = scope.getIndex(index.getDim());
    Value cast =
        emitter.builder.createOrFold<arith::IndexCastOp>(emitter.loc, emitter.builder.getIndexType(), value.value);
    return LaneValue{cast, value.step};
  }
  bool isUniform = llvm::all_of(operands, [](LaneValue value) { return value.isUniform(); });
  if (isUniform && isCheapOnScalars(&op))
    return cloneOnScalars(op, operands, emitter);
  if (std::optional<LaneValue> value = emitOnSteps(op, operands, emitter))
    return *value;
  SmallVector<Value> vectors;
  for (LaneValue operand : operands)
    vectors.push_back(getVector(emitter, operand));
  if (isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp>(op))
    vectors[1] = guardDivisor(emitter, vectors[1], scope.lanes);
  FailureOr<Value> vector = emitScalarOp(&op, vectors, emitter);
  if (failed(vector))
    return failure();
  return LaneValue{*vector};
}

FailureOr<SmallVector<LaneValue>> cnnc::to_vector::emitLaneBody(Block &body, ArrayRef<LaneValue> arguments,
                                                                const LaneScope &scope) {
  DenseMap<Value, LaneValue> values;
  for (auto [argument, value] : llvm::zip_equal(body.getArguments(), arguments))
    values[argument] = value;
  SmallVector<LaneValue> operands;
  for (Operation &op : body) {
    operands.clear();
    for (Value operand : op.getOperands()) {
      auto known = values.find(operand);
      if (known != values.end()) {
        operands.push_back(known->second);
        continue;
      }
      if (isa<MemRefType>(operand.getType()))
        continue;
      Operation *constant = operand.getDefiningOp();
      if (!isa_and_nonnull<arith::ConstantOp>(constant))
        return op.emitOpError("uses a value from outside that is no constant");
      values[operand] = cloneOnScalars(*constant, {}, scope.step.emitter);
      operands.push_back(values[operand]);
    }
    if (op.hasTrait<OpTrait::IsTerminator>())
      break;
    FailureOr<LaneValue> value = emitLaneOp(op, operands, scope);
    if (failed(value))
      return failure();
    values[op.getResult(0)] = *value;
  }
  return operands;
}

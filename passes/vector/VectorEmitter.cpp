// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/VectorEmitter.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

std::optional<int64_t> cnnc::to_vector::getConstant(Value value) {
  APInt constant;
  if (!matchPattern(value, m_ConstantInt(&constant)))
    return std::nullopt;
  return constant.getSExtValue();
}

/// Memory is aligned to its elements and to nothing more.
static unsigned getAlignment(Type element) {
  return isa<LLVM::LLVMPointerType>(element) ? 8 : std::max(1u, element.getIntOrFloatBitWidth() / 8);
}

VectorType VectorEmitter::vectorType(Type element) {
  return VectorType::get({lanes()}, element ? element : builder.getF32Type());
}

Type VectorEmitter::pointerType() { return LLVM::LLVMPointerType::get(builder.getContext()); }

Value VectorEmitter::constant(int64_t value) { return arith::ConstantIntOp::create(builder, loc, value, 64); }

Value VectorEmitter::add(Value a, Value b) { return builder.createOrFold<arith::AddIOp>(loc, a, b); }

Value VectorEmitter::subtract(Value a, Value b) { return builder.createOrFold<arith::SubIOp>(loc, a, b); }

Value VectorEmitter::multiply(Value a, Value b) { return builder.createOrFold<arith::MulIOp>(loc, a, b); }

Value VectorEmitter::divide(Value a, int64_t b) { return builder.createOrFold<arith::DivUIOp>(loc, a, constant(b)); }

Value VectorEmitter::remainder(Value a, int64_t b) { return builder.createOrFold<arith::RemUIOp>(loc, a, constant(b)); }

Value VectorEmitter::minimum(Value a, Value b) { return builder.createOrFold<arith::MinSIOp>(loc, a, b); }

Value VectorEmitter::maximum(Value a, Value b) { return builder.createOrFold<arith::MaxSIOp>(loc, a, b); }

Value VectorEmitter::compare(arith::CmpIPredicate predicate, Value a, Value b) {
  return builder.createOrFold<arith::CmpIOp>(loc, predicate, a, b);
}

Value VectorEmitter::select(Value condition, Value a, Value b) {
  return builder.createOrFold<arith::SelectOp>(loc, condition, a, b);
}

Value VectorEmitter::opaque(Value value) {
  LLVM::InlineAsmOp hidden = LLVM::InlineAsmOp::create(
      builder, loc, value.getType(), value, builder.getStringAttr(""), builder.getStringAttr("=r,0"), UnitAttr(),
      UnitAttr(), LLVM::TailCallKindAttr::get(builder.getContext(), LLVM::TailCallKind::None), LLVM::AsmDialectAttr(),
      ArrayAttr());
  return hidden.getResult(0);
}

std::pair<Value, Value> VectorEmitter::part(Value task, int64_t tasks, int64_t extent) {
  if (tasks == 1)
    return {constant(0), constant(extent)};
  if (extent % tasks == 0) {
    Value lower = multiply(task, extent / tasks);
    return {lower, add(lower, extent / tasks)};
  }
  Value lower = multiply(task, extent);
  return {divide(lower, tasks), divide(add(lower, extent), tasks)};
}

Value VectorEmitter::offset(Value pointer, Value bytes) {
  if (std::optional<int64_t> constant = getConstant(bytes))
    return offset(pointer, *constant);
  return LLVM::GEPOp::create(builder, loc, pointerType(), builder.getI8Type(), pointer, LLVM::GEPArg(bytes));
}

Value VectorEmitter::offset(Value pointer, int64_t bytes) {
  if (bytes == 0)
    return pointer;
  // A constant index has 29 bits; longer distances are values.
  LLVM::GEPArg index = llvm::isInt<29>(bytes) ? LLVM::GEPArg(int32_t(bytes)) : LLVM::GEPArg(constant(bytes));
  return LLVM::GEPOp::create(builder, loc, pointerType(), builder.getI8Type(), pointer, index);
}

Value VectorEmitter::splat(double value, Type element) {
  VectorType type = vectorType(element);
  Attribute scalar = isa<FloatType>(type.getElementType())
                         ? Attribute(builder.getFloatAttr(type.getElementType(), value))
                         : Attribute(builder.getIntegerAttr(type.getElementType(), int64_t(value)));
  return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, scalar));
}

Value VectorEmitter::load(Value pointer, int64_t bytes, Type element) {
  VectorType type = vectorType(element);
  return LLVM::LoadOp::create(builder, loc, type, offset(pointer, bytes), getAlignment(type.getElementType()));
}

void VectorEmitter::prefetch(Value pointer, int64_t bytes) {
  constexpr uint32_t kRead = 0, kSecondLevel = 2, kData = 1;
  LLVM::Prefetch::create(builder, loc, offset(pointer, bytes), kRead, kSecondLevel, kData);
}

/// A constant mask of the first `count` lanes.
static Value createMask(VectorEmitter &emitter, int64_t count) {
  SmallVector<bool> lanes(emitter.lanes(), false);
  std::fill_n(lanes.begin(), count, true);
  VectorType type = emitter.vectorType(emitter.builder.getI1Type());
  return arith::ConstantOp::create(emitter.builder, emitter.loc, DenseElementsAttr::get(type, ArrayRef<bool>(lanes)));
}

Value VectorEmitter::loadTail(Value pointer, int64_t count, int64_t bytes, Type element) {
  if (count >= lanes())
    return load(pointer, bytes, element);
  VectorType type = vectorType(element);
  if (count <= 0)
    return zero(element);
  return LLVM::MaskedLoadOp::create(builder, loc, type, offset(pointer, bytes), createMask(*this, count), zero(element),
                                    builder.getI32IntegerAttr(getAlignment(type.getElementType())),
                                    /*nontemporal=*/UnitAttr());
}

void VectorEmitter::store(Value vector, Value pointer, int64_t bytes) {
  Type element = cast<VectorType>(vector.getType()).getElementType();
  LLVM::StoreOp::create(builder, loc, vector, offset(pointer, bytes), getAlignment(element));
}

void VectorEmitter::storeTail(Value vector, Value pointer, int64_t count, int64_t bytes) {
  if (count >= lanes())
    return store(vector, pointer, bytes);
  if (count <= 0)
    return;
  Type element = cast<VectorType>(vector.getType()).getElementType();
  if (lanes() == 16) {
    LLVM::MaskedStoreOp::create(builder, loc, vector, offset(pointer, bytes), createMask(*this, count),
                                builder.getI32IntegerAttr(getAlignment(element)));
    return;
  }
  // Masked stores are slow or missing below AVX-512: stores of 8, 4, 2 and 1 lanes instead.
  for (int64_t piece = lanes() / 2, first = 0; piece != 0; piece /= 2) {
    if ((count & piece) == 0)
      continue;
    SmallVector<int64_t> indices = llvm::to_vector(llvm::seq(first, first + piece));
    Value part = vector::ShuffleOp::create(builder, loc, vector, vector, indices);
    LLVM::StoreOp::create(builder, loc, part, offset(pointer, bytes + first * getAlignment(element)),
                          getAlignment(element));
    first += piece;
  }
}

Value VectorEmitter::loadScalar(Value pointer, int64_t bytes, Type type, unsigned alignment) {
  if (!type)
    type = builder.getF32Type();
  return LLVM::LoadOp::create(builder, loc, type, offset(pointer, bytes), alignment ? alignment : getAlignment(type));
}

void VectorEmitter::storeScalar(Value scalar, Value pointer, int64_t bytes) {
  LLVM::StoreOp::create(builder, loc, scalar, offset(pointer, bytes), getAlignment(scalar.getType()));
}

Value VectorEmitter::broadcast(Value scalar) {
  return vector::BroadcastOp::create(builder, loc, vectorType(scalar.getType()), scalar);
}

Value VectorEmitter::mask(Value vector, int64_t count) {
  if (count >= lanes())
    return vector;
  Type element = cast<VectorType>(vector.getType()).getElementType();
  return arith::SelectOp::create(builder, loc, createMask(*this, count), vector, zero(element));
}

Value VectorEmitter::fma(Value a, Value b, Value c) {
  if (level.fusedMultiplyAdd)
    return vector::FMAOp::create(builder, loc, a, b, c);
  return arith::AddFOp::create(builder, loc, arith::MulFOp::create(builder, loc, a, b), c);
}

void VectorEmitter::loop(Value lower, Value upper, int64_t step, Body body) {
  loop(lower, upper, step, ValueRange(), [&](Value counter, ValueRange) {
    body(counter);
    return SmallVector<Value>();
  });
}

SmallVector<Value> VectorEmitter::loop(Value lower, Value upper, int64_t step, ValueRange inits, CarryingBody body) {
  std::optional<int64_t> first = getConstant(lower), last = getConstant(upper);
  if (first && last && *first >= *last)
    return SmallVector<Value>(inits);
  if (first && last && *first + step >= *last)
    return body(lower, inits);
  scf::ForOp loop = scf::ForOp::create(builder, loc, lower, upper, constant(step), inits);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> carried = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (inits.empty())
    return {};
  scf::YieldOp::create(builder, loc, carried);
  return SmallVector<Value>(loop.getResults());
}

void VectorEmitter::ifThen(Value condition, llvm::function_ref<void()> body) { ifThenElse(condition, body, nullptr); }

void VectorEmitter::ifThenElse(Value condition, llvm::function_ref<void()> body, llvm::function_ref<void()> otherwise) {
  if (std::optional<int64_t> constant = getConstant(condition)) {
    if (*constant)
      body();
    else if (otherwise)
      otherwise();
    return;
  }
  scf::IfOp branch = scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/bool(otherwise));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
  if (!otherwise)
    return;
  builder.setInsertionPointToStart(branch.elseBlock());
  otherwise();
}

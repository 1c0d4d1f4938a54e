// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Empty.h"

#include "dialects/cnn/Cnn.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace cnnc::cnn;

static RankedTensorType getTensor(Value value) { return cast<RankedTensorType>(value.getType()); }

bool cnnc::cnn::isEmpty(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && llvm::is_contained(type.getShape(), 0);
}

Value cnnc::cnn::createEmptyConstant(OpBuilder &builder, Location location, RankedTensorType type) {
  return arith::ConstantOp::create(builder, location, DenseElementsAttr::get(type, ArrayRef<Attribute>()));
}

static Value createSplat(OpBuilder &builder, Operation *op, Type element, Attribute value) {
  auto type = RankedTensorType::get(getTensor(op->getResult(0)).getShape(), element);
  return arith::ConstantOp::create(builder, op->getLoc(), DenseElementsAttr::get(type, value));
}

/// What a reduction starts from.
static TypedAttr getNeutral(ReduceKind kind, Type element) {
  if (kind == ReduceKind::sum || kind == ReduceKind::prod) {
    int64_t number = kind == ReduceKind::prod;
    return isa<FloatType>(element) ? TypedAttr(FloatAttr::get(element, static_cast<double>(number)))
                                   : TypedAttr(IntegerAttr::get(element, number));
  }
  bool isMax = kind == ReduceKind::max;
  double infinity = std::numeric_limits<double>::infinity();
  if (isa<FloatType>(element))
    return FloatAttr::get(element, isMax ? -infinity : infinity);
  unsigned width = element.getIntOrFloatBitWidth();
  return IntegerAttr::get(element, isMax ? APInt::getSignedMinValue(width) : APInt::getSignedMaxValue(width));
}

static Value foldReduce(OpBuilder &builder, ReduceOp op) {
  Type element = getTensor(op.getOutput()).getElementType();
  TypedAttr neutral = getNeutral(op.getKind(), element);
  if (auto real = dyn_cast<FloatAttr>(neutral); real && op.getScale()) {
    double scaled = real.getValueAsDouble() * op.getScale()->convertToDouble();
    // A mean of nothing is 0 times infinity: no number, of the sign that every host gives it.
    neutral = FloatAttr::get(element, std::isnan(scaled) ? std::numeric_limits<double>::quiet_NaN() : scaled);
  }
  return createSplat(builder, op, element, neutral);
}

static Value foldConcat(OpBuilder &builder, ConcatOp op) {
  SmallVector<Value> kept = llvm::filter_to_vector(op.getInputs(), [](Value input) { return !isEmpty(input); });
  if (kept.size() == 1)
    return kept.front();
  return ConcatOp::create(builder, op.getLoc(), op.getOutput().getType(), kept, op.getAxis());
}

/// The epilogue, behind the bias, of accumulators that nothing was added to.
static Value foldEpilogue(OpBuilder &builder, EpilogueOp op, Value bias, double accumulator) {
  Type element = getTensor(op->getOperand(0)).getElementType();
  TypedAttr start = isa<FloatType>(element) ? TypedAttr(FloatAttr::get(element, accumulator))
                                            : TypedAttr(IntegerAttr::get(element, static_cast<int64_t>(accumulator)));
  SmallVector<Value> inputs = {createSplat(builder, op, element, start)};
  Region &epilogue = op.getEpilogue();
  if (!bias && epilogue.empty())
    return inputs.front();
  Location location = op->getLoc();
  if (bias) {
    SmallVector<int64_t> shape(getTensor(op->getResult(0)).getRank(), 1);
    shape[1] = getTensor(bias).getDimSize(0);
    inputs.push_back(ReshapeOp::create(builder, location, RankedTensorType::get(shape, element), bias));
  }
  llvm::append_range(inputs, op.getExtras());
  auto map = MapOp::create(builder, location, op->getResult(0).getType(), inputs);
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> types = llvm::map_to_vector(inputs, [](Value input) { return getElementTypeOrSelf(input); });
  Block *block = builder.createBlock(&map.getBody(), {}, types, SmallVector<Location>(types.size(), location));
  SmallVector<Value> arguments(block->getArguments());
  // Nothing but a bias is the bias.
  if (bias)
    arguments.erase(arguments.begin());
  IRMapping mapping;
  Value value = arguments.front();
  if (!epilogue.empty()) {
    mapping.map(epilogue.front().getArguments(), arguments);
    for (Operation &inner : epilogue.front().without_terminator())
      builder.clone(inner, mapping);
    value = mapping.lookupOrDefault(epilogue.front().getTerminator()->getOperand(0));
  }
  YieldOp::create(builder, location, value);
  return map;
}

static Value foldPool(OpBuilder &builder, PoolOp op) {
  double infinity = std::numeric_limits<double>::infinity();
  return foldEpilogue(builder, op, Value(), op.getKind() == PoolKind::max ? -infinity : 0);
}

Value cnnc::cnn::foldEmpty(OpBuilder &builder, Operation *op) {
  if (!isa<CnnDialect>(op->getDialect()) || op->getNumResults() != 1 ||
      !isa<RankedTensorType>(op->getResult(0).getType()))
    return {};
  if (isEmpty(op->getResult(0)))
    return createEmptyConstant(builder, op->getLoc(), getTensor(op->getResult(0)));
  if (llvm::none_of(op->getOperands(), isEmpty))
    return {};
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](ReduceOp reduce) { return foldReduce(builder, reduce); })
      .Case([&](ConcatOp concat) { return foldConcat(builder, concat); })
      .Case([&](PadOp pad) {
        return createSplat(builder, pad, getTensor(pad.getInput()).getElementType(), pad.getValue());
      })
      .Case<ConvOp, ConvTransposeOp>([&](auto conv) { return foldEpilogue(builder, conv, conv.getBias(), 0); })
      .Case([&](MatMulOp product) { return foldEpilogue(builder, product, Value(), 0); })
      .Case([&](PoolOp pool) { return foldPool(builder, pool); })
      .Default([](Operation *) { return Value(); });
}

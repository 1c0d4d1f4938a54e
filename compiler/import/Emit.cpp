// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/Emit.h"

#include "dialects/cnn/Constants.h"
#include "dialects/cnn/Empty.h"

#include <cmath>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

ShapeRef cnnc::importing::getShape(Value value) {
  return value ? cast<RankedTensorType>(value.getType()).getShape() : ShapeRef();
}

Type cnnc::importing::getElement(Value value) {
  return value ? cast<RankedTensorType>(value.getType()).getElementType() : Type();
}

Value cnnc::importing::getIdentity(Scalars &, ValueRange arguments) { return arguments.front(); }

/// The result type, or null with the reason reported.
static RankedTensorType getResultType(Node &node, const cnn::ShapeOr &shape, Type element, const std::string &reason) {
  if (succeeded(shape))
    return RankedTensorType::get(*shape, element);
  node.error(reason);
  return {};
}

static void fillRegion(Node &node, Region &region, ValueRange inputs, ScalarBody body, bool isUnsigned) {
  OpBuilder::InsertionGuard guard(node.builder);
  SmallVector<Type> types = llvm::map_to_vector(inputs, getElement);
  Block *block =
      node.builder.createBlock(&region, region.end(), types, SmallVector<Location>(types.size(), node.location));
  Scalars scalars(node.builder, node.location, isUnsigned);
  cnn::YieldOp::create(node.builder, node.location, body(scalars, block->getArguments()));
}

Value cnnc::importing::emitMap(Node &node, ValueRange inputs, Type element, ScalarBody body, bool isUnsigned,
                               ShapeRef shape) {
  if (node.hasFailed() || !element || !llvm::all_of(inputs, [](Value input) { return bool(input); }))
    return {};
  std::string reason;
  cnn::ShapeOr joint = Shape(shape);
  for (Value input : inputs) {
    joint = cnn::inferBroadcast(*joint, getShape(input), reason);
    if (failed(joint))
      return node.error(reason), Value();
  }
  SmallVector<Value> operands;
  for (Value input : inputs) {
    Shape padded(joint->size() - getShape(input).size(), 1);
    llvm::append_range(padded, getShape(input));
    operands.push_back(emitReshape(node, input, padded));
  }
  auto type = RankedTensorType::get(*joint, element);
  auto map = cnn::MapOp::create(node.builder, node.location, type, operands);
  fillRegion(node, map.getBody(), operands, body, isUnsigned);
  return map;
}

Value cnnc::importing::emitReduce(Node &node, cnn::ReduceKind kind, Value input, ShapeRef axes,
                                  std::optional<double> scale, ScalarBody body) {
  if (node.hasFailed() || !input)
    return {};
  std::string reason;
  RankedTensorType type =
      getResultType(node, cnn::inferReduce(getShape(input), axes, reason), getElement(input), reason);
  if (!type)
    return {};
  FloatAttr factor = scale ? node.builder.getF64FloatAttr(*scale) : FloatAttr();
  auto reduce = cnn::ReduceOp::create(node.builder, node.location, type, input, kind, axes, factor);
  fillRegion(node, reduce.getBody(), input, body, /*isUnsigned=*/false);
  return reduce;
}

Value cnnc::importing::emitReshape(Node &node, Value input, ShapeRef shape) {
  if (node.hasFailed() || !input || getShape(input) == shape)
    return input;
  std::string reason;
  cnn::ShapeOr checked = cnn::inferReshape(getShape(input), shape, /*allowZero=*/true, reason);
  RankedTensorType type = getResultType(node, checked, getElement(input), reason);
  if (!type)
    return {};
  if (auto constant = input.getDefiningOp<arith::ConstantOp>())
    return emitConstant(node, cnn::reshapeConstant(cast<ElementsAttr>(constant.getValue()), *checked));
  return cnn::ReshapeOp::create(node.builder, node.location, type, input);
}

Value cnnc::importing::emitTranspose(Node &node, Value input, ShapeRef permutation) {
  if (node.hasFailed() || !input)
    return {};
  std::string reason;
  RankedTensorType type =
      getResultType(node, cnn::inferTranspose(getShape(input), permutation, reason), getElement(input), reason);
  if (!type || llvm::is_sorted(permutation))
    return type ? input : Value();
  return cnn::TransposeOp::create(node.builder, node.location, type, input, permutation);
}

Value cnnc::importing::emitSlice(Node &node, Value input, ShapeRef starts, ShapeRef extents, ShapeRef steps) {
  if (node.hasFailed() || !input)
    return {};
  bool isWhole = getShape(input) == extents && llvm::all_of(steps, [](int64_t step) { return step == 1; });
  if (isWhole)
    return input;
  auto type = RankedTensorType::get(extents, getElement(input));
  return cnn::SliceOp::create(node.builder, node.location, type, input, starts, steps);
}

Value cnnc::importing::emitConcat(Node &node, ValueRange inputs, int64_t axis) {
  if (node.hasFailed() || inputs.empty() || !llvm::all_of(inputs, [](Value input) { return bool(input); }))
    return {};
  std::string reason;
  SmallVector<ShapeRef> shapes = llvm::map_to_vector(inputs, [](Value input) { return getShape(input); });
  RankedTensorType type =
      getResultType(node, cnn::inferConcat(shapes, axis, reason), getElement(inputs.front()), reason);
  if (!type || inputs.size() == 1)
    return type ? inputs.front() : Value();
  return cnn::ConcatOp::create(node.builder, node.location, type, inputs, axis);
}

Value cnnc::importing::emitMatMul(Node &node, Value lhs, Value rhs) {
  if (node.hasFailed() || !lhs || !rhs)
    return {};
  std::string reason;
  RankedTensorType type =
      getResultType(node, cnn::inferMatMul(getShape(lhs), getShape(rhs), reason), getElement(lhs), reason);
  if (!type)
    return {};
  return cnn::MatMulOp::create(node.builder, node.location, type, lhs, rhs, ValueRange());
}

Value cnnc::importing::emitPointwise(Node &node, Value input, Value filter, Value bias) {
  if (node.hasFailed() || !input || !filter)
    return {};
  size_t spatial = getShape(input).size() - 2;
  cnn::Window window = {Shape(spatial, 1), Shape(spatial, 1), Shape(spatial, 1), Shape(2 * spatial, 0)};
  std::string reason;
  RankedTensorType type = getResultType(node, cnn::inferConv(getShape(input), getShape(filter), window, 1, reason),
                                        getElement(input), reason);
  if (!type)
    return {};
  return cnn::ConvOp::create(node.builder, node.location, type, input, filter, bias, ValueRange(), window.strides,
                             window.dilations, window.pads, 1, cnn::AlgorithmAttr(), IntegerAttr());
}

Value cnnc::importing::emitConstant(Node &node, ElementsAttr elements) {
  if (node.hasFailed() || !elements)
    return {};
  if (elements.getNumElements() == 0)
    return cnn::createEmptyConstant(node.builder, node.location, cast<RankedTensorType>(elements.getType()));
  return arith::ConstantOp::create(node.builder, node.location, elements.getType(), elements);
}

Value cnnc::importing::emitFloats(Node &node, ShapeRef shape, std::vector<float> &&elements) {
  auto type = RankedTensorType::get(shape, node.builder.getF32Type());
  StringRef name = node.proto.output_size() ? StringRef(node.proto.output(0)) : node.getOp();
  return cnn::createFloats(node.builder, node.location, type, std::move(elements), name);
}

Value cnnc::importing::emitReals(Node &node, ShapeRef shape, Type element, ArrayRef<double> elements) {
  if (!element.isF64())
    return emitFloats(node, shape, std::vector<float>(elements.begin(), elements.end()));
  return emitConstant(node, DenseElementsAttr::get(RankedTensorType::get(shape, element), elements));
}

Value cnnc::importing::emitIntegers(Node &node, ShapeRef shape, ArrayRef<int64_t> elements) {
  auto type = RankedTensorType::get(shape, node.builder.getI64Type());
  return emitConstant(node, DenseElementsAttr::get(type, elements));
}

Value cnnc::importing::emitSplat(Node &node, ShapeRef shape, Type element, double value) {
  auto type = RankedTensorType::get(shape, element);
  Attribute attribute = isa<FloatType>(element) ? Attribute(FloatAttr::get(element, value))
                                                : Attribute(IntegerAttr::get(element, static_cast<int64_t>(value)));
  return emitConstant(node, DenseElementsAttr::get(type, attribute));
}

Value cnnc::importing::emitAlong(Node &node, Value vector, int64_t dim, int64_t rank) {
  if (!vector)
    return {};
  if (getShape(vector).size() != 1)
    return node.error("requires a vector, but found " + cnn::toString(getShape(vector))), Value();
  Shape shape(rank, 1);
  shape[dim] = getShape(vector).front();
  return emitReshape(node, vector, shape);
}

Value Scalars::constant(Type type, double value) {
  TypedAttr attribute = isa<FloatType>(type) ? TypedAttr(FloatAttr::get(type, value))
                                             : TypedAttr(IntegerAttr::get(type, static_cast<int64_t>(value)));
  return arith::ConstantOp::create(builder, location, attribute);
}

static bool isFloat(Value value) { return isa<FloatType>(value.getType()); }

Value Scalars::add(Value a, Value b) { return isFloat(a) ? make<arith::AddFOp>(a, b) : make<arith::AddIOp>(a, b); }
Value Scalars::subtract(Value a, Value b) { return isFloat(a) ? make<arith::SubFOp>(a, b) : make<arith::SubIOp>(a, b); }
Value Scalars::multiply(Value a, Value b) { return isFloat(a) ? make<arith::MulFOp>(a, b) : make<arith::MulIOp>(a, b); }

/// Divisors that processors refuse: x86 traps on both.
Value Scalars::isZeroOrMinusOne(Value a) {
  Value isZero = equal(a, constant(a, 0));
  return isUnsigned ? isZero : make<arith::OrIOp>(isZero, equal(a, constant(a, -1)));
}

Value Scalars::divide(Value a, Value b) {
  if (isFloat(a))
    return make<arith::DivFOp>(a, b);
  Value zero = constant(a, 0), safe = select(isZeroOrMinusOne(b), constant(a, 1), b);
  if (isUnsigned)
    return select(equal(b, zero), zero, make<arith::DivUIOp>(a, safe));
  Value quotient = select(equal(b, constant(b, -1)), subtract(zero, a), make<arith::DivSIOp>(a, safe));
  return select(equal(b, zero), zero, quotient);
}

Value Scalars::remainder(Value a, Value b) {
  if (isFloat(a))
    return make<arith::RemFOp>(a, b);
  // Nothing is left of a division by 1, so the two special divisors need no case of their own.
  Value safe = select(isZeroOrMinusOne(b), constant(a, 1), b);
  return isUnsigned ? make<arith::RemUIOp>(a, safe) : make<arith::RemSIOp>(a, safe);
}

Value Scalars::maximum(Value a, Value b) {
  if (isFloat(a))
    return make<arith::MaximumFOp>(a, b);
  return isUnsigned ? make<arith::MaxUIOp>(a, b) : make<arith::MaxSIOp>(a, b);
}

Value Scalars::minimum(Value a, Value b) {
  if (isFloat(a))
    return make<arith::MinimumFOp>(a, b);
  return isUnsigned ? make<arith::MinUIOp>(a, b) : make<arith::MinSIOp>(a, b);
}

Value Scalars::negate(Value a) { return isFloat(a) ? make<arith::NegFOp>(a) : subtract(constant(a, 0), a); }

Value Scalars::less(Value a, Value b) {
  if (isFloat(a))
    return arith::CmpFOp::create(builder, location, arith::CmpFPredicate::OLT, a, b);
  auto predicate = isUnsigned ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt;
  return arith::CmpIOp::create(builder, location, predicate, a, b);
}

Value Scalars::lessOrEqual(Value a, Value b) {
  if (isFloat(a))
    return arith::CmpFOp::create(builder, location, arith::CmpFPredicate::OLE, a, b);
  auto predicate = isUnsigned ? arith::CmpIPredicate::ule : arith::CmpIPredicate::sle;
  return arith::CmpIOp::create(builder, location, predicate, a, b);
}

Value Scalars::equal(Value a, Value b) {
  if (isFloat(a))
    return arith::CmpFOp::create(builder, location, arith::CmpFPredicate::OEQ, a, b);
  return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::eq, a, b);
}

Value Scalars::select(Value condition, Value yes, Value no) {
  return arith::SelectOp::create(builder, location, condition, yes, no);
}

Value Scalars::sigmoid(Value a) {
  Value one = constant(a, 1);
  return divide(one, add(one, make<math::ExpOp>(negate(a))));
}

Value Scalars::toInteger(Value a, Type type, bool unsignedResult) {
  unsigned width = type.getIntOrFloatBitWidth();
  double count = std::ldexp(1, static_cast<int>(width)), low = unsignedResult ? 0 : -count / 2, end = low + count;
  auto atLeast = [&](Value x, double bound) {
    return arith::CmpFOp::create(builder, location, arith::CmpFPredicate::OGE, x, constant(x, bound)).getResult();
  };
  Value isNumber = arith::CmpFOp::create(builder, location, arith::CmpFPredicate::ORD, a, a);
  Value number = select(isNumber, a, constant(a, 0));
  Value raised = select(atLeast(number, low), number, constant(a, low));
  if (width < 32) {
    // Every float type holds the bounds of narrow integers, and the 32-bit conversion is one instruction everywhere.
    Value clamped = select(atLeast(raised, end - 1), constant(a, end - 1), raised);
    return convert<arith::TruncIOp>(convert<arith::FPToSIOp>(clamped, builder.getI32Type()), type);
  }
  Value isAbove = atLeast(raised, end), inside = select(isAbove, constant(a, 0), raised);
  Value integer = unsignedResult ? convert<arith::FPToUIOp>(inside, type) : convert<arith::FPToSIOp>(inside, type);
  APInt highest = unsignedResult ? APInt::getMaxValue(width) : APInt::getSignedMaxValue(width);
  Value bound = arith::ConstantOp::create(builder, location, IntegerAttr::get(type, highest));
  return select(isAbove, bound, integer);
}

Value Scalars::toFloat(Value a, Type type, bool unsignedOperand) {
  return unsignedOperand ? convert<arith::UIToFPOp>(a, type) : convert<arith::SIToFPOp>(a, type);
}

/// An integer as one that a double holds: what is cut off sets the last bit that stays, so that whoever rounds further
/// sees on which side of a tie the integer lies.
Value Scalars::roundToOdd(Value a, bool unsignedOperand) {
  constexpr int64_t exact = int64_t(1) << 53, rest = 2047;
  if (a.getType().getIntOrFloatBitWidth() < 64)
    return a;
  auto integer = [&](int64_t value) { return arith::ConstantIntOp::create(builder, location, value, 64).getResult(); };
  auto compare = [&](arith::CmpIPredicate predicate, Value x, int64_t bound) {
    return arith::CmpIOp::create(builder, location, predicate, x, integer(bound)).getResult();
  };
  Value shifted = unsignedOperand ? a : make<arith::AddIOp>(a, integer(exact));
  Value isExact = compare(arith::CmpIPredicate::ult, shifted, unsignedOperand ? exact : 2 * exact);
  Value isCut = compare(arith::CmpIPredicate::ne, make<arith::AndIOp>(a, integer(rest)), 0);
  Value kept = make<arith::AndIOp>(a, integer(~rest));
  return select(isExact, a, make<arith::OrIOp>(kept, select(isCut, integer(rest + 1), integer(0))));
}

/// Through a 16-bit float and back; a value that is one already stays as it is.
Value Scalars::roundTo(Value a, Type narrow, Type compute) {
  return convert<arith::ExtFOp>(convert<arith::TruncFOp>(a, narrow), compute);
}

Value Scalars::cast(Value a, ElementType from, ElementType to) {
  MLIRContext *context = builder.getContext();
  Type target = to.getComputeType(context), stored = to.getBoundaryType(context);
  if (from == to)
    return a;
  if (to.isBool()) {
    Value zero = constant(a, 0);
    if (isFloat(a))
      return arith::CmpFOp::create(builder, location, arith::CmpFPredicate::UNE, a, zero);
    return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ne, a, zero);
  }
  bool isExtendedByZero = from.isUnsigned() || from.isBool();
  if (isFloat(a) && !isa<FloatType>(target))
    return toInteger(a, target, to.isUnsigned());
  if (isa<FloatType>(target)) {
    if (!isFloat(a)) {
      // Rounded once: a double holds what a float would round before the 16-bit type does.
      bool isWide = stored != target && a.getType().getIntOrFloatBitWidth() > 16;
      a = toFloat(isWide ? roundToOdd(a, isExtendedByZero) : a, isWide ? builder.getF64Type() : target,
                  isExtendedByZero);
    }
    if (stored != target)
      return roundTo(a, stored, target);
    unsigned width = a.getType().getIntOrFloatBitWidth(), wanted = target.getIntOrFloatBitWidth();
    return width == wanted  ? a
           : width < wanted ? convert<arith::ExtFOp>(a, target)
                            : convert<arith::TruncFOp>(a, target);
  }
  if (a.getType() == target)
    return a;
  if (target.getIntOrFloatBitWidth() < a.getType().getIntOrFloatBitWidth())
    return convert<arith::TruncIOp>(a, target);
  return isExtendedByZero ? convert<arith::ExtUIOp>(a, target) : convert<arith::ExtSIOp>(a, target);
}

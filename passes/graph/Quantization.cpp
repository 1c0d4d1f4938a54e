// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/graph/Quantization.h"

#include "dialects/cnn/Constants.h"
#include "passes/graph/Rewriting.h"

#include <cmath>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::graph;

bool Quantization::operator==(const Quantization &other) const {
  return scale == other.scale && zeroPoint == other.zeroPoint && dim == other.dim && bits == other.bits &&
         isUnsigned == other.isUnsigned;
}

int64_t Quantization::quantize(float real) const {
  float shifted = std::nearbyint(real / scale[0]) + static_cast<float>(zeroPoint[0]);
  return static_cast<int64_t>(
      std::fmin(std::fmax(shifted, static_cast<float>(getLowest())), static_cast<float>(getHighest())));
}

/// The dimension along which the parameter differs, -1 where it has one entry; none where they are several.
static std::optional<int64_t> getDim(Value parameter) {
  int64_t found = -1;
  for (auto [dim, extent] : llvm::enumerate(getShape(parameter))) {
    if (extent == 1)
      continue;
    if (found >= 0)
      return std::nullopt;
    found = dim;
  }
  return found;
}

template <typename Op> static std::optional<Quantization> read(Op op, Type integer) {
  std::optional<cnn::Floats> scale = cnn::getFloats(op.getScale());
  std::optional<int64_t> dim = getDim(op.getScale());
  if (!scale || !dim || scale->size() == 0)
    return std::nullopt;
  Quantization result;
  result.scale = scale->copy();
  if (!llvm::all_of(result.scale, [](float factor) { return std::isfinite(factor) && factor > 0; }))
    return std::nullopt;
  result.dim = *dim;
  result.bits = integer.getIntOrFloatBitWidth();
  result.isUnsigned = op.getIsUnsigned();
  result.zeroPoint.assign(result.scale.size(), 0);
  if (!op.getZeroPoint())
    return result;
  std::optional<SmallVector<int64_t>> zeroPoint = cnn::getIntegers(op.getZeroPoint());
  if (!zeroPoint || getShape(op.getZeroPoint()) != getShape(op.getScale()))
    return std::nullopt;
  for (auto [entry, stored] : llvm::zip_equal(result.zeroPoint, *zeroPoint))
    entry = result.isUnsigned ? stored & result.getHighest() : stored;
  return result;
}

std::optional<Quantization> cnnc::graph::getQuantization(cnn::QuantizeOp op) {
  return read(op, op.getOutput().getType().getElementType());
}

std::optional<Quantization> cnnc::graph::getQuantization(cnn::DequantizeOp op) {
  return read(op, op.getInput().getType().getElementType());
}

std::optional<Quantization> cnnc::graph::getDequantized(Value value) {
  auto op = value ? value.getDefiningOp<cnn::DequantizeOp>() : nullptr;
  return op ? getQuantization(op) : std::nullopt;
}

template <typename Op>
static Op create(OpBuilder &builder, Location location, Value input, const Quantization &quantization, Type element) {
  SmallVector<int64_t> ones(getShape(input).size(), 1);
  auto integer = IntegerType::get(builder.getContext(), quantization.bits);
  Value scale =
      cnn::createSplat(builder, location, RankedTensorType::get(ones, builder.getF32Type()), quantization.scale[0]);
  Value zeroPoint = cnn::createIntegers(builder, location, RankedTensorType::get(ones, integer), quantization.zeroPoint,
                                        "zero_point");
  auto type = RankedTensorType::get(getShape(input), element);
  return Op::create(builder, location, type, input, scale, zeroPoint, quantization.isUnsigned);
}

cnn::QuantizeOp cnnc::graph::createQuantize(OpBuilder &builder, Location location, Value input,
                                            const Quantization &quantization) {
  auto integer = IntegerType::get(builder.getContext(), quantization.bits);
  return create<cnn::QuantizeOp>(builder, location, input, quantization, integer);
}

cnn::DequantizeOp cnnc::graph::createDequantize(OpBuilder &builder, Location location, Value input,
                                                const Quantization &quantization) {
  return create<cnn::DequantizeOp>(builder, location, input, quantization, builder.getF32Type());
}

Value cnnc::graph::createReal(OpBuilder &builder, Location location, float real) {
  return arith::ConstantOp::create(builder, location, builder.getF32FloatAttr(real));
}

static Value createInteger(OpBuilder &builder, Location location, int64_t integer) {
  return arith::ConstantOp::create(builder, location, builder.getI32IntegerAttr(static_cast<int32_t>(integer)));
}

Value cnnc::graph::emitSaturation(OpBuilder &builder, Location location, Value real, float lowest, float highest,
                                  unsigned bits) {
  // What is no number becomes the lowest.
  real = arith::MaxNumFOp::create(builder, location, real, createReal(builder, location, lowest));
  real = arith::MinNumFOp::create(builder, location, real, createReal(builder, location, highest));
  Value whole = arith::FPToSIOp::create(builder, location, builder.getI32Type(), real);
  return arith::TruncIOp::create(builder, location, builder.getIntegerType(bits), whole);
}

Value cnnc::graph::emitNarrowing(OpBuilder &builder, Location location, Value real, int64_t zeroPoint, int64_t lowest,
                                 int64_t highest, unsigned bits) {
  Value rounded = math::RoundEvenOp::create(builder, location, real);
  Value whole = arith::FPToSIOp::create(builder, location, builder.getI32Type(), rounded);
  if (zeroPoint)
    whole = arith::AddIOp::create(builder, location, whole, createInteger(builder, location, zeroPoint));
  whole = arith::MaxSIOp::create(builder, location, whole, createInteger(builder, location, lowest));
  whole = arith::MinSIOp::create(builder, location, whole, createInteger(builder, location, highest));
  return arith::TruncIOp::create(builder, location, builder.getIntegerType(bits), whole);
}

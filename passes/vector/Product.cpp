// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/Product.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/vector/Lanes.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;
using kernel::Product;

/// Both loads give f32, or lanes of 32 bits that hold a step each.
static Type getStepType(OpBuilder &builder, const kernel::Arithmetic &arithmetic) {
  return arithmetic.product == Product::f32 ? Type(builder.getF32Type()) : Type(builder.getI32Type());
}

Value cnnc::to_vector::loadStep(VectorEmitter &emitter, const kernel::Arithmetic &arithmetic, Value pointer,
                                int64_t bytes) {
  Type type = getStepType(emitter.builder, arithmetic);
  return emitter.loadBroadcast(pointer, bytes, type, kernel::kStepBytes / arithmetic.group);
}

Value cnnc::to_vector::loadFilter(VectorEmitter &emitter, const kernel::Arithmetic &arithmetic, Value pointer,
                                  int64_t bytes) {
  return emitter.load(pointer, bytes, getStepType(emitter.builder, arithmetic));
}

/// The same bits as a vector of `element`, more or fewer of them.
static Value viewAs(VectorEmitter &emitter, Value lanes, Type element) {
  auto type = VectorType::get({emitter.lanes() * 32 / element.getIntOrFloatBitWidth()}, element);
  return vector::BitCastOp::create(emitter.builder, emitter.loc, type, lanes);
}

/// sum + the dot product of what each lane holds, by one instruction.
static Value dot(VectorEmitter &emitter, const Twine &intrinsic, Type element, Value a, Value b, Value sum) {
  Value operands[] = {sum, viewAs(emitter, a, element), viewAs(emitter, b, element)};
  StringAttr name = emitter.builder.getStringAttr(intrinsic);
  return LLVM::CallIntrinsicOp::create(emitter.builder, emitter.loc, sum.getType(), name, ValueRange(operands))
      .getResults();
}

/// `vpdpbusd` or `vpdpwssd`.
static Value dotOfVnni(VectorEmitter &emitter, StringRef instruction, Type element, Value a, Value b, Value sum) {
  return dot(emitter, "llvm.x86.avx512." + instruction + "." + Twine(32 * emitter.lanes()), element, a, b, sum);
}

/// Both sides of `sdot` are signed: sum over a b = sum over (a - 128) b - sum over -128 b, where a with its high bit
/// flipped is a - 128. The last sum is the same for all pixels that meet the filter.
static Value dotOfSigned(VectorEmitter &emitter, Value a, Value b, Value sum) {
  OpBuilder &builder = emitter.builder;
  auto sdot = [&](Value left, Value to) {
    return dot(emitter, "llvm.aarch64.neon.sdot.v4i32.v16i8", builder.getI8Type(), left, b, to);
  };
  Lanes steps(emitter, a);
  Lanes high = steps.splat(int32_t(0x80808080));
  Value excess = sdot(high, steps.splat(0));
  Value shifted = sdot(steps.apply<arith::XOrIOp>(high), sum);
  return arith::SubIOp::create(builder, emitter.loc, shifted, excess);
}

/// c + a0 b0 + a1 b1 of the signed halves of each lane. LLVM knows the instruction for such pairs, but not its sum.
static Value addPairs(VectorEmitter &emitter, Value a, Value b, Value c) {
  OpBuilder &builder = emitter.builder;
  if (kernel::isDotOf(Product::s16, emitter.level.dots))
    return dotOfVnni(emitter, "vpdpwssd", builder.getI16Type(), a, b, c);
  auto wide = VectorType::get({2 * emitter.lanes()}, builder.getI32Type());
  auto extend = [&](Value lanes) -> Value {
    return arith::ExtSIOp::create(builder, emitter.loc, wide, viewAs(emitter, lanes, builder.getI16Type()));
  };
  Value products = arith::MulIOp::create(builder, emitter.loc, extend(a), extend(b));
  vector::DeinterleaveOp parts = vector::DeinterleaveOp::create(builder, emitter.loc, products);
  return addSums(emitter, addSums(emitter, parts.getRes1(), parts.getRes2()), c);
}

/// Bytes 0 and 2 of each lane, and bytes 1 and 3, as halves.
static std::pair<Value, Value> splitBytes(VectorEmitter &emitter, Value lanes, bool isSigned) {
  OpBuilder &builder = emitter.builder;
  Lanes pairs(emitter, viewAs(emitter, lanes, builder.getI16Type()));
  Lanes eight = pairs.splat(8), even = pairs, odd = pairs;
  if (isSigned) {
    even = pairs.apply<arith::ShLIOp>(eight).apply<arith::ShRSIOp>(eight);
    odd = pairs.apply<arith::ShRSIOp>(eight);
  } else {
    even = pairs & pairs.splat(0xff);
    odd = pairs.apply<arith::ShRUIOp>(eight);
  }
  return {viewAs(emitter, even, builder.getI32Type()), viewAs(emitter, odd, builder.getI32Type())};
}

/// The halves of each lane, bf16, as f32.
static std::pair<Value, Value> widenHalves(VectorEmitter &emitter, Value lanes) {
  Lanes bits(emitter, lanes);
  Type f32 = emitter.builder.getF32Type();
  return {bits.apply<arith::ShLIOp>(bits.splat(16)).to<arith::BitcastOp>(f32),
          (bits & bits.splat(-65536)).to<arith::BitcastOp>(f32)};
}

Value cnnc::to_vector::multiplyAdd(VectorEmitter &emitter, const kernel::Arithmetic &arithmetic, Value filter, Value a,
                                   Value sum) {
  switch (arithmetic.product) {
  case Product::f32:
    return emitter.fma(filter, a, sum);
  case Product::s16:
    return addPairs(emitter, filter, a, sum);
  case Product::u8s8: {
    if (emitter.level.dots == target::Dots::Vnni)
      return dotOfVnni(emitter, "vpdpbusd", emitter.builder.getI8Type(), a, filter, sum);
    if (emitter.level.dots == target::Dots::Sdot)
      return dotOfSigned(emitter, a, filter, sum);
    auto [evenFilter, oddFilter] = splitBytes(emitter, filter, /*isSigned=*/true);
    auto [even, odd] = splitBytes(emitter, a, /*isSigned=*/false);
    return addPairs(emitter, oddFilter, odd, addPairs(emitter, evenFilter, even, sum));
  }
  case Product::bf16: {
    auto [firstFilter, secondFilter] = widenHalves(emitter, filter);
    auto [first, second] = widenHalves(emitter, a);
    return emitter.fma(secondFilter, second, emitter.fma(firstFilter, first, sum));
  }
  }
  llvm_unreachable("all products");
}

Value cnnc::to_vector::addSums(VectorEmitter &emitter, Value a, Value b) {
  if (isa<FloatType>(cast<VectorType>(a.getType()).getElementType()))
    return arith::AddFOp::create(emitter.builder, emitter.loc, a, b);
  return arith::AddIOp::create(emitter.builder, emitter.loc, a, b);
}

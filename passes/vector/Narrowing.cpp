// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/Narrowing.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/vector/Lanes.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

/// The operand of `op` beside a constant, which is written to `constant`.
static Value stripConstant(Operation *op, int64_t &constant) {
  APInt value;
  for (unsigned side : {1, 0})
    if (matchPattern(op->getOperand(side), m_ConstantInt(&value))) {
      constant = value.getSExtValue();
      return op->getOperand(1 - side);
    }
  return Value();
}

template <typename Op> static Value strip(Value value, int64_t &constant) {
  auto op = value ? value.getDefiningOp<Op>() : nullptr;
  return op ? stripConstant(op, constant) : Value();
}

std::optional<Narrowing> cnnc::to_vector::findNarrowing(Region &region, const target::Level &level) {
  if (level.family != "x86_64" || region.empty())
    return std::nullopt;
  auto byte = region.front().getTerminator()->getOperand(0).getDefiningOp<arith::TruncIOp>();
  if (!byte || !byte.getType().isInteger(8) || !byte.getIn().getType().isInteger(32))
    return std::nullopt;
  Narrowing narrowing;
  narrowing.whole = strip<arith::MaxSIOp>(strip<arith::MinSIOp>(byte.getIn(), narrowing.highest), narrowing.lowest);
  if (!narrowing.whole || narrowing.lowest < 0 || narrowing.highest > 255 || narrowing.highest < narrowing.lowest)
    return std::nullopt;
  int64_t zeroPoint;
  if (Value whole = strip<arith::AddIOp>(narrowing.whole, zeroPoint); whole && zeroPoint >= 0 && zeroPoint <= 255) {
    narrowing.whole = whole;
    narrowing.zeroPoint = zeroPoint;
  }
  return narrowing;
}

Value cnnc::to_vector::narrow(VectorEmitter &emitter, const Narrowing &narrowing, Value whole) {
  Lanes x(emitter, whole);
  x = x.apply<arith::AddIOp>(x.splat(narrowing.zeroPoint)).apply<arith::MaxSIOp>(x.splat(narrowing.lowest));
  return x.apply<arith::MinSIOp>(x.splat(narrowing.highest)).to<arith::TruncIOp>(emitter.builder.getI8Type());
}

/// An instruction that saturates two vectors to one of elements half as wide, in each 128 bits for itself.
static Lanes pack(VectorEmitter &emitter, StringRef name, const Lanes &a, const Lanes &b) {
  int64_t bits = 32 * emitter.lanes(), width = a.type().getElementTypeBitWidth() / 2;
  StringRef isa = bits == 512 ? "avx512" : bits == 256 ? "avx2" : "sse2";
  std::string intrinsic = ("llvm.x86." + isa + "." + name).str();
  if (bits != 256)
    intrinsic += "." + std::to_string(bits);
  auto type = VectorType::get({bits / width}, emitter.builder.getIntegerType(width));
  return {emitter, LLVM::CallIntrinsicOp::create(emitter.builder, emitter.loc, type,
                                                 emitter.builder.getStringAttr(intrinsic), ValueRange{a, b})
                       .getResults()};
}

/// a + b of halves, saturated.
static Lanes addSaturated(const Lanes &a, const Lanes &b) {
  VectorEmitter &emitter = *a.emitter;
  int64_t count = a.type().getNumElements();
  StringAttr name = emitter.builder.getStringAttr("llvm.sadd.sat.v" + Twine(count) + "i16");
  return {emitter,
          LLVM::CallIntrinsicOp::create(emitter.builder, emitter.loc, a.type(), name, ValueRange{a, b}).getResults()};
}

Value cnnc::to_vector::packBytes(VectorEmitter &emitter, const Narrowing &narrowing, ValueRange wholes) {
  OpBuilder &builder = emitter.builder;
  auto packPair = [&](Value a, Value b) {
    Lanes halves = pack(emitter, "packssdw", {emitter, a}, {emitter, b});
    return narrowing.zeroPoint ? addSaturated(halves, halves.splat(narrowing.zeroPoint)) : halves;
  };
  Lanes bytes = pack(emitter, "packuswb", packPair(wholes[0], wholes[1]), packPair(wholes[2], wholes[3]));
  // Each 128 bits hold four bytes of each of the vectors now, which belong together.
  int64_t parts = emitter.lanes() / 4;
  if (parts > 1) {
    auto words = VectorType::get({emitter.lanes()}, builder.getI32Type());
    SmallVector<int64_t> order;
    for (int64_t vector = 0; vector < kPackedVectors; ++vector)
      for (int64_t part = 0; part < parts; ++part)
        order.push_back(kPackedVectors * part + vector);
    Value grouped = vector::BitCastOp::create(builder, emitter.loc, words, bytes);
    Value sorted = vector::ShuffleOp::create(builder, emitter.loc, grouped, grouped, order);
    bytes = {emitter, vector::BitCastOp::create(builder, emitter.loc, bytes.type(), sorted)};
  }
  if (narrowing.lowest > 0)
    bytes = bytes.apply<arith::MaxUIOp>(bytes.splat(int8_t(narrowing.lowest)));
  if (narrowing.highest < 255)
    bytes = bytes.apply<arith::MinUIOp>(bytes.splat(int8_t(narrowing.highest)));
  return bytes;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Vectors with operators, for the functions of VectorMath.h.
#ifndef CNNC_PASSES_VECTOR_LANES_H
#define CNNC_PASSES_VECTOR_LANES_H

#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/vector/VectorEmitter.h"

#include <limits>

namespace cnnc::to_vector {

/// A vector (f32, f64 or an integer), with operators, so that formulas read as formulas.
struct Lanes {
  VectorEmitter *emitter;
  mlir::Value value;

  Lanes(VectorEmitter &emitter, mlir::Value value) : emitter(&emitter), value(value) {}
  operator mlir::Value() const { return value; }
  mlir::VectorType type() const { return mlir::cast<mlir::VectorType>(value.getType()); }
  /// A constant of the same type.
  Lanes splat(double constant) const {
    mlir::Type element = type().getElementType();
    mlir::OpBuilder &builder = emitter->builder;
    mlir::Attribute scalar = mlir::isa<mlir::FloatType>(element)
                                 ? mlir::Attribute(builder.getFloatAttr(element, constant))
                                 : mlir::Attribute(builder.getIntegerAttr(element, int64_t(constant)));
    return {*emitter,
            mlir::arith::ConstantOp::create(builder, emitter->loc, mlir::DenseElementsAttr::get(type(), scalar))};
  }
  template <typename Op> Lanes apply() const { return {*emitter, Op::create(emitter->builder, emitter->loc, value)}; }
  template <typename Op> Lanes apply(const Lanes &other) const {
    return {*emitter, Op::create(emitter->builder, emitter->loc, value, other.value)};
  }
  template <typename Op> Lanes to(mlir::Type element) const {
    return {*emitter, Op::create(emitter->builder, emitter->loc, type().clone(element), value)};
  }
  Lanes compare(mlir::arith::CmpFPredicate predicate, const Lanes &other) const {
    return {*emitter, mlir::arith::CmpFOp::create(emitter->builder, emitter->loc, predicate, value, other.value)};
  }
  /// this ? a : b
  Lanes select(const Lanes &a, const Lanes &b) const {
    return {*emitter, mlir::arith::SelectOp::create(emitter->builder, emitter->loc, value, a.value, b.value)};
  }
  Lanes bits() const { return to<mlir::arith::BitcastOp>(integerType()); }
  mlir::Type integerType() const {
    return emitter->builder.getIntegerType(type().getElementType().getIntOrFloatBitWidth());
  }
};

inline Lanes operator+(const Lanes &a, const Lanes &b) { return a.apply<mlir::arith::AddFOp>(b); }
inline Lanes operator-(const Lanes &a, const Lanes &b) { return a.apply<mlir::arith::SubFOp>(b); }
inline Lanes operator*(const Lanes &a, const Lanes &b) { return a.apply<mlir::arith::MulFOp>(b); }
inline Lanes operator/(const Lanes &a, const Lanes &b) { return a.apply<mlir::arith::DivFOp>(b); }
inline Lanes operator+(const Lanes &a, double b) { return a + a.splat(b); }
inline Lanes operator-(const Lanes &a, double b) { return a - a.splat(b); }
inline Lanes operator*(const Lanes &a, double b) { return a * a.splat(b); }
inline Lanes operator-(const Lanes &a) { return a.apply<mlir::arith::NegFOp>(); }
inline Lanes operator<(const Lanes &a, double b) { return a.compare(mlir::arith::CmpFPredicate::OLT, a.splat(b)); }
inline Lanes operator>(const Lanes &a, double b) { return a.compare(mlir::arith::CmpFPredicate::OGT, a.splat(b)); }
inline Lanes operator==(const Lanes &a, double b) { return a.compare(mlir::arith::CmpFPredicate::OEQ, a.splat(b)); }
inline Lanes operator==(const Lanes &a, const Lanes &b) { return a.compare(mlir::arith::CmpFPredicate::OEQ, b); }
inline Lanes operator|(const Lanes &a, const Lanes &b) { return a.apply<mlir::arith::OrIOp>(b); }
inline Lanes operator&(const Lanes &a, const Lanes &b) { return a.apply<mlir::arith::AndIOp>(b); }
inline Lanes abs(const Lanes &a) { return a.apply<mlir::math::AbsFOp>(); }
inline Lanes sqrt(const Lanes &a) { return a.apply<mlir::math::SqrtOp>(); }
inline Lanes copySign(const Lanes &a, const Lanes &sign) { return a.apply<mlir::math::CopySignOp>(sign); }
inline Lanes fma(const Lanes &a, const Lanes &b, const Lanes &c) { return {*a.emitter, a.emitter->fma(a, b, c)}; }
inline Lanes fma(const Lanes &a, double b, const Lanes &c) { return fma(a, a.splat(b), c); }

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Horner; coefficients from the highest power down.
inline Lanes polynomial(const Lanes &x, llvm::ArrayRef<double> coefficients) {
  Lanes sum = x.splat(coefficients.front());
  for (double coefficient : coefficients.drop_front())
    sum = fma(sum, x, x.splat(coefficient));
  return sum;
}

/// 2^n for a vector of integers n in the range of normal exponents.
inline Lanes powerOfTwo(const Lanes &n, mlir::FloatType element) {
  bool wide = element.isF64();
  Lanes biased = n.apply<mlir::arith::AddIOp>(n.splat(wide ? 1023 : 127));
  return biased.apply<mlir::arith::ShLIOp>(n.splat(wide ? 52 : 23)).to<mlir::arith::BitcastOp>(element);
}

inline Lanes clamp(const Lanes &x, double low, double high) {
  Lanes raised = (x < low).select(x.splat(low), x);
  return (raised > high).select(x.splat(high), raised);
}

/// x 2^n by two factors, since 2^n alone may overflow where the product does not.
inline Lanes scale(const Lanes &x, const Lanes &n) {
  auto element = mlir::cast<mlir::FloatType>(x.type().getElementType());
  Lanes half = n.apply<mlir::arith::ShRSIOp>(n.splat(1)), rest = n.apply<mlir::arith::SubIOp>(half);
  return x * powerOfTwo(half, element) * powerOfTwo(rest, element);
}

inline bool isDouble(const Lanes &x) { return x.type().getElementType().isF64(); }
inline double getLeastNormal(const Lanes &x) { return isDouble(x) ? 0x1p-1022 : 0x1p-126; }

} // namespace cnnc::to_vector

#endif

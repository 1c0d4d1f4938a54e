// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/graph/AffineBody.h"

#include "dialects/cnn/Constants.h"
#include "passes/graph/Rewriting.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <functional>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::graph;

using Vector = std::vector<double>;

static Vector combine(const Vector &a, const Vector &b, const std::function<double(double, double)> &function) {
  Vector result(std::max(a.size(), b.size()));
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = function(a[a.size() == 1 ? 0 : i], b[b.size() == 1 ? 0 : i]);
  return result;
}

static bool isZero(const Vector &vector) {
  return llvm::all_of(vector, [](double element) { return element == 0; });
}

static bool isFinite(const Vector &vector) {
  return llvm::all_of(vector, [](double element) { return std::isfinite(element); });
}

static Affine add(const Affine &a, const Affine &b) {
  return {combine(a.scale, b.scale, std::plus<>()), combine(a.shift, b.shift, std::plus<>())};
}

static Affine scale(const Affine &a, const Vector &factor) {
  return {combine(a.scale, factor, std::multiplies<>()), combine(a.shift, factor, std::multiplies<>())};
}

bool Affine::hasScale() const {
  return llvm::any_of(scale, [](double element) { return element != 1; });
}

bool Affine::hasShift() const { return !isZero(shift); }

/// The values of a constant of extents 1 but for dimension 1.
static std::optional<Vector> getPerChannel(Value value) {
  for (auto [dim, extent] : llvm::enumerate(getShape(value)))
    if (dim != 1 && extent != 1)
      return std::nullopt;
  std::optional<cnn::Floats> floats = cnn::getFloats(value);
  if (!floats)
    return std::nullopt;
  return Vector(floats->begin(), floats->end());
}

namespace {
class Reader {
public:
  void set(Value value, Affine affine) { known[value] = std::move(affine); }

  std::optional<Affine> get(Value value) const {
    auto it = known.find(value);
    return it == known.end() ? std::nullopt : std::optional<Affine>(it->second);
  }

  /// Reads one op; false if its result is not affine.
  bool read(Operation &op) {
    std::optional<Affine> result =
        llvm::TypeSwitch<Operation *, std::optional<Affine>>(&op)
            .Case([&](arith::ConstantOp constant) { return readConstant(constant); })
            .Case([&](arith::NegFOp) { return readScaled(op.getOperand(0), {-1.0}); })
            .Case<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp>([&](auto) { return readBinary(op); })
            .Default([](Operation *) { return std::nullopt; });
    if (!result || !isFinite(result->scale) || !isFinite(result->shift))
      return false;
    set(op.getResult(0), *result);
    return true;
  }

private:
  static std::optional<Affine> readConstant(arith::ConstantOp constant) {
    auto value = dyn_cast<FloatAttr>(constant.getValue());
    if (!value)
      return std::nullopt;
    return Affine{{0.0}, {value.getValueAsDouble()}};
  }

  std::optional<Affine> readScaled(Value value, const Vector &factor) const {
    std::optional<Affine> affine = get(value);
    return affine ? std::optional<Affine>(scale(*affine, factor)) : std::nullopt;
  }

  std::optional<Affine> readBinary(Operation &op) const {
    std::optional<Affine> a = get(op.getOperand(0)), b = get(op.getOperand(1));
    if (!a || !b)
      return std::nullopt;
    if (isa<arith::AddFOp>(op))
      return add(*a, *b);
    if (isa<arith::SubFOp>(op))
      return add(*a, scale(*b, {-1.0}));
    if (isa<arith::DivFOp>(op)) {
      if (!isZero(b->scale))
        return std::nullopt;
      return scale(*a, combine({1.0}, b->shift, std::divides<>()));
    }
    if (isZero(a->scale))
      return scale(*b, a->shift);
    if (isZero(b->scale))
      return scale(*a, b->shift);
    return std::nullopt;
  }

  llvm::DenseMap<Value, Affine> known;
};
} // namespace

std::optional<Affine> cnnc::graph::getAffine(cnn::MapOp map, Value x) {
  Reader reader;
  Block &body = map.getBody().front();
  for (auto [input, argument] : llvm::zip_equal(map.getInputs(), body.getArguments())) {
    if (input == x) {
      reader.set(argument, {{1.0}, {0.0}});
      continue;
    }
    std::optional<Vector> values = getPerChannel(input);
    if (!values)
      return std::nullopt;
    reader.set(argument, {{0.0}, std::move(*values)});
  }
  for (Operation &op : body.without_terminator())
    if (!reader.read(op))
      return std::nullopt;
  return reader.get(body.getTerminator()->getOperand(0));
}

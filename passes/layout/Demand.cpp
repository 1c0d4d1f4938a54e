// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/layout/Demand.h"

#include "passes/layout/ConvFacts.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::layout;
using namespace cnnc::cnn;

using Current = function_ref<LayoutAttr(Value)>;

bool cnnc::layout::isConstant(Value value) { return matchPattern(value, m_Constant()); }

static RankedTensorType getTensor(Value value) { return cast<RankedTensorType>(value.getType()); }

bool cnnc::layout::isActivation(Value value) {
  return hasLayout(value.getType()) && value.getDefiningOp() && !isConstant(value) &&
         isa_and_present<CnnDialect>(value.getDefiningOp()->getDialect());
}

double cnnc::layout::getConversionCycles(Value value, LayoutAttr from, LayoutAttr to, const CoreFacts &core) {
  // An alias is not quite nothing: among equals, the plan without it wins.
  RankedTensorType type = getTensor(value);
  if (haveSameBytes(type.getShape(), from, to))
    return from == to ? 0 : 1;
  return getConversionCycles(getStoredBytes(type, from), getStoredBytes(type, to), core);
}

namespace {

/// What the legal layouts of one op's operands cost for one layout of its result.
class Ranking {
public:
  Ranking(Operation *op, LayoutAttr result, Current current, const CoreFacts *core)
      : op(op), result(result), current(current), core(core) {}

  std::optional<Demand> choose() const {
    SmallVector<OperandLayouts, 2> legal = getLegalLayouts(op, result);
    std::optional<Demand> chosen;
    double best = 0;
    for (OperandLayouts &layouts : legal) {
      double cycles = getCycles(layouts), total = cycles + getCyclesToRead(layouts, legal);
      if (chosen && best <= total)
        continue;
      best = total;
      chosen = Demand{layouts, cycles};
    }
    if (chosen && passesThrough())
      chosen->cycles += getTraffic(chosen->operands);
    return chosen;
  }

private:
  /// Cycles of the arithmetic, where that takes longer than its traffic and depends on the layouts.
  double getCycles(const OperandLayouts &layouts) const {
    return llvm::TypeSwitch<Operation *, double>(op)
        .Case<ConvOp, ConvTransposeOp>([&](auto conv) { return getCyclesOfConv(conv, layouts); })
        .Default(0.0);
  }

  template <typename ConvLike> double getCyclesOfConv(ConvLike conv, const OperandLayouts &layouts) const {
    if (!core || !result || conv.getStrides().empty() || !hasKernel(conv))
      return 0;
    // A step multiplies as many elements as four bytes hold.
    double share = getTensor(conv.getInput()).getElementTypeBitWidth() / 32.0;
    return getConvCycles(getConvShape(conv), getLegalAlgorithm(conv), *getChannels(layouts[0]), *getChannels(result),
                         *core) *
           share;
  }

  /// What a choice of layout for an operand adds on its edge; constants are converted at compile time.
  double getCyclesToRead(Value value, LayoutAttr layout) const {
    if (isConstant(value))
      return 0;
    if (!core)
      return layout == current(value) ? 0 : layout == result ? 1 : 2;
    return getConversionCycles(value, current(value), layout, *core);
  }

  /// The same for all operands for which there is a choice.
  double getCyclesToRead(const OperandLayouts &layouts, ArrayRef<OperandLayouts> legal) const {
    double cycles = 0;
    for (size_t number = 0; number < layouts.size(); ++number) {
      auto differs = [&](const OperandLayouts &other) { return other[number] != layouts[number]; };
      if (llvm::any_of(legal, differs))
        cycles += getCyclesToRead(op->getOperand(number), layouts[number]);
    }
    return cycles;
  }

  /// Ops that take as long as their tensors take to pass.
  bool passesThrough() const {
    return core && result && !touchesOtherTypes(op) &&
           isa<MapOp, PoolOp, ReduceOp, ConcatOp, PadOp, SliceOp, ResizeOp>(op);
  }

  /// What passes through the op, lanes past the extents included.
  double getTraffic(const OperandLayouts &layouts) const {
    double cycles = 0;
    for (auto [operand, layout] : llvm::zip_equal(op->getOperands(), layouts))
      if (layout && !isConstant(operand))
        cycles += getStreamCycles(getStoredBytes(getTensor(operand), layout), *core);
    return cycles + getStreamCycles(getStoredBytes(getTensor(op->getResult(0)), result), *core);
  }

  Operation *op;
  LayoutAttr result;
  Current current;
  const CoreFacts *core;
};

} // namespace

std::optional<Demand> cnnc::layout::getDemand(Operation *op, LayoutAttr result, Current current,
                                              const CoreFacts *core) {
  return Ranking(op, result, current, core).choose();
}

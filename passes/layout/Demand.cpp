// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/layout/Demand.h"

#include "passes/layout/ConvFacts.h"
#include "passes/layout/LayoutMath.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::layout;
using namespace cnnc::cnn;

using Current = function_ref<LayoutAttr(Value)>;
using DemandOr = std::optional<Demand>;

bool cnnc::layout::isConstant(Value value) { return matchPattern(value, m_Constant()); }

static RankedTensorType getTensor(Value value) { return dyn_cast<RankedTensorType>(value.getType()); }
static ArrayRef<int64_t> getShape(Value value) { return getTensor(value).getShape(); }

bool cnnc::layout::hasLayout(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() > 0 &&
         (tensor.getElementType().isF32() || tensor.getElementType().isInteger(8) ||
          tensor.getElementType().isInteger(16));
}

bool cnnc::layout::isActivation(Value value) {
  return hasLayout(value.getType()) && value.getDefiningOp() && !isConstant(value) &&
         isa_and_present<CnnDialect>(value.getDefiningOp()->getDialect());
}

bool cnnc::layout::choosesInput(Operation *op) { return isa<ConvOp, ConvTransposeOp, ReduceOp>(op); }

double cnnc::layout::getConversionCycles(Value value, LayoutAttr from, LayoutAttr to, const CoreFacts &core) {
  // An alias is not quite nothing: among equals, the plan without it wins.
  RankedTensorType type = getTensor(value);
  if (haveSameBytes(type.getShape(), from, to))
    return from == to ? 0 : 1;
  return getConversionCycles(getStoredBytes(type, from), getStoredBytes(type, to), core);
}

namespace {

/// Demands of one op for one layout of its result.
class Rules {
public:
  Rules(Operation *op, LayoutAttr result, Current current, const CoreFacts *core)
      : op(op), result(result), current(current), core(core) {
    demand.operands.resize(op->getNumOperands());
  }

  DemandOr get() {
    return llvm::TypeSwitch<Operation *, DemandOr>(op)
        .Case<ConvOp, ConvTransposeOp>([&](auto conv) { return getConvDemand(conv); })
        .Case([&](PoolOp pool) { return getPoolDemand(pool); })
        .Case([&](TransposeOp transpose) { return getTransposeDemand(transpose); })
        .Case([&](ReduceOp reduce) { return getReduceDemand(reduce); })
        .Case([&](MapOp map) { return getMapDemand(map); })
        .Case<ConcatOp, PadOp, SliceOp, ResizeOp>([&](auto same) { return getSameDemand(same); })
        .Default([&](Operation *) { return getRowMajorDemand(); });
  }

private:
  MLIRContext *getContext() const { return op->getContext(); }
  LayoutAttr getRowMajor(Value value) const {
    return LayoutAttr::getRowMajor(getContext(), getTensor(value).getRank());
  }

  void setOperand(OpOperand &operand, LayoutAttr layout) {
    if (hasLayout(operand.get().getType()))
      demand.operands[operand.getOperandNumber()] = layout;
  }

  /// Operands that broadcast to `shape`, which is stored as `layout`.
  void setBroadcast(MutableArrayRef<OpOperand> operands, ArrayRef<int64_t> shape, LayoutAttr layout) {
    for (OpOperand &operand : operands)
      setOperand(operand, broadcastLayout(layout, getShape(operand.get()), shape));
  }

  void setExtras() {
    auto epilogue = cast<EpilogueOp>(op);
    for (OpOperand &extra : epilogue.getExtrasMutable())
      setBroadcast(extra, getShape(op->getResult(0)), result);
  }

  /// What a choice of layout for an operand adds on its edge; constants are converted at compile time.
  double getCyclesToRead(Value value, LayoutAttr layout) const {
    if (isConstant(value))
      return 0;
    if (!core)
      return layout == current(value) ? 0 : layout == result ? 1 : 2;
    return getConversionCycles(value, current(value), layout, *core);
  }

  /// What passes through the op, lanes past the extents included.
  void addTraffic() {
    if (!core)
      return;
    for (auto [operand, layout] : llvm::zip_equal(op->getOperands(), demand.operands))
      if (layout && !isConstant(operand))
        demand.cycles += getStreamCycles(getStoredBytes(getTensor(operand), layout), *core);
    if (result)
      demand.cycles += getStreamCycles(getStoredBytes(getTensor(op->getResult(0)), result), *core);
  }

  /// Reshapes, matrix products, returns, anything else.
  DemandOr getRowMajorDemand() {
    if (result && !result.isRowMajor())
      return std::nullopt;
    for (OpOperand &operand : op->getOpOperands())
      if (hasLayout(operand.get().getType()))
        setOperand(operand, getRowMajor(operand.get()));
    return demand;
  }

  template <typename ConvLike> DemandOr getConvDemand(ConvLike conv) {
    ConvShape shape = getConvShape(conv);
    if (shape.output.empty() || !result) // A product of matrices: rows of channels, on both sides.
      return getRowMajorDemand();
    std::optional<Channels> output = getChannels(result);
    if (!output)
      return std::nullopt;
    Algorithm algorithm = conv.getAlgorithm().value_or(Algorithm::direct);
    Value input = conv.getInput();
    int64_t rank = getTensor(input).getRank();
    // A step multiplies as many elements as four bytes hold.
    double share = getTensor(input).getElementTypeBitWidth() / 32.0;
    std::optional<double> best;
    for (Channels channels : getConvInputs(shape, algorithm, *output)) {
      LayoutAttr layout = toLayout(getContext(), channels, rank);
      double cycles = core ? getConvCycles(shape, algorithm, channels, *output, *core) * share : 0;
      double total = cycles + getCyclesToRead(input, layout);
      if (best && *best <= total)
        continue;
      best = total;
      demand.cycles = cycles;
      setOperand(conv->getOpOperand(0), layout);
    }
    if (!best)
      return std::nullopt;
    // A filter that is computed is packed from rows.
    if (!isConstant(conv.getFilter()))
      setOperand(conv.getFilterMutable(), getRowMajor(conv.getFilter()));
    setExtras();
    return demand;
  }

  DemandOr getPoolDemand(PoolOp pool) {
    if (!result)
      return getRowMajorDemand();
    std::optional<Channels> channels = getChannels(result);
    if (!channels || *channels == Channels::first)
      return std::nullopt;
    setOperand(pool.getInputMutable(), result);
    setExtras();
    addTraffic();
    return demand;
  }

  DemandOr getTransposeDemand(TransposeOp transpose) {
    if (!result)
      return getRowMajorDemand();
    setOperand(transpose.getInputMutable(), transposeLayoutBack(result, transpose.getPermutation()));
    return demand;
  }

  /// Tensors of other element types have no layout but row major.
  bool touchesOtherTypes() const {
    auto other = [](Value value) { return getTensor(value).getRank() > 0 && !hasLayout(value.getType()); };
    return llvm::any_of(op->getOperands(), other) || llvm::any_of(op->getResults(), other);
  }

  DemandOr getMapDemand(MapOp map) {
    if (touchesOtherTypes() || !result)
      return getRowMajorDemand();
    setBroadcast(op->getOpOperands(), getShape(map.getOutput()), result);
    addTraffic();
    return demand;
  }

  /// Reduced blocks leave no block behind, so the operands may have one that the result lacks.
  DemandOr getReduceDemand(ReduceOp reduce) {
    if (touchesOtherTypes() || !result)
      return getRowMajorDemand();
    SmallVector<int64_t> domain(getTensor(reduce.getOutput()).getRank(), 1);
    for (Value input : reduce.getInputs())
      for (auto [dim, extent] : llvm::enumerate(getShape(input)))
        domain[dim] = std::max(domain[dim], extent);
    if (result.isBlocked() && llvm::is_contained(reduce.getAxes(), result.getBlock()))
      return std::nullopt;
    SmallVector<LayoutAttr> candidates = {result};
    if (!result.isBlocked())
      for (int64_t axis : reduce.getAxes())
        candidates.push_back(LayoutAttr::get(getContext(), result.getOrder(), axis));
    std::optional<double> best;
    LayoutAttr chosen;
    for (LayoutAttr layout : candidates) {
      double cycles = 0;
      for (Value input : reduce.getInputs())
        cycles += getCyclesToRead(input, broadcastLayout(layout, getShape(input), domain));
      if (best && *best <= cycles)
        continue;
      best = cycles;
      chosen = layout;
    }
    setBroadcast(op->getOpOperands(), domain, chosen);
    addTraffic();
    return demand;
  }

  static bool keepsBlocks(ConcatOp op, int64_t dim) {
    auto whole = [&](Value input) { return getShape(input)[dim] % LayoutAttr::kBlock == 0; };
    return static_cast<int64_t>(op.getAxis()) != dim || llvm::all_of(op.getInputs().drop_back(), whole);
  }
  static bool keepsBlocks(PadOp op, int64_t dim) { return op.getLow()[dim] == 0 && op.getHigh()[dim] == 0; }
  static bool keepsBlocks(SliceOp op, int64_t dim) {
    // Lanes past the extent of the result hold zero only where they did so before.
    int64_t start = op.getStarts()[dim], extent = getShape(op.getOutput())[dim];
    bool ends = extent % LayoutAttr::kBlock == 0 || start + extent == getShape(op.getInput())[dim];
    return start % LayoutAttr::kBlock == 0 && op.getSteps()[dim] == 1 && ends;
  }
  static bool keepsBlocks(ResizeOp op, int64_t dim) {
    return getShape(op.getInput())[dim] == getShape(op.getOutput())[dim] && op.getScales()[dim] == 1.0;
  }

  /// Ops that move elements about: one layout for all.
  template <typename OpTy> DemandOr getSameDemand(OpTy same) {
    if (touchesOtherTypes() || !result)
      return getRowMajorDemand();
    if (result.isBlocked() && !keepsBlocks(same, result.getBlock()))
      return std::nullopt;
    for (OpOperand &operand : op->getOpOperands())
      setOperand(operand, result);
    addTraffic();
    return demand;
  }

  Operation *op;
  LayoutAttr result;
  Current current;
  const CoreFacts *core;
  Demand demand;
};

} // namespace

DemandOr cnnc::layout::getDemand(Operation *op, LayoutAttr result, Current current, const CoreFacts *core) {
  return Rules(op, result, current, core).get();
}

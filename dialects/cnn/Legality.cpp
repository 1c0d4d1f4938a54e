// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Legality.h"

#include "dialects/cnn/Storage.h"
#include "dialects/cnn/Winograd.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc::cnn;

static constexpr int64_t kBlock = LayoutAttr::kBlock;

static RankedTensorType getTensor(Value value) { return dyn_cast<RankedTensorType>(value.getType()); }
static ArrayRef<int64_t> getShape(Value value) { return getTensor(value).getShape(); }

int64_t cnnc::cnn::getStepElements(Type element) { return element.isInteger(8) ? 4 : element.isInteger(16) ? 2 : 1; }

template <typename ConvLike> static ConvChannels getChannelsOf(ConvLike op) {
  Type element = getTensor(op.getInput()).getElementType();
  ConvChannels conv;
  conv.inChannels = getShape(op.getInput())[1];
  conv.outChannels = getShape(op.getOutput())[1];
  conv.group = op.getGroup();
  conv.step = getStepElements(element);
  conv.constantFilter = matchPattern(op.getFilter(), m_Constant());
  return conv;
}

ConvChannels cnnc::cnn::getConvChannels(ConvOp op) { return getChannelsOf(op); }

ConvChannels cnnc::cnn::getConvChannels(ConvTransposeOp op) { return getChannelsOf(op); }

bool cnnc::cnn::hasNarrowGroups(const ConvChannels &conv) {
  int64_t width = conv.inChannels / conv.group;
  return conv.group > 1 && conv.inChannels == conv.outChannels && llvm::is_contained({1, 2, 4, 8}, width);
}

bool cnnc::cnn::hasWholeBlocks(const ConvChannels &conv) {
  return conv.group == 1 ||
         ((conv.inChannels / conv.group) % kBlock == 0 && (conv.outChannels / conv.group) % kBlock == 0);
}

/// Whether each group's channels stay apart, in one block or in one element.
static bool keepsApart(const ConvChannels &conv, Channels channels) {
  return hasNarrowGroups(conv) &&
         (channels == Channels::blocked || (channels == Channels::last && conv.inChannels == conv.group));
}

/// Windows multiply floats, and bytes as floats.
static bool hasWindowElements(const ConvChannels &conv) {
  return conv.step == 1 || (conv.step == 4 && conv.constantFilter);
}

bool cnnc::cnn::isWindow(const ConvChannels &conv, Channels channels) {
  return keepsApart(conv, channels) && hasWindowElements(conv);
}

Algorithm cnnc::cnn::getLegalAlgorithm(ConvOp op) {
  Algorithm algorithm = op.getAlgorithm().value_or(Algorithm::direct);
  return getWinogradSize(algorithm) && !isWinograd(op) ? Algorithm::direct : algorithm;
}

Algorithm cnnc::cnn::getLegalAlgorithm(ConvTransposeOp) { return Algorithm::phases; }

SmallVector<Channels, 3> cnnc::cnn::getConvInputs(const ConvChannels &conv, Algorithm algorithm, Channels output,
                                                  StringRef *reason) {
  auto refuse = [&](StringRef why) {
    if (reason)
      *reason = why;
    return SmallVector<Channels, 3>();
  };
  if (output == Channels::first)
    return refuse("a convolution stores its channels last or in blocks");
  if (getWinogradSize(algorithm))
    return output == Channels::blocked ? SmallVector<Channels, 3>{output}
                                       : refuse("Winograd stores its channels in blocks");
  if (isWindow(conv, output))
    return {output};
  if (conv.group > 1 && (conv.inChannels / conv.group) % conv.step)
    return refuse("integers of a group fill no step of 4 bytes, and no window multiplies them");
  if (!hasWholeBlocks(conv))
    return output == Channels::last ? SmallVector<Channels, 3>{output}
                                    : refuse("the channels of a group fill no whole blocks");
  if (algorithm == Algorithm::first_layer && conv.step == 1)
    return {Channels::first, Channels::last};
  return {Channels::blocked, Channels::last};
}

bool cnnc::cnn::hasLayout(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() > 0 &&
         (tensor.getElementType().isF32() || tensor.getElementType().isInteger(8) ||
          tensor.getElementType().isInteger(16));
}

bool cnnc::cnn::touchesOtherTypes(Operation *op) {
  auto other = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.getRank() > 0 && !hasLayout(tensor);
  };
  return llvm::any_of(op->getOperandTypes(), other) || llvm::any_of(op->getResultTypes(), other);
}

bool cnnc::cnn::hasKernel(Operation *op) {
  Type element = getTensor(op->getOperand(0)).getElementType();
  return element.isF32() || (element.isInteger(8) && isa<ConvOp, PoolOp, TransposeOp>(op)) ||
         (element.isInteger(16) && isa<ConvOp, TransposeOp>(op));
}

bool cnnc::cnn::choosesInput(Operation *op) { return isa<ConvOp, ConvTransposeOp, ReduceOp>(op); }

SmallVector<int64_t> cnnc::cnn::getReducedShape(ReduceOp op) {
  SmallVector<int64_t> domain(op.getOutput().getType().getRank(), 1);
  for (Value input : op.getInputs())
    for (auto [extent, own] : llvm::zip_equal(domain, getShape(input)))
      extent = std::max(extent, own);
  return domain;
}

LayoutAttr cnnc::cnn::getReducedLayout(ReduceOp op) {
  for (Value input : op.getInputs())
    if (LayoutAttr layout = getLayout(getTensor(input)); layout.isBlocked())
      return layout;
  return getLayout(op.getOutput().getType());
}

static bool keepsBlocks(ConcatOp op, int64_t dim) {
  auto whole = [&](Value input) { return getShape(input)[dim] % kBlock == 0; };
  return static_cast<int64_t>(op.getAxis()) != dim || llvm::all_of(op.getInputs().drop_back(), whole);
}

static bool keepsBlocks(PadOp op, int64_t dim) { return op.getLow()[dim] == 0 && op.getHigh()[dim] == 0; }

static bool keepsBlocks(SliceOp op, int64_t dim) {
  // Lanes past the extent of the result hold zero only where they did so before.
  int64_t start = op.getStarts()[dim], extent = getShape(op.getOutput())[dim];
  bool ends = extent % kBlock == 0 || start + extent == getShape(op.getInput())[dim];
  return start % kBlock == 0 && op.getSteps()[dim] == 1 && ends;
}

static bool keepsBlocks(ResizeOp op, int64_t dim) {
  return getShape(op.getInput())[dim] == getShape(op.getOutput())[dim] && op.getScales()[dim] == 1.0;
}

namespace {

/// The rules, by family.
class Rules {
public:
  Rules(Operation *op, LayoutAttr result, StringRef *reason) : op(op), result(result), reason(reason) {}

  void add() {
    llvm::TypeSwitch<Operation *>(op)
        .Case<ConvOp, ConvTransposeOp>([&](auto conv) { addConv(conv); })
        .Case([&](PoolOp pool) { addPool(pool); })
        .Case([&](TransposeOp transpose) { addTranspose(transpose); })
        .Case([&](ReduceOp reduce) { addReduce(reduce); })
        .Case([&](MapOp map) { addMap(map); })
        .Case<ConcatOp, PadOp, SliceOp, ResizeOp>([&](auto same) { addSame(same); })
        .Case([&](ConvertLayoutOp) { add({}); })
        .Default([&](Operation *) { addRowMajor(); });
  }

  SmallVector<OperandLayouts, 2> legal;

private:
  void add(OperandLayouts layouts) {
    layouts.resize(op->getNumOperands());
    legal.push_back(std::move(layouts));
  }

  void refuse(StringRef why) {
    if (reason)
      *reason = why;
  }

  static void set(OperandLayouts &layouts, OpOperand &operand, LayoutAttr layout) {
    if (hasLayout(operand.get().getType()))
      layouts[operand.getOperandNumber()] = layout;
  }

  static void setRowMajor(OperandLayouts &layouts, OpOperand &operand) {
    if (hasLayout(operand.get().getType()))
      set(layouts, operand, LayoutAttr::getRowMajor(operand.get().getContext(), getShape(operand.get()).size()));
  }

  OperandLayouts none() const { return OperandLayouts(op->getNumOperands()); }

  /// Operands that broadcast to `shape`, which is stored as `layout`.
  static void setBroadcast(OperandLayouts &layouts, MutableArrayRef<OpOperand> operands, ArrayRef<int64_t> shape,
                           LayoutAttr layout) {
    for (OpOperand &operand : operands)
      if (hasLayout(operand.get().getType()))
        set(layouts, operand, broadcastLayout(layout, getShape(operand.get()), shape));
  }

  void setExtras(OperandLayouts &layouts) {
    for (OpOperand &extra : cast<EpilogueOp>(op).getExtrasMutable())
      setBroadcast(layouts, extra, getShape(op->getResult(0)), result);
  }

  /// Reshapes, products of two tensors, returns, anything else.
  void addRowMajor() {
    if (result && !result.isRowMajor())
      return refuse("it is computed in row-major order");
    OperandLayouts layouts = none();
    for (OpOperand &operand : op->getOpOperands())
      setRowMajor(layouts, operand);
    add(std::move(layouts));
  }

  template <typename ConvLike> void addConv(ConvLike conv) {
    if (!hasKernel(conv))
      return addRowMajor();
    ConvChannels channels = getConvChannels(conv);
    Algorithm algorithm = getLegalAlgorithm(conv);
    if (conv.getStrides().empty()) { // A product of matrices: rows of channels, on both sides.
      if (!getConvInputs(channels, algorithm, Channels::last, reason).empty())
        addRowMajor();
      return;
    }
    std::optional<Channels> output = result ? getChannels(result) : std::nullopt;
    if (!output)
      return refuse("a convolution stores its channels last or in blocks");
    for (Channels input : getConvInputs(channels, algorithm, *output, reason)) {
      OperandLayouts layouts = none();
      // Filters are packed from rows.
      for (OpOperand &operand : conv->getOpOperands())
        setRowMajor(layouts, operand);
      layouts[0] = toLayout(conv.getContext(), input, getShape(conv.getInput()).size());
      setExtras(layouts);
      add(std::move(layouts));
    }
  }

  void addPool(PoolOp pool) {
    if (!hasKernel(pool))
      return addRowMajor();
    std::optional<Channels> channels = result ? getChannels(result) : std::nullopt;
    if (!channels || *channels == Channels::first)
      return refuse("a window stores its channels last or in blocks");
    OperandLayouts layouts = none();
    set(layouts, pool.getInputMutable(), result);
    setExtras(layouts);
    add(std::move(layouts));
  }

  void addTranspose(TransposeOp transpose) {
    if (!result)
      return addRowMajor();
    add({transposeLayoutBack(result, transpose.getPermutation())});
  }

  void addMap(MapOp map) {
    if (touchesOtherTypes(map) || !result)
      return addRowMajor();
    OperandLayouts layouts = none();
    setBroadcast(layouts, map->getOpOperands(), getShape(map.getOutput()), result);
    add(std::move(layouts));
  }

  /// Reduced blocks leave no block behind, so the operands may have one that the result lacks.
  void addReduce(ReduceOp reduce) {
    if (touchesOtherTypes(reduce) || !result)
      return addRowMajor();
    if (result.isBlocked() && llvm::is_contained(reduce.getAxes(), result.getBlock()))
      return refuse("the dimension of the blocks is reduced");
    SmallVector<int64_t> domain = getReducedShape(reduce);
    SmallVector<LayoutAttr> visited = {result};
    if (!result.isBlocked())
      for (int64_t axis : reduce.getAxes())
        visited.push_back(LayoutAttr::get(op->getContext(), result.getOrder(), axis));
    for (LayoutAttr layout : visited) {
      OperandLayouts layouts = none();
      setBroadcast(layouts, reduce->getOpOperands(), domain, layout);
      add(std::move(layouts));
    }
  }

  /// Ops that move elements about: one layout for all.
  template <typename OpTy> void addSame(OpTy same) {
    if (touchesOtherTypes(same) || !result)
      return addRowMajor();
    if (result.isBlocked() && !keepsBlocks(same, result.getBlock()))
      return refuse("a block of the result holds parts of several blocks, or a part of one");
    add(OperandLayouts(op->getNumOperands(), result));
  }

  Operation *op;
  LayoutAttr result;
  StringRef *reason;
};

} // namespace

SmallVector<OperandLayouts, 2> cnnc::cnn::getLegalLayouts(Operation *op, LayoutAttr result, StringRef *reason) {
  Rules rules(op, result, reason);
  rules.add();
  return std::move(rules.legal);
}

LogicalResult cnnc::cnn::refuseResult(Operation *op, LayoutAttr result, StringRef reason) {
  InFlightDiagnostic diagnostic = op->emitOpError() << "cannot store its result as ";
  if (result)
    diagnostic << result;
  else
    diagnostic << op->getResult(0).getType();
  return diagnostic << ": " << reason;
}

LogicalResult cnnc::cnn::verifyLayouts(Operation *op) {
  LayoutAttr result;
  if (op->getNumResults() == 1 && hasLayout(op->getResult(0).getType()))
    result = getLayout(getTensor(op->getResult(0)));
  StringRef reason;
  SmallVector<OperandLayouts, 2> legal = getLegalLayouts(op, result, &reason);
  if (legal.empty())
    return refuseResult(op, result, reason);
  for (unsigned number = 0; number < op->getNumOperands(); ++number) {
    Value operand = op->getOperand(number);
    if (!hasLayout(operand.getType()))
      continue;
    LayoutAttr found = getLayout(getTensor(operand));
    SmallVector<OperandLayouts, 2> rest;
    for (const OperandLayouts &layouts : legal)
      if (!layouts[number] || layouts[number] == found)
        rest.push_back(layouts);
    if (rest.empty()) {
      InFlightDiagnostic diagnostic = op->emitOpError() << "requires an operand stored as ";
      llvm::interleave(
          legal, [&](const OperandLayouts &layouts) { diagnostic << layouts[number]; }, [&] { diagnostic << " or "; });
      return diagnostic << ", but found " << operand.getType();
    }
    legal = std::move(rest);
  }
  return success();
}

LogicalResult cnnc::cnn::verifyAllLayouts(Operation *root) {
  bool legal = true;
  root->walk([&](Operation *op) {
    if (isa<CnnDialect>(op->getDialect()) && !isa<YieldOp>(op))
      legal &= succeeded(verifyLayouts(op));
  });
  return success(legal);
}

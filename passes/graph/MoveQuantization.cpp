// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.dequantize %x ...  ;  %2 = cnn.reshape %1  ;  %3 = cnn.quantize %2 ...
// becomes, where both say the same,
//   %3 = cnn.reshape %x
#include "dialects/cnn/Constants.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Quantization.h"
#include "passes/graph/Rewriting.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_MOVEQUANTIZATIONPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// What a byte is worth more without its sign.
constexpr int64_t kSignedOffset = 128;

bool isSignedByte(const Quantization &quantization) { return quantization.bits == 8 && !quantization.isUnsigned; }

/// The same floats from bytes of which each is 128 more.
Quantization withoutSign(Quantization quantization) {
  quantization.isUnsigned = true;
  for (int64_t &zeroPoint : quantization.zeroPoint)
    zeroPoint += kSignedOffset;
  return quantization;
}

/// quantize to signed bytes -> dequantize  =>  the same through unsigned bytes
struct RemoveSign : OpRewritePattern<QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(QuantizeOp op, PatternRewriter &rewriter) const override {
    std::optional<Quantization> stored = getQuantization(op);
    if (!stored || !stored->isUniform() || !isSignedByte(*stored))
      return rewriter.notifyMatchFailure(op, "its result is no tensor of signed bytes");
    SmallVector<std::pair<DequantizeOp, Quantization>> readers;
    for (Operation *user : op->getUsers()) {
      auto reader = dyn_cast<DequantizeOp>(user);
      std::optional<Quantization> read = reader ? getQuantization(reader) : std::nullopt;
      if (!read || !read->isUniform() || read->isUnsigned)
        return rewriter.notifyMatchFailure(op, "something reads the bytes themselves");
      readers.push_back({reader, *read});
    }
    Value bytes = createQuantize(rewriter, op.getLoc(), op.getInput(), withoutSign(*stored));
    for (auto [reader, read] : readers) {
      rewriter.setInsertionPoint(reader);
      rewriter.replaceOp(reader, createDequantize(rewriter, reader.getLoc(), bytes, withoutSign(read)));
    }
    rewriter.eraseOp(op);
    return success();
  }
};

/// dequantize of signed bytes  =>  map { xori 128 } -> dequantize of unsigned ones
struct RemoveSignOfInput : OpRewritePattern<DequantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DequantizeOp op, PatternRewriter &rewriter) const override {
    std::optional<Quantization> read = getQuantization(op);
    if (!read || !read->isUniform() || !isSignedByte(*read) || matchPattern(op.getInput(), m_Constant()) ||
        op.getInput().getDefiningOp<QuantizeOp>())
      return rewriter.notifyMatchFailure(op, "reads no signed bytes that come from elsewhere");
    auto flip = [&](OpBuilder &builder, ValueRange x) -> Value {
      Value sign = arith::ConstantOp::create(builder, op.getLoc(), builder.getI8IntegerAttr(-kSignedOffset));
      return arith::XOrIOp::create(builder, op.getLoc(), x[0], sign);
    };
    Value bytes = createMap(rewriter, op.getLoc(), op.getInput().getType(), op.getInput(), flip);
    rewriter.replaceOp(op, createDequantize(rewriter, op.getLoc(), bytes, withoutSign(*read)));
    return success();
  }
};

/// quantize of what a dequantize made in the same way  =>  its integers
struct CancelPair : OpRewritePattern<QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(QuantizeOp op, PatternRewriter &rewriter) const override {
    std::optional<Quantization> read = getDequantized(op.getInput());
    if (!read || getQuantization(op) != read)
      return rewriter.notifyMatchFailure(op, "its input is not made by a dequantize that says the same");
    rewriter.replaceOp(op, op.getInput().getDefiningOp<DequantizeOp>().getInput());
    return success();
  }
};

/// Whether each element of the result is one of the input's, however it is quantised. The largest of unsigned bytes
/// stands for the largest float.
bool onlyMoves(Operation *op, bool isUnsignedByte) {
  if (auto pool = dyn_cast<PoolOp>(op))
    return pool.getKind() == PoolKind::max && pool.getEpilogue().empty() && isUnsignedByte;
  if (auto resize = dyn_cast<ResizeOp>(op))
    return resize.getMode() == ResizeMode::nearest && resize.getCoordinateTransformationMode() != "tf_crop_and_resize";
  if (auto pad = dyn_cast<PadOp>(op))
    return pad.getMode() != PadMode::constant || matchPattern(pad.getValue(), m_AnyZeroFloat());
  return isa<ReshapeOp, TransposeOp, SliceOp, ConcatOp>(op);
}

Operation *cloneWith(PatternRewriter &rewriter, Operation *op, ValueRange operands, Type element) {
  Operation *clone = rewriter.clone(*op);
  clone->setOperands(operands);
  clone->getResult(0).setType(RankedTensorType::get(getShape(op->getResult(0)), element));
  return clone;
}

/// op that moves what was dequantised  =>  dequantize of what the op moved
struct SinkDequantize : RewritePattern {
  explicit SinkDequantize(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<PoolOp, ResizeOp, ReshapeOp, TransposeOp, SliceOp, ConcatOp, PadOp>(op) || op->getNumOperands() == 0)
      return rewriter.notifyMatchFailure(op, "does more than move elements");
    std::optional<Quantization> first = getDequantized(op->getOperand(0));
    if (!first || !(first->isUniform() || movesDim(op, *first)) ||
        !onlyMoves(op, first->bits == 8 && first->isUnsigned))
      return rewriter.notifyMatchFailure(op,
                                         "its input is not dequantised, or its integers are not moved as its floats");
    SmallVector<Value> integers;
    for (Value operand : op->getOperands()) {
      if (getDequantized(operand) != first)
        return rewriter.notifyMatchFailure(op, "its inputs are quantised in several ways");
      integers.push_back(operand.getDefiningOp<DequantizeOp>().getInput());
    }
    auto read = op->getOperand(0).getDefiningOp<DequantizeOp>();
    Operation *moved = cloneWith(rewriter, op, integers, getElementTypeOrSelf(integers[0].getType()));
    if (auto pad = dyn_cast<PadOp>(moved)) // Zero is what the zero point stands for.
      pad.setValueAttr(rewriter.getIntegerAttr(rewriter.getIntegerType(first->bits), first->zeroPoint[0]));
    if (first->isUniform()) {
      rewriter.replaceOp(op, createDequantize(rewriter, op->getLoc(), moved->getResult(0), *first));
      return success();
    }
    auto sunk = DequantizeOp::create(rewriter, op->getLoc(), op->getResult(0).getType(), moved->getResult(0),
                                     moveParameter(rewriter, op, read.getScale()),
                                     moveParameter(rewriter, op, read.getZeroPoint()), read.getIsUnsigned());
    rewriter.replaceOp(op, sunk);
    return success();
  }

private:
  /// The shape of a parameter along one dimension behind the op.
  static std::optional<SmallVector<int64_t>> getMovedShape(Operation *op, ArrayRef<int64_t> parameter) {
    if (auto transpose = dyn_cast<TransposeOp>(op))
      return llvm::map_to_vector(transpose.getPermutation(), [&](int64_t dim) { return parameter[dim]; });
    auto reshape = dyn_cast<ReshapeOp>(op);
    if (!reshape)
      return std::nullopt;
    // Extents of 1 may come and go: the others keep their order.
    ArrayRef<int64_t> from = getShape(reshape.getInput()), to = getShape(reshape.getOutput());
    SmallVector<int64_t> moved(to.size(), 1);
    size_t source = 0;
    for (auto [extent, entries] : llvm::zip_equal(to, moved)) {
      if (extent == 1)
        continue;
      while (source < from.size() && from[source] == 1)
        ++source;
      if (source == from.size() || from[source] != extent)
        return std::nullopt;
      entries = parameter[source++];
    }
    return moved;
  }

  static bool movesDim(Operation *op, const Quantization &quantization) {
    SmallVector<int64_t> parameter(getShape(op->getOperand(0)).size(), 1);
    parameter[quantization.dim] = quantization.scale.size();
    return getMovedShape(op, parameter).has_value();
  }

  static Value moveParameter(PatternRewriter &rewriter, Operation *op, Value parameter) {
    if (!parameter)
      return parameter;
    auto constant = cast<ElementsAttr>(parameter.getDefiningOp<arith::ConstantOp>().getValue());
    ElementsAttr moved = reshapeConstant(constant, *getMovedShape(op, getShape(parameter)));
    return arith::ConstantOp::create(rewriter, parameter.getLoc(), cast<TypedAttr>(moved));
  }
};

/// quantize of what an op moved  =>  op that moves what was quantised
struct RaiseQuantize : OpRewritePattern<QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(QuantizeOp op, PatternRewriter &rewriter) const override {
    Operation *producer = op.getInput().getDefiningOp();
    std::optional<Quantization> stored = getQuantization(op);
    if (!producer || !isa<ReshapeOp, TransposeOp, ConcatOp>(producer) || !isOnlyUsedBy(op.getInput(), op) || !stored ||
        !stored->isUniform())
      return rewriter.notifyMatchFailure(op, "no op that moves elements makes its input, for it alone");
    SmallVector<Value> integers = llvm::map_to_vector(producer->getOperands(), [&](Value operand) -> Value {
      return createQuantize(rewriter, op.getLoc(), operand, *stored);
    });
    rewriter.replaceOp(op, cloneWith(rewriter, producer, integers, op.getOutput().getType().getElementType()));
    return success();
  }
};

class MoveQuantizationPass : public impl::MoveQuantizationPassBase<MoveQuantizationPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RemoveSign, RemoveSignOfInput, CancelPair>(&getContext(), /*benefit=*/2);
    patterns.add<RaiseQuantize>(&getContext());
    patterns.add<SinkDequantize>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

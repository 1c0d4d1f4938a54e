// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.map(%x) { sigmoid }  ;  %2 = cnn.map(%x, %1) { mulf }
// becomes
//   %2 = cnn.map(%x) { sigmoid; mulf }
// and x sigmoid(x) in it becomes x / (1 + exp(-x)), whose exponential needs to be right beside 1 only
#include "dialects/cnn/Constants.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_FUSEMAPPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// More inputs than this would want more registers and streams than a core has.
constexpr size_t kMaxInputs = 8;

bool isUniformConstant(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : nullptr;
  return dense && dense.isSplat();
}

/// A subtraction of the mean, say: it reads one map that is stored anyway and costs less than reading its result would.
bool isCheaperThanStoring(MapOp producer) {
  ArrayRef<int64_t> shape = getShape(producer.getOutput());
  Value full;
  for (Value input : producer.getInputs())
    if (getShape(input) == shape)
      full = full ? Value() : input;
  bool cheap = llvm::all_of(producer.getBody().front().without_terminator(), [](Operation &op) {
    return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::NegFOp, arith::ConstantOp>(op);
  });
  size_t count = llvm::range_size(producer.getBody().front().without_terminator());
  return full && cheap && count <= 2 && !full.hasOneUse() &&
         llvm::all_of(producer->getUsers(), llvm::IsaPred<MapOp, ReduceOp>);
}

bool mayFuse(MapOp producer, MapOp consumer) {
  if (!mayShareBody(producer.getBody().front(), consumer.getBody().front()))
    return false;
  if (producer.getInputs().empty())
    return true;
  if (getShape(producer.getOutput()) != getShape(consumer.getOutput()))
    return false;
  return isOnlyUsedBy(producer.getOutput(), consumer) || isCheaperThanStoring(producer);
}

/// map -> map  =>  map
struct FuseProducer : OpRewritePattern<MapOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MapOp consumer, PatternRewriter &rewriter) const override {
    for (Value input : consumer.getInputs()) {
      auto producer = input.getDefiningOp<MapOp>();
      if (!producer || !mayFuse(producer, consumer))
        continue;
      if (producer.getInputs().size() + consumer.getInputs().size() > kMaxInputs + 1)
        continue;
      Location location = joinLocations(producer.getLoc(), consumer.getLoc());
      OperationState state(location, MapOp::getOperationName());
      Region *body = state.addRegion();
      state.addOperands(
          composeBodies(rewriter, location, producer, consumer.getInputs(), consumer.getBody().front(), *body));
      state.addTypes(consumer.getOutput().getType());
      rewriter.setInsertionPoint(consumer);
      rewriter.replaceOp(consumer, rewriter.create(state));
      return success();
    }
    return rewriter.notifyMatchFailure(consumer, "no input is made by a map that may be fused");
  }
};

/// map of a uniform constant, of a value twice or of one it does not read  =>  map of fewer values
struct SimplifyInputs : OpRewritePattern<MapOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MapOp op, PatternRewriter &rewriter) const override {
    Block &body = op.getBody().front();
    llvm::SetVector<Value> kept;
    for (auto [input, argument] : llvm::zip_equal(op.getInputs(), body.getArguments()))
      if (!argument.use_empty() && !isUniformConstant(input))
        kept.insert(input);
    if (kept.size() == op.getInputs().size())
      return rewriter.notifyMatchFailure(op, "every input is read, once, and not uniform");
    auto emit = [&](OpBuilder &builder, ValueRange scalars) {
      SmallVector<Value> arguments;
      for (auto [input, argument] : llvm::zip_equal(op.getInputs(), body.getArguments()))
        arguments.push_back(kept.contains(input) ? scalars[llvm::find(kept, input) - kept.begin()]
                                                 : createScalar(builder, input, argument));
      return inlineBody(builder, body, arguments);
    };
    rewriter.replaceOp(op, createMap(rewriter, op.getLoc(), op.getOutput().getType(), kept.getArrayRef(), emit));
    return success();
  }

private:
  static Value createScalar(OpBuilder &builder, Value input, BlockArgument argument) {
    if (argument.use_empty())
      return argument;
    auto dense = cast<DenseElementsAttr>(input.getDefiningOp<arith::ConstantOp>().getValue());
    return arith::ConstantOp::create(builder, input.getLoc(), cast<TypedAttr>(dense.getSplatValue<Attribute>()));
  }
};

bool isOne(Value value) { return matchPattern(value, m_OneFloat()); }

/// x * (1 / (1 + exp(-x)))  =>  x / (1 + exp(-x)), and the sum no more exact than one rounding of 1 asks for.
struct SimplifySwish : OpRewritePattern<arith::MulFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::MulFOp op, PatternRewriter &rewriter) const override {
    for (auto [x, factor] : {std::pair(op.getLhs(), op.getRhs()), std::pair(op.getRhs(), op.getLhs())}) {
      auto quotient = factor.getDefiningOp<arith::DivFOp>();
      auto sum = quotient && isOne(quotient.getLhs()) ? quotient.getRhs().getDefiningOp<arith::AddFOp>() : nullptr;
      if (!sum || !quotient->hasOneUse() || !(isOne(sum.getLhs()) || isOne(sum.getRhs())))
        continue;
      auto exponential = (isOne(sum.getLhs()) ? sum.getRhs() : sum.getLhs()).getDefiningOp<math::ExpOp>();
      auto negated = exponential ? exponential.getOperand().getDefiningOp<arith::NegFOp>() : nullptr;
      if (!negated || negated.getOperand() != x || !op->getParentOfType<MapOp>())
        continue;
      Location location = op.getLoc();
      Value approximate = math::ExpOp::create(rewriter, location, exponential.getOperand(), arith::FastMathFlags::afn);
      Value one = isOne(sum.getLhs()) ? sum.getLhs() : sum.getRhs();
      Value denominator = arith::AddFOp::create(rewriter, location, approximate, one, arith::FastMathFlags::contract);
      rewriter.replaceOpWithNewOp<arith::DivFOp>(op, x, denominator);
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no product of a number and its sigmoid");
  }
};

class FuseMapPass : public impl::FuseMapPassBase<FuseMapPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SimplifyInputs>(&getContext(), /*benefit=*/2);
    patterns.add<FuseProducer, SimplifySwish>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

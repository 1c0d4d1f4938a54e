// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.reduce  =>  linalg.generic that fills the result, and one that combines.
#include "passes/linalg/Patterns.h"

#include "passes/linalg/Generic.h"
#include "passes/linalg/ZeroAtZero.h"

#include "dialects/cnn/Legality.h"
#include "dialects/cnn/Storage.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_linalg;
using cnn::ReduceKind;

static arith::AtomicRMWKind getCombination(ReduceKind kind, bool isFloat) {
  switch (kind) {
  case ReduceKind::sum:
    return isFloat ? arith::AtomicRMWKind::addf : arith::AtomicRMWKind::addi;
  case ReduceKind::prod:
    return isFloat ? arith::AtomicRMWKind::mulf : arith::AtomicRMWKind::muli;
  case ReduceKind::max:
    return isFloat ? arith::AtomicRMWKind::maximumf : arith::AtomicRMWKind::maxs;
  case ReduceKind::min:
    return isFloat ? arith::AtomicRMWKind::minimumf : arith::AtomicRMWKind::mins;
  }
  llvm_unreachable("unknown kind of reduction");
}

/// What is combined: the inputs' common shape.
static Space getReduceSpace(cnn::ReduceOp op) { return Space(cnn::getReducedShape(op), cnn::getReducedLayout(op)); }

/// Does a lane past the extent change the result? It does not count in the combination of a reduced block, and must
/// leave zero in a block that stays.
static bool mustMask(cnn::ReduceOp op, const Space &space) {
  if (!cnn::hasPaddingLanes(space.layout, space.shape))
    return false;
  auto isZero = llvm::map_to_vector(op.getInputs(), [&](Value input) {
    return cast<RankedTensorType>(input.getType()).getDimSize(space.layout.getBlock()) != 1;
  });
  bool sumOfZeros = op.getKind() == ReduceKind::sum || !llvm::is_contained(op.getAxes(), space.layout.getBlock());
  return !sumOfZeros || !isZeroAtZero(op.getBody(), isZero);
}

/// `value`, or the neutral element in lanes past the extent of a reduced dimension, zero in those of one that stays.
static Value mask(OpBuilder &builder, cnn::ReduceOp op, Value value, Value neutral, const Space &space) {
  int64_t block = space.layout.getBlock();
  Location location = op.getLoc();
  if (!llvm::is_contained(op.getAxes(), block))
    return maskLanes(builder, location, value, space);
  // The index is kept below the extent by getLogicalIndex, so compare the lane itself.
  Value number = linalg::IndexOp::create(builder, location, cnn::getStoredDim(space.layout, block));
  Value lane = linalg::IndexOp::create(builder, location, space.getDims() - 1);
  Value lanes = arith::ConstantIndexOp::create(builder, location, cnn::LayoutAttr::kBlock);
  Value first = arith::MulIOp::create(builder, location, number, lanes);
  Value index = arith::AddIOp::create(builder, location, first, lane);
  Value extent = arith::ConstantIndexOp::create(builder, location, space.shape[block]);
  Value inside = arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ult, index, extent);
  return arith::SelectOp::create(builder, location, inside, value, neutral);
}

namespace {

/// cnn.reduce  =>  linalg.generic with reduction iterators
struct ConvertReduce : OpConversionPattern<cnn::ReduceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::ReduceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType output = op.getOutput().getType();
    Space space = getReduceSpace(op);
    SmallVector<AffineMap> maps;
    SmallVector<Value> operands(op.getInputs());
    operands.push_back(op.getOutput());
    for (Value operand : operands)
      maps.push_back(getIndexingMap(space, cast<RankedTensorType>(operand.getType())));
    maps.back() = dropReduced(maps.back(), space, op.getAxes());
    Type element = output.getElementType();
    arith::AtomicRMWKind kind = getCombination(op.getKind(), isa<FloatType>(element));
    TypedAttr neutral = arith::getIdentityValueAttr(kind, element, rewriter, op.getLoc());
    Value start = arith::ConstantOp::create(rewriter, op.getLoc(), neutral);
    Value destination = createDestination(rewriter, op.getLoc(), output);
    // Lanes past the extent start like the others; what is added to them makes them zero.
    Value filled = linalg::FillOp::create(rewriter, op.getLoc(), start, destination).getResult(0);
    auto generic = linalg::GenericOp::create(rewriter, op.getLoc(), TypeRange(filled.getType()), adaptor.getInputs(),
                                             ValueRange(filled), maps, getIterators(space, op.getAxes()));
    fillBody(rewriter, op, generic, kind, neutral, space);
    describeGeneric(generic, "reduce");
    bool scaled = op.getScale() && op.getKind() != ReduceKind::sum;
    rewriter.replaceOp(op, scaled ? createScaled(rewriter, op, generic.getResult(0)) : generic.getResult(0));
    return success();
  }

private:
  static SmallVector<utils::IteratorType> getIterators(const Space &space, ArrayRef<int64_t> axes) {
    SmallVector<utils::IteratorType> iterators;
    for (int64_t dim : space.layout.getOrder())
      iterators.push_back(llvm::is_contained(axes, dim) ? utils::IteratorType::reduction
                                                        : utils::IteratorType::parallel);
    if (space.layout.isBlocked())
      iterators.push_back(iterators[cnn::getStoredDim(space.layout, space.layout.getBlock())]);
    return iterators;
  }

  /// A reduced dimension of extent 1 must not appear in the result's map either.
  static AffineMap dropReduced(AffineMap map, const Space &space, ArrayRef<int64_t> axes) {
    SmallVector<utils::IteratorType> iterators = getIterators(space, axes);
    SmallVector<AffineExpr> results;
    for (AffineExpr result : map.getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(result);
      bool reduced = dim && iterators[dim.getPosition()] == utils::IteratorType::reduction;
      results.push_back(reduced ? getAffineConstantExpr(0, map.getContext()) : result);
    }
    return AffineMap::get(map.getNumDims(), 0, results, map.getContext());
  }

  static void fillBody(ConversionPatternRewriter &rewriter, cnn::ReduceOp op, linalg::GenericOp generic,
                       arith::AtomicRMWKind kind, TypedAttr neutral, const Space &space) {
    OpBuilder::InsertionGuard guard(rewriter);
    Location location = op.getLoc();
    rewriter.cloneRegionBefore(op.getBody(), generic.getRegion(), generic.getRegion().end());
    Block &body = generic.getRegion().front();
    Value accumulator = body.addArgument(op.getOutput().getType().getElementType(), location);
    auto yield = cast<cnn::YieldOp>(body.getTerminator());
    rewriter.setInsertionPoint(yield);
    Value value = yield.getValue();
    // A scaled sum is a sum of scaled values.
    if (op.getScale() && op.getKind() == ReduceKind::sum) {
      Value scale = arith::ConstantOp::create(rewriter, location,
                                              FloatAttr::get(value.getType(), op.getScale()->convertToDouble()));
      value = arith::MulFOp::create(rewriter, location, value, scale);
    }
    if (mustMask(op, space)) {
      Value constant = arith::ConstantOp::create(rewriter, location, neutral);
      value = mask(rewriter, op, value, constant, space);
    }
    Value combined = arith::getReductionOp(kind, rewriter, location, value, accumulator);
    rewriter.replaceOpWithNewOp<linalg::YieldOp>(yield, combined);
  }

  static Value createScaled(ConversionPatternRewriter &rewriter, cnn::ReduceOp op, Value reduced) {
    Location location = op.getLoc();
    RankedTensorType output = op.getOutput().getType();
    Value destination = createDestination(rewriter, location, output);
    unsigned dims = Space(output).getDims();
    SmallVector<AffineMap> maps(2, rewriter.getMultiDimIdentityMap(dims));
    SmallVector<utils::IteratorType> iterators(dims, utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(
        rewriter, location, TypeRange(destination.getType()), ValueRange(reduced), ValueRange(destination), maps,
        iterators, [&](OpBuilder &builder, Location location, ValueRange arguments) {
          Value scale = arith::ConstantOp::create(
              builder, location, FloatAttr::get(output.getElementType(), op.getScale()->convertToDouble()));
          Value scaled = arith::MulFOp::create(builder, location, arguments[0], scale);
          linalg::YieldOp::create(builder, location, scaled);
        });
    describeGeneric(generic, "map");
    return generic.getResult(0);
  }
};

} // namespace

void cnnc::to_linalg::populateReducePatterns(TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertReduce>(converter, patterns.getContext());
}

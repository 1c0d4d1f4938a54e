// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.map  =>  linalg.generic over the stored result.
#include "passes/linalg/Patterns.h"

#include "passes/linalg/Generic.h"
#include "passes/linalg/ZeroAtZero.h"

#include "dialects/cnn/Storage.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_linalg;

/// Which inputs hold zero in the padding lanes of `space`: those that have these lanes.
static SmallVector<bool> getZeroInPadding(const Space &space, OperandRange inputs) {
  return llvm::map_to_vector(inputs, [&](Value input) {
    auto type = cast<RankedTensorType>(input.getType());
    int64_t block = space.layout.getBlock();
    return cnn::getLayout(type).getBlock() == block && type.getDimSize(block) == space.shape[block];
  });
}

namespace {

/// cnn.map  =>  linalg.generic
struct ConvertMap : OpConversionPattern<cnn::MapOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::MapOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    RankedTensorType output = op.getOutput().getType();
    Space space(output);
    SmallVector<AffineMap> maps;
    for (Value input : op.getInputs())
      maps.push_back(getIndexingMap(space, cast<RankedTensorType>(input.getType())));
    maps.push_back(rewriter.getMultiDimIdentityMap(space.getDims()));
    bool mask = cnn::hasPaddingLanes(space.layout, space.shape) &&
                !isZeroAtZero(op.getBody(), getZeroInPadding(space, op.getInputs()));
    Value destination = createDestination(rewriter, op.getLoc(), output);
    SmallVector<utils::IteratorType> iterators(space.getDims(), utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(rewriter, op.getLoc(), TypeRange(destination.getType()),
                                             adaptor.getInputs(), ValueRange(destination), maps, iterators);
    rewriter.cloneRegionBefore(op.getBody(), generic.getRegion(), generic.getRegion().end());
    Block &body = generic.getRegion().front();
    body.addArgument(output.getElementType(), op.getLoc());
    auto yield = cast<cnn::YieldOp>(body.getTerminator());
    rewriter.setInsertionPoint(yield);
    Value value = yield.getValue();
    if (mask)
      value = maskLanes(rewriter, op.getLoc(), value, space);
    rewriter.replaceOpWithNewOp<linalg::YieldOp>(yield, value);
    describeGeneric(generic, "map");
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};

} // namespace

void cnnc::to_linalg::populateMapPatterns(TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertMap>(converter, patterns.getContext());
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.pool  =>  kernel.pad and kernel.window. An average is a sum, divided in the epilogue.
#include "passes/kernel/Patterns.h"

#include "passes/kernel/Storing.h"

#include "dialects/cnn/Constants.h"
#include "dialects/cnn/Storage.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <limits>
#include <numeric>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;
using cnn::LayoutAttr;
using kernel::ChannelOrder;

/// For each output of spatial dimension `dim`, the elements of its window that an average counts.
static SmallVector<int64_t> countElements(cnn::PoolOp op, size_t dim) {
  size_t dims = op.getKernel().size();
  bool padsCount = op.getCountIncludePad();
  int64_t low = op.getPads()[dim], high = op.getPads()[dims + dim];
  int64_t begin = padsCount ? -low : 0;
  int64_t end = op.getInput().getType().getDimSize(2 + dim) + (padsCount ? high : 0);
  SmallVector<int64_t> counts;
  for (int64_t out = 0; out < op.getOutput().getType().getDimSize(2 + dim); ++out) {
    int64_t count = 0;
    for (int64_t k = 0; k < op.getKernel()[dim]; ++k) {
      int64_t in = out * op.getStrides()[dim] + k * op.getDilations()[dim] - low;
      count += in >= begin && in < end;
    }
    counts.push_back(count);
  }
  return counts;
}

/// 1 / (elements of the window), of logical shape 1, 1, spatial..., with extents 1 where all windows agree.
static Value createReciprocals(OpBuilder &builder, cnn::PoolOp op) {
  SmallVector<int64_t> shape = {1, 1};
  std::vector<float> reciprocals = {1.0f};
  for (size_t dim = 0; dim < op.getKernel().size(); ++dim) {
    SmallVector<int64_t> counts = countElements(op, dim);
    if (llvm::all_equal(counts))
      counts.truncate(1);
    std::vector<float> products;
    for (float outer : reciprocals)
      for (int64_t count : counts)
        products.push_back(outer * std::max<int64_t>(count, 1));
    reciprocals = std::move(products);
    shape.push_back(counts.size());
  }
  for (float &value : reciprocals)
    value = 1.0f / value;
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return cnn::createFloats(builder, op.getLoc(), type, std::move(reciprocals), "pool_reciprocals");
}

/// Multiplies the accumulator by `factor` (a scalar, or the last argument where null) before all else.
static void scaleAccumulator(RewriterBase &rewriter, Location location, Region &epilogue, size_t extras,
                             std::optional<float> factor) {
  OpBuilder::InsertionGuard guard(rewriter);
  Type type = rewriter.getF32Type();
  if (epilogue.empty()) {
    Block *block = rewriter.createBlock(&epilogue);
    for (size_t i = 0; i <= extras; ++i)
      block->addArgument(type, location);
    kernel::YieldOp::create(rewriter, location, block->getArgument(0));
  }
  Block &block = epilogue.front();
  rewriter.setInsertionPointToStart(&block);
  Value scale;
  if (factor)
    scale = arith::ConstantOp::create(rewriter, location, rewriter.getF32FloatAttr(*factor));
  else
    scale = block.addArgument(type, location);
  Value accumulator = block.getArgument(0);
  auto product = arith::MulFOp::create(rewriter, location, accumulator, scale);
  // The block is new: nothing to roll back, which the rewriter could not for some of a value's uses.
  accumulator.replaceAllUsesExcept(product, product.getOperation());
}

namespace {

/// cnn.pool  =>  kernel.window
struct ConvertPool : OpConversionPattern<cnn::PoolOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::PoolOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    RankedTensorType input = op.getInput().getType(), output = op.getOutput().getType();
    LayoutAttr layout = cnn::getLayout(output);
    ChannelOrder order = getChannelOrder(layout);
    Location location = op.getLoc();
    bool isMax = op.getKind() == cnn::PoolKind::max;
    ArrayRef<int64_t> low = op.getPads().take_front(op.getKernel().size());
    SmallVector<int64_t> high = getHighPads(input.getShape().drop_front(2), output.getShape().drop_front(2),
                                            op.getKernel(), op.getStrides(), op.getDilations(), low);
    TypedAttr fill;
    if (isMax && input.getElementType().isF32()) // Bytes, without a sign, have none below 0.
      fill = rewriter.getF32FloatAttr(-std::numeric_limits<float>::infinity());
    Value padded = createSpatialPad(rewriter, location, adaptor.getInput(), order, low, high, fill);
    SmallVector<Value> extras = createExtras(rewriter, location, op.getExtras(), adaptor.getExtras(), output);
    size_t ownExtras = extras.size();
    std::optional<float> factor;
    if (!isMax) {
      Value reciprocals = createReciprocals(rewriter, op);
      factor = cnn::getSplat(reciprocals);
      if (!factor)
        extras.push_back(
            createExtra(rewriter, location, reciprocals, cast<RankedTensorType>(reciprocals.getType()), layout));
    }
    Value destination = createEmpty(rewriter, location, cnn::getStoredType(output));
    auto window = kernel::WindowOp::create(
        rewriter, location, TypeRange(destination.getType()), padded, /*filter=*/Value(), /*bias=*/Value(), extras,
        destination, /*row_sums=*/Value(), isMax ? kernel::WindowKind::max : kernel::WindowKind::sum, order,
        op.getKernel(), op.getStrides(), op.getDilations(), /*width=*/1, output.getDimSize(1),
        /*schedule=*/ArrayAttr());
    copyEpilogue(rewriter, op.getEpilogue(), window.getEpilogue());
    if (!isMax)
      scaleAccumulator(rewriter, location, window.getEpilogue(), ownExtras, factor);
    describe(window, isMax ? "max_pool" : "average_pool", 0);
    rewriter.replaceOp(op, window.getResults());
    return success();
  }
};

} // namespace

void cnnc::to_kernel::populatePoolPatterns(TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertPool>(converter, patterns.getContext());
}

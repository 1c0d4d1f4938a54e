// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.matmul  =>  panels of the right operand, and kernel.contract with a filter per image.
#include "passes/kernel/Patterns.h"

#include "passes/kernel/Convolution.h"

#include <numeric>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;
using cnn::LayoutAttr;
using kernel::ChannelOrder;

static int64_t product(ArrayRef<int64_t> extents) {
  return std::accumulate(extents.begin(), extents.end(), int64_t(1), std::multiplies<>());
}

/// `value` (row major) repeated along the leading dimensions where `batch` is larger; the second half of the door turns
/// the cnn.map into a copy.
static Value createBroadcast(OpBuilder &builder, Location location, Value value, ArrayRef<int64_t> batch) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape(batch);
  llvm::append_range(shape, type.getShape().drop_front(batch.size()));
  if (type.getShape() == ArrayRef(shape))
    return value;
  auto map = cnn::MapOp::create(builder, location, RankedTensorType::get(shape, type.getElementType()), value);
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&map.getBody(), {}, type.getElementType(), location);
  cnn::YieldOp::create(builder, location, block->getArgument(0));
  return map.getOutput();
}

namespace {

/// cnn.matmul  =>  kernel.contract of pixels (rows of the left operand) and channels (columns of the right one)
struct ConvertMatMul : OpConversionPattern<cnn::MatMulOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::MatMulOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType lhsType = op.getLhs().getType(), rhsType = op.getRhs().getType();
    RankedTensorType output = op.getOutput().getType();
    int64_t rank = output.getRank();
    Location location = op.getLoc();
    ArrayRef<int64_t> batch = output.getShape().drop_back(2);
    int64_t rows = lhsType.getDimSize(rank - 2), depth = lhsType.getDimSize(rank - 1);
    int64_t columns = rhsType.getDimSize(rank - 1), images = product(batch);
    bool sharedRhs = product(rhsType.getShape().drop_back(2)) == 1;
    Value lhs = createBroadcast(rewriter, location, adaptor.getLhs(), batch);

    Value rhs = sharedRhs ? adaptor.getRhs() : createBroadcast(rewriter, location, adaptor.getRhs(), batch);
    int64_t panelSets = sharedRhs ? 1 : images;
    Value panels = packPanels(rewriter, location, rhs, panelSets, depth, columns);
    if (sharedRhs) {
      rows *= images;
      images = 1;
      panels =
          createReshape(rewriter, location, panels, cast<RankedTensorType>(panels.getType()).getShape().drop_front());
    }
    SmallVector<int64_t> shape = {images, rows, columns};
    Value destination = createEmpty(rewriter, location, RankedTensorType::get(shape, output.getElementType()));
    SmallVector<Value> extras;
    for (Value extra : createExtras(rewriter, location, op.getExtras(), adaptor.getExtras(), output))
      extras.push_back(flattenExtra(rewriter, location, extra, output, shape));
    auto contract = kernel::ContractOp::create(
        rewriter, location, TypeRange(destination.getType()),
        createReshape(rewriter, location, lhs, {images, rows, depth}), panels, /*bias=*/Value(), extras, destination,
        ChannelOrder::last, ChannelOrder::last, ArrayRef<int64_t>{1}, ArrayRef<int64_t>{1}, ArrayRef<int64_t>{1},
        /*group=*/1, depth, columns, /*batched_filter=*/!sharedRhs, /*schedule=*/ArrayAttr());
    copyEpilogue(rewriter, op.getEpilogue(), contract.getEpilogue());
    describe(contract, "matmul", output.getNumElements() * depth);
    rewriter.replaceOp(op, createReshape(rewriter, location, contract.getResult(0), output.getShape()));
    return success();
  }

private:
  /// images x K x N  =>  images x panels x segments x run x 16
  static Value packPanels(OpBuilder &builder, Location location, Value rhs, int64_t images, int64_t depth,
                          int64_t columns) {
    MLIRContext *context = builder.getContext();
    int64_t run = getRunOfChannels(depth);
    Value matrix = createReshape(builder, location, rhs, {images, depth, columns});
    Value panels = createRelayout(builder, location, matrix, {images, depth, columns},
                                  LayoutAttr::getRowMajor(context, 3), LayoutAttr::get(context, {0, 2, 1}, 2));
    return createReshape(
        builder, location, panels,
        {images, llvm::divideCeilSigned(columns, LayoutAttr::kBlock), depth / run, run, LayoutAttr::kBlock});
  }

  /// An extra of the result's rank, as one of rank 3 that broadcasts as a whole or not at all in each dimension.
  static Value flattenExtra(OpBuilder &builder, Location location, Value extra, RankedTensorType output,
                            ArrayRef<int64_t> shape) {
    auto type = cast<RankedTensorType>(extra.getType());
    int64_t rank = type.getRank(), columns = type.getDimSize(rank - 1);
    bool perRow = type.getDimSize(rank - 2) == output.getDimSize(rank - 2);
    ArrayRef<int64_t> batch = output.getShape().drop_back(2);
    ArrayRef<int64_t> own = type.getShape().drop_back(2);
    if (product(own) == 1 && (shape[0] == product(batch) || !perRow || product(batch) == 1))
      return createReshape(builder, location, extra, {1, type.getDimSize(rank - 2), columns});
    SmallVector<int64_t> leading(batch);
    if (shape[0] == 1) // The rows of all images are pixels of one: their extent varies as a whole.
      leading.push_back(output.getDimSize(rank - 2));
    Value whole = createBroadcast(builder, location, extra, leading);
    return createReshape(
        builder, location, whole,
        {shape[0], cast<RankedTensorType>(whole.getType()).getNumElements() / columns / shape[0], columns});
  }
};

} // namespace

void cnnc::to_kernel::populateMatMulPatterns(TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertMatMul>(converter, patterns.getContext());
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.conv  =>  kernel.pad and kernel.contract, kernel.window or kernel.winograd.
#include "passes/kernel/Patterns.h"

#include "passes/kernel/Convolution.h"
#include "passes/kernel/Im2Col.h"
#include "passes/kernel/Winograd.h"

#include "dialects/cnn/Legality.h"
#include "dialects/cnn/Storage.h"
#include "dialects/cnn/Winograd.h"
#include "dialects/kernel/Schedule.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;
using cnn::LayoutAttr;
using kernel::ChannelOrder;

namespace {

/// cnn.conv with spatial dimensions  =>  its kernel
struct ConvertConv : OpConversionPattern<cnn::ConvOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::ConvOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    RankedTensorType input = op.getInput().getType(), output = op.getOutput().getType();
    ChannelOrder inputOrder = getChannelOrder(cnn::getLayout(input));
    ChannelOrder outputOrder = getChannelOrder(cnn::getLayout(output));
    if (op.getStrides().empty())
      return convertProduct(op, adaptor, rewriter);
    if (cnn::isWinograd(op))
      if (Value result = createWinograd(rewriter, op, adaptor.getInput(), adaptor.getBias(), adaptor.getExtras())) {
        rewriter.replaceOp(op, result);
        return success();
      }

    Location location = op.getLoc();
    Convolution convolution(location);
    convolution.input = adaptor.getInput();
    convolution.filter = adaptor.getFilter();
    convolution.bias = adaptor.getBias();
    convolution.inputOrder = inputOrder;
    convolution.outputOrder = outputOrder;
    convolution.strides = llvm::to_vector(op.getStrides());
    convolution.dilations = llvm::to_vector(op.getDilations());
    convolution.group = op.getGroup();
    convolution.epilogue = &op.getEpilogue();
    convolution.algorithm = getAlgorithmName(cnn::getLegalAlgorithm(op));
    ArrayRef<int64_t> low = op.getPads().take_front(op.getStrides().size());
    SmallVector<int64_t> high = getHighPads(input.getShape().drop_front(2), output.getShape().drop_front(2),
                                            convolution.kernel(), op.getStrides(), op.getDilations(), low);
    TypedAttr value;
    if (op.getPadValue())
      value = rewriter.getIntegerAttr(input.getElementType(), *op.getPadValue());
    padSteps(rewriter, convolution);
    convolution.input = createSpatialPad(rewriter, location, convolution.input, inputOrder, low, high, value);
    convolution.extras = createExtras(rewriter, location, op.getExtras(), adaptor.getExtras(), output);
    convolution.output = createEmpty(rewriter, location, cnn::getStoredType(output));
    if (op.getAlgorithm() == cnn::Algorithm::im2col && op.getGroup() == 1)
      convolution = createColumns(rewriter, convolution);
    Value result = createConvolution(rewriter, convolution);
    if (Attribute pins = op->getAttr(kernel::kPinsAttr))
      result.getDefiningOp()->setAttr(kernel::kPinsAttr, pins);
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  /// A product of matrices is a convolution of one image in one dimension: its rows are the pixels.
  static LogicalResult convertProduct(cnn::ConvOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) {
    RankedTensorType output = op.getOutput().getType();
    Location location = op.getLoc();
    auto withImage = [&](Value value) -> Value {
      SmallVector<int64_t> shape = {1};
      llvm::append_range(shape, cast<RankedTensorType>(value.getType()).getShape());
      return createReshape(rewriter, location, value, shape);
    };
    SmallVector<int64_t> filterShape(cast<RankedTensorType>(adaptor.getFilter().getType()).getShape());
    filterShape.push_back(1);
    Convolution convolution(location);
    convolution.input = withImage(adaptor.getInput());
    convolution.filter = createReshape(rewriter, location, adaptor.getFilter(), filterShape);
    convolution.bias = adaptor.getBias();
    convolution.strides = convolution.dilations = {1};
    convolution.group = op.getGroup();
    convolution.epilogue = &op.getEpilogue();
    convolution.algorithm = getAlgorithmName(cnn::getLegalAlgorithm(op));
    padSteps(rewriter, convolution);
    for (Value extra : createExtras(rewriter, location, op.getExtras(), adaptor.getExtras(), output))
      convolution.extras.push_back(withImage(extra));
    auto type = RankedTensorType::get({1, output.getDimSize(0), output.getDimSize(1)}, output.getElementType());
    convolution.output = createEmpty(rewriter, location, type);
    Value product = createConvolution(rewriter, convolution);
    rewriter.replaceOp(op, createReshape(rewriter, location, product, output.getShape()));
    return success();
  }
};

} // namespace

void cnnc::to_kernel::populateConvPatterns(TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertConv>(converter, patterns.getContext());
}

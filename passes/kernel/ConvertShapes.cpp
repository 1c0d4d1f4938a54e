// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.concat, pad, reshape, transpose, convert_layout  =>  kernel.concat, pad, reshape, relayout.
#include "passes/kernel/Patterns.h"

#include "passes/kernel/Storing.h"

#include "dialects/cnn/Storage.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;
using cnn::LayoutAttr;

bool cnnc::to_kernel::isStoredPad(Operation *op) {
  auto pad = cast<cnn::PadOp>(op);
  RankedTensorType output = pad.getOutput().getType();
  auto value = dyn_cast<FloatAttr>(pad.getValue());
  if (pad.getMode() != cnn::PadMode::constant || !value)
    return false;
  // Lanes past the extent must stay zero.
  return value.getValue().isPosZero() || !cnn::hasPaddingLanes(cnn::getLayout(output), output.getShape());
}

namespace {

/// cnn.concat  =>  kernel.concat along the stored dimension
struct ConvertConcat : OpConversionPattern<cnn::ConcatOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::ConcatOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType output = op.getOutput().getType();
    rewriter.replaceOpWithNewOp<kernel::ConcatOp>(op, cnn::getStoredType(output), adaptor.getInputs(),
                                                  cnn::getStoredDim(cnn::getLayout(output), op.getAxis()));
    return success();
  }
};

/// cnn.pad with a constant  =>  kernel.pad
struct ConvertPad : OpConversionPattern<cnn::PadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::PadOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    if (!isStoredPad(op))
      return rewriter.notifyMatchFailure(op, "a constant border cannot express this pad");
    RankedTensorType output = op.getOutput().getType();
    LayoutAttr layout = cnn::getLayout(output);
    ArrayRef<int64_t> before = cnn::getStoredType(op.getInput().getType()).getShape();
    ArrayRef<int64_t> after = cnn::getStoredType(output).getShape();
    SmallVector<int64_t> low(before.size(), 0), high;
    for (auto [i, dim] : llvm::enumerate(layout.getOrder()))
      low[i] = op.getLow()[dim];
    for (size_t i = 0; i < low.size(); ++i)
      high.push_back(after[i] - before[i] - low[i]);
    rewriter.replaceOpWithNewOp<kernel::PadOp>(op, cnn::getStoredType(output), adaptor.getInput(), low, high,
                                               op.getValue());
    return success();
  }
};

/// cnn.reshape  =>  kernel.reshape between row-major tensors
struct ConvertReshape : OpConversionPattern<cnn::ReshapeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::ReshapeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op,
                       createReshape(rewriter, op.getLoc(), adaptor.getInput(), op.getOutput().getType().getShape()));
    return success();
  }
};

/// cnn.transpose  =>  nothing: its layout names the dimensions of the same bytes
struct ConvertTranspose : OpConversionPattern<cnn::TransposeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::TransposeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType stored = cnn::getStoredType(op.getOutput().getType());
    rewriter.replaceOp(op, createReshape(rewriter, op.getLoc(), adaptor.getInput(), stored.getShape()));
    return success();
  }
};

/// cnn.convert_layout  =>  kernel.relayout, or kernel.reshape where the bytes agree
struct ConvertConvertLayout : OpConversionPattern<cnn::ConvertLayoutOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::ConvertLayoutOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType input = op.getInput().getType(), output = op.getOutput().getType();
    rewriter.replaceOp(op, createRelayout(rewriter, op.getLoc(), adaptor.getInput(), input.getShape(),
                                          cnn::getLayout(input), cnn::getLayout(output)));
    return success();
  }
};

} // namespace

void cnnc::to_kernel::populateShapePatterns(TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertConcat, ConvertPad, ConvertReshape, ConvertTranspose, ConvertConvertLayout>(
      converter, patterns.getContext());
}

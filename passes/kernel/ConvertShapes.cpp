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
  RankedTensorType input = pad.getInput().getType();
  LayoutAttr layout = cnn::getLayout(input);
  auto value = dyn_cast<FloatAttr>(pad.getValue());
  if (pad.getMode() != cnn::PadMode::constant || layout != cnn::getLayout(pad.getOutput().getType()) || !value)
    return false;
  if (!layout.isBlocked())
    return true;
  // Lanes past the extent must stay zero, and a block is inside the border as a whole or not at all.
  if (pad.getLow()[layout.getBlock()] % LayoutAttr::kBlock)
    return false;
  bool wholeBlocks = !cnn::hasPaddingLanes(layout, input.getShape()) &&
                     !cnn::hasPaddingLanes(layout, pad.getOutput().getType().getShape());
  return value.getValue().isPosZero() || wholeBlocks;
}

namespace {

/// cnn.concat  =>  kernel.concat along the stored dimension
struct ConvertConcat : OpConversionPattern<cnn::ConcatOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::ConcatOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType output = op.getOutput().getType();
    LayoutAttr layout = cnn::getLayout(output);
    int64_t axis = op.getAxis();
    for (auto [i, input] : llvm::enumerate(op.getInputs())) {
      auto type = cast<RankedTensorType>(input.getType());
      if (cnn::getLayout(type) != layout)
        return rewriter.notifyMatchFailure(op, "the inputs are stored otherwise than the result");
      bool last = i + 1 == op.getInputs().size();
      if (layout.getBlock() == axis && !last && type.getDimSize(axis) % LayoutAttr::kBlock)
        return rewriter.notifyMatchFailure(op, "an input ends inside a block");
    }
    rewriter.replaceOpWithNewOp<kernel::ConcatOp>(op, cnn::getStoredType(output), adaptor.getInputs(),
                                                  cnn::getStoredDim(layout, axis));
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
      low[i] = dim == layout.getBlock() ? op.getLow()[dim] / LayoutAttr::kBlock : op.getLow()[dim];
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
    RankedTensorType input = op.getInput().getType(), output = op.getOutput().getType();
    LayoutAttr inputLayout = cnn::getLayout(input), outputLayout = cnn::getLayout(output);
    Value rowMajor = createRelayout(rewriter, op.getLoc(), adaptor.getInput(), input.getShape(), inputLayout,
                                    LayoutAttr::getRowMajor(getContext(), input.getRank()));
    Value reshaped = createReshape(rewriter, op.getLoc(), rowMajor, output.getShape());
    rewriter.replaceOp(op, createRelayout(rewriter, op.getLoc(), reshaped, output.getShape(),
                                          LayoutAttr::getRowMajor(getContext(), output.getRank()), outputLayout));
    return success();
  }
};

/// cnn.transpose  =>  nothing where the layout follows, kernel.relayout otherwise
struct ConvertTranspose : OpConversionPattern<cnn::TransposeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::TransposeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType input = op.getInput().getType(), output = op.getOutput().getType();
    LayoutAttr layout = cnn::getLayout(output);
    ArrayRef<int64_t> permutation = op.getPermutation();
    // The result's layout in terms of the input's dimensions.
    auto order = llvm::map_to_vector(layout.getOrder(), [&](int64_t dim) { return permutation[dim]; });
    int64_t block = layout.isBlocked() ? permutation[layout.getBlock()] : -1;
    Value stored = createRelayout(rewriter, op.getLoc(), adaptor.getInput(), input.getShape(), cnn::getLayout(input),
                                  LayoutAttr::get(getContext(), order, block));
    rewriter.replaceOp(op, createReshape(rewriter, op.getLoc(), stored, cnn::getStoredType(output).getShape()));
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

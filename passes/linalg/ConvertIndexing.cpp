// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.gather, slice, pad, transpose  =>  tensor.extract_slice, or linalg.generic that computes indices.
#include "passes/linalg/Patterns.h"

#include "passes/linalg/Generic.h"

#include "dialects/cnn/Storage.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_linalg;
using cnn::LayoutAttr;

/// Every dimension at the point's own index.
static SmallVector<Index> getSameIndices(int64_t rank) {
  SmallVector<Index> indices(rank);
  for (int64_t dim = 0; dim < rank; ++dim)
    indices[dim].same = dim;
  return indices;
}

namespace {

/// cnn.gather  =>  linalg.generic that looks its index up
struct ConvertGather : OpConversionPattern<cnn::GatherOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::GatherOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType input = op.getInput().getType(), output = op.getOutput().getType();
    RankedTensorType indices = op.getIndices().getType();
    Space space(output);
    Location location = op.getLoc();
    auto generic = createIndexed(rewriter, location, output, "gather", [&](OpBuilder &builder) {
      int64_t axis = op.getAxis(), added = indices.getRank() - 1;
      SmallVector<Index> read(input.getRank()), lookUp(indices.getRank());
      for (int64_t dim = 0; dim < indices.getRank(); ++dim)
        lookUp[dim].same = axis + dim;
      for (int64_t dim = 0; dim < input.getRank(); ++dim)
        read[dim].same = dim < axis ? dim : dim + added;
      Value index = extractStored(builder, location, space, adaptor.getIndices(), indices, lookUp);
      read[axis] = {getBounded(builder, location, index, input.getDimSize(axis)), -1};
      Value value = extractStored(builder, location, space, adaptor.getInput(), input, read);
      return maskLanes(builder, location, value, space);
    });
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }

private:
  /// A negative index counts from the end; one outside is kept inside, since it comes from the caller's data.
  static Value getBounded(OpBuilder &builder, Location location, Value integer, int64_t extent) {
    Value index = integer;
    if (!isa<IndexType>(integer.getType()))
      index = arith::IndexCastOp::create(builder, location, builder.getIndexType(), integer);
    auto constant = [&](int64_t value) { return arith::ConstantIndexOp::create(builder, location, value); };
    Value zero = constant(0), last = constant(extent - 1);
    Value negative = arith::CmpIOp::create(builder, location, arith::CmpIPredicate::slt, index, zero);
    Value wrapped = arith::AddIOp::create(builder, location, index, constant(extent));
    Value chosen = arith::SelectOp::create(builder, location, negative, wrapped, index);
    Value above = arith::MaxSIOp::create(builder, location, chosen, zero);
    return arith::MinSIOp::create(builder, location, above, last);
  }
};

/// cnn.slice  =>  tensor.extract_slice, or linalg.generic where steps are negative
struct ConvertSlice : OpConversionPattern<cnn::SliceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::SliceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (isView(op)) {
      rewriter.replaceOp(op, createView(rewriter, op, adaptor.getInput()));
      return success();
    }
    RankedTensorType input = op.getInput().getType(), output = op.getOutput().getType();
    Space space(output);
    Location location = op.getLoc();
    auto generic = createIndexed(rewriter, location, output, "slice", [&](OpBuilder &builder) {
      SmallVector<Index> indices = getSameIndices(input.getRank());
      for (int64_t dim = 0; dim < input.getRank(); ++dim) {
        int64_t start = op.getStarts()[dim], step = op.getSteps()[dim];
        if (start == 0 && step == 1)
          continue;
        Value index = getLogicalIndex(builder, location, space, dim);
        Value scaled =
            arith::MulIOp::create(builder, location, index, arith::ConstantIndexOp::create(builder, location, step));
        indices[dim] = {
            arith::AddIOp::create(builder, location, scaled, arith::ConstantIndexOp::create(builder, location, start)),
            -1};
      }
      Value value = extractStored(builder, location, space, adaptor.getInput(), input, indices);
      return maskLanes(builder, location, value, space);
    });
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }

private:
  /// Forwards, the stored part is the part's storage: blocks are kept.
  static bool isView(cnn::SliceOp op) {
    return llvm::all_of(op.getSteps(), [](int64_t step) { return step > 0; });
  }

  static Value createView(OpBuilder &builder, cnn::SliceOp op, Value stored) {
    RankedTensorType type = cnn::getStoredType(op.getOutput().getType());
    LayoutAttr layout = cnn::getLayout(op.getInput().getType());
    SmallVector<int64_t> offsets, strides;
    for (int64_t dim : layout.getOrder()) {
      int64_t start = op.getStarts()[dim];
      offsets.push_back(dim == layout.getBlock() ? start / LayoutAttr::kBlock : start);
      strides.push_back(op.getSteps()[dim]);
    }
    if (layout.isBlocked()) {
      offsets.push_back(0);
      strides.push_back(1);
    }
    return tensor::ExtractSliceOp::create(builder, op.getLoc(), type, stored, ValueRange(), ValueRange(), ValueRange(),
                                          offsets, type.getShape(), strides);
  }
};

/// Which input element stands at each position of a padded dimension; in constant mode the border's is arbitrary.
SmallVector<int32_t> getSources(cnn::PadMode mode, int64_t extent, int64_t low, int64_t high) {
  SmallVector<int32_t> sources;
  for (int64_t i = -low; i < extent + high; ++i) {
    int64_t source = i;
    if (mode == cnn::PadMode::wrap)
      source = ((i % extent) + extent) % extent;
    if (mode == cnn::PadMode::reflect && extent > 1) {
      int64_t period = 2 * (extent - 1);
      source = ((i % period) + period) % period;
      source = std::min(source, period - source);
    }
    sources.push_back(std::clamp<int64_t>(source, 0, std::max<int64_t>(extent - 1, 0)));
  }
  return sources;
}

/// cnn.pad that is no border of a stored tensor  =>  linalg.generic over tables of indices
struct ConvertPad : OpConversionPattern<cnn::PadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::PadOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    RankedTensorType input = op.getInput().getType(), output = op.getOutput().getType();
    Space space(output);
    Location location = op.getLoc();
    SmallVector<Value> tables(input.getRank());
    for (int64_t dim = 0; dim < input.getRank(); ++dim)
      if (isPadded(op, dim)) {
        SmallVector<int32_t> sources =
            getSources(op.getMode(), input.getDimSize(dim), op.getLow()[dim], op.getHigh()[dim]);
        auto type = RankedTensorType::get(output.getDimSize(dim), rewriter.getI32Type());
        tables[dim] = arith::ConstantOp::create(rewriter, location, DenseElementsAttr::get(type, ArrayRef(sources)));
      }
    auto generic = createIndexed(rewriter, location, output, "pad", [&](OpBuilder &builder) {
      SmallVector<Index> indices = getSameIndices(input.getRank());
      for (int64_t dim = 0; dim < input.getRank(); ++dim)
        if (tables[dim])
          indices[dim] = {lookUpIndex(builder, location, tables[dim], getLogicalIndex(builder, location, space, dim)),
                          -1};
      Value value = extractStored(builder, location, space, adaptor.getInput(), input, indices);
      if (op.getMode() == cnn::PadMode::constant)
        value = selectInside(builder, op, value, space);
      return maskLanes(builder, location, value, space);
    });
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }

private:
  static bool isPadded(cnn::PadOp op, int64_t dim) { return op.getLow()[dim] || op.getHigh()[dim]; }

  /// `value` inside, the constant in the border.
  static Value selectInside(OpBuilder &builder, cnn::PadOp op, Value value, const Space &space) {
    Location location = op.getLoc();
    Value constant = arith::ConstantOp::create(builder, location, op.getValue());
    for (int64_t dim = 0; dim < static_cast<int64_t>(space.shape.size()); ++dim) {
      if (!isPadded(op, dim))
        continue;
      // One unsigned comparison: what lies before the inside wraps around.
      Value index = getLogicalIndex(builder, location, space, dim);
      Value low = arith::ConstantIndexOp::create(builder, location, op.getLow()[dim]);
      Value extent = arith::ConstantIndexOp::create(builder, location, op.getInput().getType().getDimSize(dim));
      Value distance = arith::SubIOp::create(builder, location, index, low);
      Value inside = arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ult, distance, extent);
      value = arith::SelectOp::create(builder, location, inside, value, constant);
    }
    return value;
  }
};

/// cnn.transpose of what is no float  =>  linalg.generic
struct ConvertTranspose : OpConversionPattern<cnn::TransposeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::TransposeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType input = op.getInput().getType(), output = op.getOutput().getType();
    Space space(output);
    auto generic = createIndexed(rewriter, op.getLoc(), output, "transpose", [&](OpBuilder &builder) {
      SmallVector<Index> indices(input.getRank());
      for (auto [dim, source] : llvm::enumerate(op.getPermutation()))
        indices[source].same = dim;
      return extractStored(builder, op.getLoc(), space, adaptor.getInput(), input, indices);
    });
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};

} // namespace

void cnnc::to_linalg::populateIndexingPatterns(TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertGather, ConvertSlice, ConvertPad, ConvertTranspose>(converter, patterns.getContext());
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cnn.conv_transpose  =>  for each residue of the output modulo the stride, a convolution of stride 1 over some taps.
//
//   %y = cnn.conv_transpose %x, %w {strides = array<i64: 2>, ...} : (tensor<1x16x8xf32>, ...) -> tensor<1x16x16xf32>
// =>
//   %even = kernel.contract ins(%x, %w0 ...) outs(%slice0 ...)
//   %part = tensor.insert_slice %even into %empty[0, 0, 0, 0] [1, 1, 8, 16] [1, 1, 2, 1]
//   %odd = kernel.contract ins(%x, %w1 ...) outs(%slice1 ...)
//   %y = tensor.insert_slice %odd into %part[0, 0, 1, 0] [1, 1, 8, 16] [1, 1, 2, 1]
#include "passes/kernel/Patterns.h"

#include "passes/kernel/Convolution.h"
#include "passes/kernel/TransposePhases.h"

#include "dialects/cnn/Constants.h"
#include "dialects/cnn/Layouts.h"
#include "dialects/cnn/Storage.h"

#include <numeric>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;
using cnn::LayoutAttr;
using kernel::ChannelOrder;

using Phases = SmallVector<TransposePhase>;

static int64_t product(ArrayRef<int64_t> extents) {
  return std::accumulate(extents.begin(), extents.end(), int64_t(1), std::multiplies<>());
}

/// Every combination of one phase per spatial dimension, the last dimension fastest.
static SmallVector<Phases> combine(ArrayRef<Phases> dims) {
  SmallVector<Phases> combinations = {{}};
  for (const Phases &dim : dims) {
    SmallVector<Phases> longer;
    for (const Phases &head : combinations)
      for (const TransposePhase &phase : dim) {
        longer.push_back(head);
        longer.back().push_back(phase);
      }
    combinations = std::move(longer);
  }
  return combinations;
}

/// The filter of one phase as a convolution's: OC, IC/group, taps... A phase without taps has one of zeros.
static RankedTensorType getPhaseFilterType(cnn::ConvTransposeOp op, ArrayRef<TransposePhase> phases) {
  RankedTensorType filter = op.getFilter().getType();
  int64_t group = op.getGroup();
  SmallVector<int64_t> shape = {filter.getDimSize(1) * group, filter.getDimSize(0) / group};
  for (const TransposePhase &phase : phases)
    shape.push_back(std::max<int64_t>(phase.taps, 1));
  return RankedTensorType::get(shape, filter.getElementType());
}

/// Offset in the filter's kernel of each tap of a phase.
static SmallVector<int64_t> getTapOffsets(ArrayRef<int64_t> kernel, ArrayRef<TransposePhase> phases) {
  SmallVector<int64_t> offsets = {0};
  for (auto [extent, phase] : llvm::zip_equal(kernel, phases)) {
    SmallVector<int64_t> longer;
    for (int64_t head : offsets)
      for (int64_t tap = 0; tap < phase.taps; ++tap)
        longer.push_back(head * extent + phase.firstTap - tap * phase.tapStep);
    offsets = std::move(longer);
  }
  return offsets;
}

static Value createConstantFilter(OpBuilder &builder, cnn::ConvTransposeOp op, ArrayRef<float> filter,
                                  ArrayRef<TransposePhase> phases, RankedTensorType type) {
  ArrayRef<int64_t> kernel = op.getFilter().getType().getShape().drop_front(2);
  int64_t positions = product(kernel), outPerGroup = op.getFilter().getType().getDimSize(1);
  int64_t inPerGroup = type.getDimSize(1);
  SmallVector<int64_t> offsets = getTapOffsets(kernel, phases);
  std::vector<float> taps;
  taps.reserve(type.getNumElements());
  for (int64_t out = 0; out < type.getDimSize(0); ++out)
    for (int64_t in = 0; in < inPerGroup; ++in) {
      int64_t row = (out / outPerGroup * inPerGroup + in) * outPerGroup + out % outPerGroup;
      for (int64_t offset : offsets)
        taps.push_back(filter[row * positions + offset]);
    }
  return cnn::createFloats(builder, op.getLoc(), type, std::move(taps), "transposed_filter");
}

/// The same by ops on a filter that is no constant; the doors convert the slice like any other.
static Value createDynamicFilter(OpBuilder &builder, cnn::ConvTransposeOp op, Value filter,
                                 ArrayRef<TransposePhase> phases, RankedTensorType type) {
  Location location = op.getLoc();
  SmallVector<int64_t> starts = {0, 0}, steps = {1, 1}, permutation = {0, 2, 1};
  for (const TransposePhase &phase : phases) {
    starts.push_back(phase.firstTap);
    steps.push_back(-phase.tapStep);
    permutation.push_back(permutation.size());
  }
  RankedTensorType whole = op.getFilter().getType();
  int64_t group = op.getGroup(), outPerGroup = whole.getDimSize(1), inPerGroup = type.getDimSize(1);
  ArrayRef<int64_t> taps = type.getShape().drop_front(2);
  auto getShape = [&](ArrayRef<int64_t> head) {
    SmallVector<int64_t> shape(head);
    llvm::append_range(shape, taps);
    return shape;
  };
  auto sliced = RankedTensorType::get(getShape({whole.getDimSize(0), outPerGroup}), type.getElementType());
  Value slice = cnn::SliceOp::create(builder, location, sliced, filter, starts, steps);
  SmallVector<int64_t> shape = getShape({group, inPerGroup, outPerGroup});
  LayoutAttr rowMajor = LayoutAttr::getRowMajor(builder.getContext(), shape.size());
  Value split = createReshape(builder, location, slice, shape);
  Value swapped =
      createRelayout(builder, location, split, shape, rowMajor, cnn::transposeLayoutBack(rowMajor, permutation));
  return createReshape(builder, location, swapped, type.getShape());
}

static Value createPhaseFilter(OpBuilder &builder, cnn::ConvTransposeOp op, ArrayRef<TransposePhase> phases) {
  RankedTensorType type = getPhaseFilterType(op, phases);
  if (llvm::any_of(phases, [](const TransposePhase &phase) { return phase.taps == 0; }))
    return cnn::createSplat(builder, op.getLoc(), type, 0.0f);
  if (std::optional<cnn::Floats> floats = cnn::getFloats(op.getFilter()))
    return createConstantFilter(builder, op, *floats, phases, type);
  return createDynamicFilter(builder, op, op.getFilter(), phases, type);
}

namespace {

/// Static offsets, sizes and strides of a slice of a stored tensor.
struct Slice {
  SmallVector<int64_t> offsets, sizes, strides;
  explicit Slice(Value whole) : sizes(cast<RankedTensorType>(whole.getType()).getShape()) {
    offsets.assign(sizes.size(), 0);
    strides.assign(sizes.size(), 1);
  }
  void set(int64_t dim, int64_t offset, int64_t size, int64_t stride) {
    offsets[dim] = offset;
    sizes[dim] = size;
    strides[dim] = stride;
  }
};

} // namespace

static Value createSlice(OpBuilder &builder, Location location, Value whole, const Slice &slice) {
  auto type = cast<RankedTensorType>(whole.getType());
  if (type.getShape() == ArrayRef(slice.sizes))
    return whole;
  return tensor::ExtractSliceOp::create(builder, location, RankedTensorType::get(slice.sizes, type.getElementType()),
                                        whole, ValueRange(), ValueRange(), ValueRange(), slice.offsets, slice.sizes,
                                        slice.strides);
}

/// The part of a result-shaped tensor that belongs to a phase; broadcast dimensions stay.
static Slice getPhaseSlice(Value whole, int64_t firstSpatial, ArrayRef<TransposePhase> phases,
                           ArrayRef<int64_t> strides) {
  Slice slice(whole);
  for (auto [i, phase] : llvm::enumerate(phases))
    if (int64_t dim = firstSpatial + i; slice.sizes[dim] != 1)
      slice.set(dim, phase.residue, phase.outputs, strides[i]);
  return slice;
}

namespace {

/// cnn.conv_transpose  =>  a convolution per phase, each into its slice of the result
struct ConvertConvTranspose : OpConversionPattern<cnn::ConvTransposeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(cnn::ConvTransposeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType output = op.getOutput().getType();
    ChannelOrder inputOrder = getChannelOrder(cnn::getLayout(op.getInput().getType()));
    ChannelOrder outputOrder = getChannelOrder(cnn::getLayout(output));
    SmallVector<Phases> dims = getPhases(op);
    SmallVector<int64_t> low, high;
    getPads(op, dims, low, high);
    Location location = op.getLoc();
    Value padded = createSpatialPad(rewriter, location, adaptor.getInput(), inputOrder, low, high);
    SmallVector<Value> extras = createExtras(rewriter, location, op.getExtras(), adaptor.getExtras(), output);
    Value result = createEmpty(rewriter, location, cnn::getStoredType(output));
    for (const Phases &phases : combine(dims)) {
      Convolution convolution(location);
      convolution.input = createSlice(rewriter, location, padded, getWindow(padded, inputOrder, phases, low));
      convolution.filter = createPhaseFilter(rewriter, op, phases);
      convolution.bias = adaptor.getBias();
      convolution.inputOrder = inputOrder;
      convolution.outputOrder = outputOrder;
      convolution.strides.assign(phases.size(), 1);
      convolution.group = op.getGroup();
      convolution.epilogue = &op.getEpilogue();
      convolution.algorithm = "phases";
      for (const TransposePhase &phase : phases)
        convolution.dilations.push_back(phase.dilation);
      int64_t firstSpatial = getFirstSpatialDim(outputOrder);
      for (Value extra : extras)
        convolution.extras.push_back(
            createSlice(rewriter, location, extra, getPhaseSlice(extra, firstSpatial, phases, op.getStrides())));
      Slice slice = getPhaseSlice(result, firstSpatial, phases, op.getStrides());
      convolution.output = createSlice(rewriter, location, result, slice);
      bool whole = convolution.output == result;
      Value part = createConvolution(rewriter, convolution);
      result = whole ? part
                     : tensor::InsertSliceOp::create(rewriter, location, part, result, ValueRange(), ValueRange(),
                                                     ValueRange(), slice.offsets, slice.sizes, slice.strides);
    }
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  static SmallVector<Phases> getPhases(cnn::ConvTransposeOp op) {
    SmallVector<Phases> dims;
    for (size_t i = 0; i < op.getStrides().size(); ++i)
      dims.push_back(getTransposePhases(
          {op.getInput().getType().getDimSize(2 + i), op.getOutput().getType().getDimSize(2 + i),
           op.getFilter().getType().getDimSize(2 + i), op.getStrides()[i], op.getDilations()[i], op.getPads()[i]}));
    return dims;
  }

  /// One border serves all phases: the widest that one of them needs.
  static void getPads(cnn::ConvTransposeOp op, ArrayRef<Phases> dims, SmallVectorImpl<int64_t> &low,
                      SmallVectorImpl<int64_t> &high) {
    for (auto [i, phases] : llvm::enumerate(dims)) {
      int64_t before = 0, end = 0;
      for (const TransposePhase &phase : phases) {
        before = std::max(before, -phase.offset);
        end = std::max(end, phase.offset + phase.outputs + (std::max<int64_t>(phase.taps, 1) - 1) * phase.dilation);
      }
      low.push_back(before);
      high.push_back(end - op.getInput().getType().getDimSize(2 + i));
    }
  }

  /// What a phase reads of the padded input.
  static Slice getWindow(Value padded, ChannelOrder order, ArrayRef<TransposePhase> phases, ArrayRef<int64_t> low) {
    Slice slice(padded);
    for (auto [i, phase] : llvm::enumerate(phases))
      slice.set(getFirstSpatialDim(order) + i, low[i] + phase.offset,
                phase.outputs + (std::max<int64_t>(phase.taps, 1) - 1) * phase.dilation, 1);
    return slice;
  }
};

} // namespace

void cnnc::to_kernel::populateConvTransposePatterns(TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertConvTranspose>(converter, patterns.getContext());
}

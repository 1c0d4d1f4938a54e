// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Convolution.h"

#include "llvm/ADT/STLExtras.h"

#include <numeric>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;
using cnn::LayoutAttr;
using kernel::ChannelOrder;

static constexpr int64_t kPanel = LayoutAttr::kBlock;

static int64_t product(ArrayRef<int64_t> extents) {
  return std::accumulate(extents.begin(), extents.end(), int64_t(1), std::multiplies<>());
}

static bool isWindow(const Convolution &convolution) {
  int64_t width = convolution.inChannelsOfGroup();
  bool equal = convolution.group > 1 && convolution.outChannels() == convolution.group * width;
  if (!equal || convolution.inputOrder != convolution.outputOrder)
    return false;
  if (convolution.inputOrder == ChannelOrder::last)
    return width == 1;
  return convolution.inputOrder == ChannelOrder::blocked && llvm::is_contained({1, 2, 4, 8}, width);
}

std::optional<StringRef> cnnc::to_kernel::whyUnsupported(const Convolution &convolution) {
  if (convolution.outputOrder == ChannelOrder::first)
    return StringRef("the output of a convolution is stored channels first");
  if (isWindow(convolution) || convolution.group == 1)
    return std::nullopt;
  bool whole =
      convolution.inChannelsOfGroup() % kPanel == 0 && (convolution.outChannels() / convolution.group) % kPanel == 0;
  if (!whole && (convolution.inputOrder != ChannelOrder::last || convolution.outputOrder != ChannelOrder::last))
    return StringRef("the channels of a group are no multiple of the block, but the layout is blocked");
  return std::nullopt;
}

int64_t cnnc::to_kernel::getRunOfChannels(int64_t channels) {
  constexpr int64_t kLongest = 32, kShortest = 8;
  if (channels <= 2 * kLongest && channels > kLongest) // 33..64: a prime has no divisor, but is short enough itself.
    for (int64_t run = kLongest; run >= kShortest; --run)
      if (channels % run == 0)
        return run;
  if (channels <= 2 * kLongest)
    return channels;
  for (int64_t run = kLongest; run > 1; --run)
    if (channels % run == 0)
      return run;
  return 1;
}

Value cnnc::to_kernel::packBias(OpBuilder &builder, Location location, Value bias, int64_t group, int64_t multiple) {
  if (!bias)
    return bias;
  int64_t perGroup = cast<RankedTensorType>(bias.getType()).getNumElements() / group;
  int64_t padded = llvm::alignTo(perGroup, multiple);
  Value split = createReshape(builder, location, bias, {group, perGroup});
  Value whole = createPad(builder, location, split, {0, 0}, {0, padded - perGroup}, 0.0f);
  return createReshape(builder, location, whole, {group * padded});
}

namespace {
/// Segments of a panel and elements of a segment.
struct Segments {
  int64_t number, run;
};
} // namespace

static Segments getSegments(const Convolution &convolution, int64_t inChannels) {
  int64_t all = inChannels * product(convolution.kernel());
  if (convolution.inputOrder == ChannelOrder::blocked)
    return {all / kPanel, kPanel};
  int64_t width = convolution.kernel().empty() ? 1 : convolution.kernel().back();
  if (convolution.inputOrder == ChannelOrder::first)
    return {all / width, width};
  // A whole row of the window is consecutive where channels come last; short rows make better segments than pixels.
  constexpr int64_t kLongestRow = 64;
  bool dense = convolution.dilations.empty() || convolution.dilations.back() == 1;
  int64_t run = getRunOfChannels(inChannels);
  if (dense && convolution.group == 1 && width * inChannels <= kLongestRow)
    run = width * inChannels;
  return {all / run, run};
}

/// OC, IC/group, kernel...  =>  panels, segments, run, 16 (KernelOps.td says which element is where).
static Value packPanels(OpBuilder &builder, const Convolution &convolution) {
  Location location = convolution.location;
  ArrayRef<int64_t> kernel = convolution.kernel();
  int64_t group = convolution.group, perGroup = convolution.outChannels() / group;
  int64_t inChannels = convolution.inChannelsOfGroup();
  Value filter = convolution.filter;
  int64_t rank = kernel.size();
  if (convolution.inputOrder == ChannelOrder::blocked && inChannels % kPanel) {
    SmallVector<int64_t> low(rank + 2, 0), high(rank + 2, 0);
    high[1] = llvm::alignTo(inChannels, kPanel) - inChannels;
    inChannels += high[1];
    filter = createPad(builder, location, filter, low, high, 0.0f);
  }
  Segments segments = getSegments(convolution, inChannels);
  bool first = convolution.inputOrder == ChannelOrder::first;
  int64_t chunk = first ? 1 : std::min(segments.run, inChannels);
  // Logical dimensions: 0 group, 1 output channel, 2 chunk of input channels, 3 channel in the chunk, 4... kernel.
  SmallVector<int64_t> shape = {group, perGroup, inChannels / chunk, chunk};
  llvm::append_range(shape, kernel);
  SmallVector<int64_t> order = {0, 1};
  auto spatial = llvm::seq<int64_t>(4, 4 + rank);
  if (first) {
    order.append({2, 3});
    llvm::append_range(order, spatial);
  } else {
    llvm::append_range(order, spatial);
    order.append({2, 3});
  }
  MLIRContext *context = builder.getContext();
  Value split = createReshape(builder, location, filter, shape);
  Value panels = createRelayout(builder, location, split, shape, LayoutAttr::getRowMajor(context, shape.size()),
                                LayoutAttr::get(context, order, 1));
  return createReshape(builder, location, panels,
                       {group * llvm::divideCeilSigned(perGroup, kPanel), segments.number, segments.run, kPanel});
}

/// C, width, kernel...  =>  (positions, width) in blocks of 16 channels, or all channels last.
static Value packWindow(OpBuilder &builder, const Convolution &convolution) {
  RankedTensorType type = convolution.filterType();
  MLIRContext *context = builder.getContext();
  bool blocked = convolution.inputOrder == ChannelOrder::blocked;
  auto order = llvm::to_vector(llvm::seq<int64_t>(2, type.getRank()));
  order.push_back(1);
  order.insert(blocked ? order.begin() : order.end(), 0);
  Value packed = createRelayout(builder, convolution.location, convolution.filter, type.getShape(),
                                LayoutAttr::getRowMajor(context, type.getRank()),
                                LayoutAttr::get(context, order, blocked ? 0 : -1));
  int64_t channels = type.getDimSize(0), taps = type.getNumElements() / channels;
  if (!blocked)
    return createReshape(builder, convolution.location, packed, {taps, channels});
  return createReshape(builder, convolution.location, packed, {llvm::divideCeilSigned(channels, kPanel), taps, kPanel});
}

static Operation *createWindow(RewriterBase &rewriter, const Convolution &convolution) {
  bool blocked = convolution.inputOrder == ChannelOrder::blocked;
  Value filter = packWindow(rewriter, convolution);
  Value bias = packBias(rewriter, convolution.location, convolution.bias, 1, blocked ? kPanel : 1);
  auto op =
      kernel::WindowOp::create(rewriter, convolution.location, TypeRange(convolution.output.getType()),
                               convolution.input, filter, bias, convolution.extras, convolution.output,
                               /*row_sums=*/Value(), kernel::WindowKind::mul_add, convolution.inputOrder,
                               convolution.kernel(), convolution.strides, convolution.dilations,
                               convolution.inChannelsOfGroup(), convolution.outChannels(), /*tasks=*/IntegerAttr());
  copyEpilogue(rewriter, *convolution.epilogue, op.getEpilogue());
  return op;
}

static Operation *createContract(RewriterBase &rewriter, const Convolution &convolution) {
  Value filter = packPanels(rewriter, convolution);
  Value bias = packBias(rewriter, convolution.location, convolution.bias, convolution.group, kPanel);
  auto op = kernel::ContractOp::create(
      rewriter, convolution.location, TypeRange(convolution.output.getType()), convolution.input, filter, bias,
      convolution.extras, convolution.output, convolution.inputOrder, convolution.outputOrder, convolution.kernel(),
      convolution.strides, convolution.dilations, convolution.group,
      convolution.inChannelsOfGroup() * convolution.group, convolution.outChannels(), /*batched_filter=*/false,
      /*tiles=*/ArrayAttr(), /*split=*/DenseI64ArrayAttr(), /*k_block=*/DenseI64ArrayAttr());
  copyEpilogue(rewriter, *convolution.epilogue, op.getEpilogue());
  return op;
}

/// Output pixels of a stored feature map, over all images.
static int64_t countPixels(Value stored, ChannelOrder order) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(stored.getType()).getShape();
  ArrayRef<int64_t> spatial = shape.drop_front(getFirstSpatialDim(order));
  return shape[0] * product(order == ChannelOrder::first ? spatial : spatial.drop_back());
}

Value cnnc::to_kernel::createConvolution(RewriterBase &rewriter, const Convolution &convolution) {
  Operation *op = isWindow(convolution) ? createWindow(rewriter, convolution) : createContract(rewriter, convolution);
  describe(op, convolution.algorithm,
           countPixels(convolution.output, convolution.outputOrder) * convolution.filterType().getNumElements());
  return op->getResult(0);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Convolution.h"

#include "dialects/cnn/Constants.h"
#include "dialects/cnn/Legality.h"
#include "dialects/kernel/Arithmetic.h"

#include "mlir/IR/Matchers.h"
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

int64_t Convolution::stepElements() const {
  std::optional<kernel::Arithmetic> arithmetic =
      kernel::findArithmetic(getElementTypeOrSelf(input), getElementTypeOrSelf(filter));
  return arithmetic ? arithmetic->group : 1;
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
  Value whole = createPad(builder, location, split, {0, 0}, {0, padded - perGroup});
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
  int64_t step = convolution.stepElements(), run = getRunOfChannels(inChannels / step) * step;
  if (dense && convolution.group == 1 && width * inChannels <= kLongestRow * step)
    run = width * inChannels;
  return {all / run, run};
}

/// OC, IC/group, kernel...  =>  panels, segments, run / k, 16 x k (KernelOps.td says which element is where).
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
    filter = createPad(builder, location, filter, low, high);
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
  int64_t number = group * llvm::divideCeilSigned(perGroup, kPanel), step = convolution.stepElements();
  if (step == 1)
    return createReshape(builder, location, panels, {number, segments.number, segments.run, kPanel});
  // The elements of a step lie side by side in each lane.
  SmallVector<int64_t> steps = {number * segments.number * segments.run / step, step, kPanel};
  Value lanes = createRelayout(builder, location, createReshape(builder, location, panels, steps), steps,
                               LayoutAttr::getRowMajor(context, 3), LayoutAttr::get(context, {0, 2, 1}, -1));
  return createReshape(builder, location, lanes, {number, segments.number, segments.run / step, kPanel, step});
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

/// Windows multiply bytes as floats, which hold the sums of their few products exactly: so do filter and bias.
static Value toFloats(OpBuilder &builder, Value integers, StringRef name) {
  std::optional<SmallVector<int64_t>> elements = integers ? cnn::getIntegers(integers) : std::nullopt;
  if (!elements)
    return integers;
  auto type = RankedTensorType::get(cast<RankedTensorType>(integers.getType()).getShape(), builder.getF32Type());
  return cnn::createFloats(builder, integers.getLoc(), type, std::vector<float>(elements->begin(), elements->end()),
                           name);
}

/// Lets an epilogue of integers start from a float that holds one.
static void acceptFloat(RewriterBase &rewriter, Location location, Region &epilogue, Type integer) {
  OpBuilder::InsertionGuard guard(rewriter);
  if (epilogue.empty()) {
    Block *block = rewriter.createBlock(&epilogue, {}, integer, location);
    kernel::YieldOp::create(rewriter, location, block->getArgument(0));
  }
  BlockArgument sum = epilogue.front().getArgument(0);
  SmallVector<OpOperand *> uses = llvm::map_to_vector(sum.getUses(), [](OpOperand &use) { return &use; });
  sum.setType(rewriter.getF32Type());
  rewriter.setInsertionPointToStart(&epilogue.front());
  Value whole = arith::FPToSIOp::create(rewriter, location, integer, sum);
  for (OpOperand *use : uses) {
    use->set(whole);
    // The float itself, where it becomes one again.
    if (auto cast = dyn_cast<arith::SIToFPOp>(use->getOwner()); cast && cast.getType().isF32())
      rewriter.replaceOp(cast, sum);
  }
}

static Operation *createWindow(RewriterBase &rewriter, const Convolution &convolution) {
  bool blocked = convolution.inputOrder == ChannelOrder::blocked;
  Convolution real = convolution;
  Type element = getElementTypeOrSelf(convolution.input);
  if (element.isInteger(8)) {
    real.filter = toFloats(rewriter, convolution.filter, "filter");
    real.bias = toFloats(rewriter, convolution.bias, "bias");
  }
  Value filter = packWindow(rewriter, real);
  Value bias = packBias(rewriter, convolution.location, real.bias, 1, blocked ? kPanel : 1);
  auto op =
      kernel::WindowOp::create(rewriter, convolution.location, TypeRange(convolution.output.getType()),
                               convolution.input, filter, bias, convolution.extras, convolution.output,
                               /*row_sums=*/Value(), kernel::WindowKind::mul_add, convolution.inputOrder,
                               convolution.kernel(), convolution.strides, convolution.dilations,
                               convolution.inChannelsOfGroup(), convolution.outChannels(), /*schedule=*/ArrayAttr());
  copyEpilogue(rewriter, *convolution.epilogue, op.getEpilogue());
  if (element.isInteger(8))
    acceptFloat(rewriter, convolution.location, op.getEpilogue(), rewriter.getI32Type());
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
      /*schedule=*/ArrayAttr());
  copyEpilogue(rewriter, *convolution.epilogue, op.getEpilogue());
  return op;
}

/// Output pixels of a stored feature map, over all images.
static int64_t countPixels(Value stored, ChannelOrder order) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(stored.getType()).getShape();
  ArrayRef<int64_t> spatial = shape.drop_front(getFirstSpatialDim(order));
  return shape[0] * product(order == ChannelOrder::first ? spatial : spatial.drop_back());
}

void cnnc::to_kernel::padSteps(OpBuilder &builder, Convolution &convolution) {
  int64_t missing =
      llvm::alignTo(convolution.inChannelsOfGroup(), convolution.stepElements()) - convolution.inChannelsOfGroup();
  if (!missing || convolution.group != 1 || convolution.inputOrder != ChannelOrder::last)
    return;
  auto pad = [&](Value stored, int64_t dim) {
    int64_t rank = cast<RankedTensorType>(stored.getType()).getRank();
    SmallVector<int64_t> low(rank, 0), high(rank, 0);
    high[dim < 0 ? rank + dim : dim] = missing;
    return createPad(builder, convolution.location, stored, low, high);
  };
  convolution.input = pad(convolution.input, -1);
  convolution.filter = pad(convolution.filter, 1);
}

/// Windows keep one order, and where they can compute it nothing else is legal.
static bool isWindow(const Convolution &convolution) {
  cnn::ConvChannels channels;
  channels.inChannels = convolution.inChannelsOfGroup() * convolution.group;
  channels.outChannels = convolution.outChannels();
  channels.group = convolution.group;
  channels.step = convolution.stepElements();
  channels.constantFilter = matchPattern(convolution.filter, m_Constant());
  bool blocked = convolution.outputOrder == ChannelOrder::blocked;
  return cnn::isWindow(channels, blocked ? cnn::Channels::blocked : cnn::Channels::last);
}

Value cnnc::to_kernel::createConvolution(RewriterBase &rewriter, const Convolution &convolution) {
  Operation *op = isWindow(convolution) ? createWindow(rewriter, convolution) : createContract(rewriter, convolution);
  describe(op, convolution.algorithm,
           countPixels(convolution.output, convolution.outputOrder) * convolution.filterType().getNumElements());
  return op->getResult(0);
}

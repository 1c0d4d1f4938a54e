// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Verifiers of the kernel ops: stored shapes, packed filters, epilogues.
#include "dialects/kernel/Arithmetic.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/kernel/VerifySchedule.h"
#include "dialects/kernel/View.h"
#include "dialects/kernel/Winograd.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace cnnc::kernel;

static constexpr int64_t kLanes = 16;

static ArrayRef<int64_t> getShape(Value value) { return cast<ShapedType>(value.getType()).getShape(); }

static int64_t product(ArrayRef<int64_t> extents) {
  return std::accumulate(extents.begin(), extents.end(), int64_t(1), std::multiplies<>());
}

/// Static extents, none of them empty, and where in memory, only views that the op can work on in place.
static LogicalResult verifyOperands(Operation *op) {
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = cast<ShapedType>(operand.get().getType());
    if (!type.hasStaticShape() || llvm::is_contained(type.getShape(), 0))
      return op->emitOpError("requires static extents of at least 1, but found ") << type;
    auto memref = dyn_cast<MemRefType>(type);
    if (!memref)
      continue;
    SmallVector<int64_t> strides;
    int64_t offset, first = getFirstDenseDim(operand);
    if (failed(memref.getStridesAndOffset(strides, offset)) || !isDenseFrom(first, type.getShape(), strides))
      return op->emitOpError("requires elements without gaps from dimension ")
             << first << " on in operand " << operand.getOperandNumber() << ", but found " << type;
  }
  return success();
}

/// The emitters' arithmetic is that of f32.
static LogicalResult verifyFloats(Operation *op) {
  for (Value operand : op->getOperands())
    if (!getElementTypeOrSelf(operand.getType()).isF32())
      return op->emitOpError("requires operands of f32, but found ") << operand.getType();
  return success();
}

/// What moves elements does not change their type.
static LogicalResult verifySameElements(Operation *op, Type type, TypeRange others) {
  for (Type other : others)
    if (getElementTypeOrSelf(other) != getElementTypeOrSelf(type))
      return op->emitOpError("requires one element type, but found ") << type << " and " << other;
  return success();
}

/// The result is the destination's tensor; a memref destination has none.
static LogicalResult verifyResults(Operation *op, Value out) {
  bool onTensors = isa<RankedTensorType>(out.getType());
  if (op->getNumResults() != (onTensors ? 1 : 0))
    return op->emitOpError("requires ") << (onTensors ? "one result on tensors" : "no result on memrefs")
                                        << ", but found " << op->getNumResults();
  if (onTensors && op->getResult(0).getType() != out.getType())
    return op->emitOpError("requires a result of the destination's type ")
           << out.getType() << ", but found " << op->getResult(0).getType();
  return success();
}

/// The region takes the accumulator and one scalar per extra, and yields an element of `out`.
static LogicalResult verifyEpilogue(Operation *op, Region &epilogue, OperandRange extras, Value out, Type accumulator) {
  for (Value extra : extras) {
    ArrayRef<int64_t> own = getShape(extra), whole = getShape(out);
    bool fits = own.size() == whole.size() && llvm::all_of(llvm::zip(own, whole), [](auto pair) {
                  auto [extent, full] = pair;
                  return extent == 1 || extent == full;
                });
    if (!fits)
      return op->emitOpError("requires extras that broadcast to ")
             << out.getType() << ", but found " << extra.getType();
  }
  Type element = getElementTypeOrSelf(out.getType());
  if (epilogue.empty()) {
    if (!extras.empty())
      return op->emitOpError("requires an epilogue for its ") << extras.size() << " extras";
    if (element != accumulator)
      return op->emitOpError("requires an epilogue from ") << accumulator << " to " << element;
    return success();
  }
  Block &block = epilogue.front();
  if (block.getNumArguments() != extras.size() + 1)
    return op->emitOpError("requires an epilogue of ")
           << extras.size() + 1 << " arguments, but found " << block.getNumArguments();
  if (block.empty() || !isa<YieldOp>(block.back()))
    return op->emitOpError("requires an epilogue that ends in kernel.yield");
  SmallVector<Type> types = {accumulator};
  for (Value extra : extras)
    types.push_back(getElementTypeOrSelf(extra.getType()));
  types.push_back(element);
  SmallVector<Type> found(block.getArgumentTypes());
  found.push_back(cast<YieldOp>(block.back()).getValue().getType());
  if (types != found)
    return op->emitOpError("requires an epilogue of the types ") << types << ", but found " << found;
  return success();
}

namespace {

/// A stored feature map in its parts.
struct FeatureMap {
  int64_t images;
  int64_t channels; ///< stored: whole blocks where blocked
  SmallVector<int64_t> spatial;
};

} // namespace

static FailureOr<FeatureMap> getFeatureMap(Operation *op, StringRef name, Value value, ChannelOrder order,
                                           size_t spatialRank) {
  ArrayRef<int64_t> shape = getShape(value);
  bool blocked = order == ChannelOrder::blocked;
  if (shape.size() != spatialRank + (blocked ? 3 : 2))
    return op->emitOpError("requires ") << name << " of rank " << spatialRank + (blocked ? 3 : 2) << " in order "
                                        << stringifyChannelOrder(order) << ", but found " << value.getType();
  if (blocked && shape.back() != kLanes)
    return op->emitOpError("requires ") << name << " in blocks of " << kLanes << ", but found " << value.getType();
  FeatureMap map{shape.front(), 0, {}};
  bool last = order == ChannelOrder::last;
  map.channels = last ? shape.back() : blocked ? shape[1] * kLanes : shape[1];
  map.spatial = llvm::to_vector(shape.slice(last ? 1 : 2, spatialRank));
  return map;
}

static LogicalResult verifyChannels(Operation *op, StringRef name, const FeatureMap &map, ChannelOrder order,
                                    int64_t channels) {
  int64_t stored = order == ChannelOrder::blocked ? llvm::alignTo(channels, kLanes) : channels;
  if (map.channels != stored)
    return op->emitOpError("requires ") << stored << " stored channels in " << name << ", but found " << map.channels;
  return success();
}

/// Does every window lie inside the stored input?
static LogicalResult verifyWindows(Operation *op, const FeatureMap &a, const FeatureMap &out, ArrayRef<int64_t> kernel,
                                   ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations) {
  if (a.images != out.images)
    return op->emitOpError("requires as many images in as out, but found ") << a.images << " and " << out.images;
  for (size_t i = 0; i < kernel.size(); ++i) {
    int64_t needed = (out.spatial[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1;
    if (a.spatial[i] < needed)
      return op->emitOpError("requires an extent of at least ")
             << needed << " in spatial dimension " << i << " of a, but found " << a.spatial[i];
  }
  return success();
}

static LogicalResult verifyLists(Operation *op, ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                                 ArrayRef<int64_t> dilations) {
  if (strides.size() != kernel.size() || dilations.size() != kernel.size())
    return op->emitOpError("requires ") << kernel.size() << " strides and dilations, but found " << strides.size()
                                        << " and " << dilations.size();
  auto isPositive = [](int64_t value) { return value > 0; };
  if (!llvm::all_of(kernel, isPositive) || !llvm::all_of(strides, isPositive) || !llvm::all_of(dilations, isPositive))
    return op->emitOpError("requires positive kernel extents, strides and dilations");
  return success();
}

static LogicalResult verifyBias(Operation *op, Value bias, int64_t elements) {
  if (bias && product(getShape(bias)) != elements)
    return op->emitOpError("requires a bias of ") << elements << " elements, but found " << bias.getType();
  return success();
}

/// A group's channels start at a block, where there are blocks.
static LogicalResult verifyGroups(ContractOp op) {
  if (op.getOutOrder() == ChannelOrder::first)
    return op.emitOpError("requires the out_order blocked or last, but found first");
  for (auto [order, channels] : {std::pair(op.getAOrder(), int64_t(op.getInChannels() / op.getGroup())),
                                 std::pair(op.getOutOrder(), int64_t(op.getOutChannels() / op.getGroup()))})
    if (order == ChannelOrder::blocked && op.getGroup() > 1 && channels % kLanes)
      return op.emitOpError("requires groups of whole blocks of ")
             << kLanes << " in order blocked, but found groups of " << channels;
  return success();
}

/// Whether segments of `run` elements are those of KernelOps.td.
static bool isRun(ContractOp op, int64_t run) {
  int64_t channels = op.getInChannels() / op.getGroup(), width = op.getKernel().empty() ? 1 : op.getKernel().back();
  switch (op.getAOrder()) {
  case ChannelOrder::blocked:
    return run == kLanes;
  case ChannelOrder::first:
    return run == width;
  case ChannelOrder::last:
    break;
  }
  bool isRow = op.getGroup() == 1 && run == width * channels && (width == 1 || op.getDilations().back() == 1);
  return isRow || channels % run == 0;
}

/// Panels, segments and runs as `a_order` wants them.
static LogicalResult verifyPanels(ContractOp op, int64_t images, const Arithmetic &arithmetic) {
  ArrayRef<int64_t> filter = getShape(op.getFilter());
  bool isGrouped = arithmetic.group > 1;
  size_t rank = (op.getBatchedFilter() ? 5 : 4) + isGrouped;
  if (filter.size() != rank || filter.drop_back(isGrouped).back() != kLanes ||
      (isGrouped && filter.back() != arithmetic.group))
    return op.emitOpError("requires a filter of rank ")
           << rank << " in panels of " << kLanes << (isGrouped ? " x " + std::to_string(arithmetic.group) : "")
           << ", but found " << op.getFilter().getType();
  if (op.getBatchedFilter() && filter.front() != images)
    return op.emitOpError("requires a filter for each of ") << images << " images, but found " << filter.front();
  PackedFilter packed = getPackedFilter(op);
  int64_t run = packed.steps * arithmetic.group;
  int64_t group = op.getGroup(), inChannels = op.getInChannels() / group, outChannels = op.getOutChannels() / group;
  int64_t panels = group * llvm::divideCeilSigned(outChannels, kLanes);
  if (packed.panels != panels)
    return op.emitOpError("requires ") << panels << " panels, but found " << packed.panels;
  if (op.getAOrder() == ChannelOrder::blocked)
    inChannels = llvm::alignTo(inChannels, kLanes);
  int64_t depth = inChannels * product(op.getKernel());
  if (packed.segments * run != depth)
    return op.emitOpError("requires segments of together ")
           << depth << " elements, but found " << packed.segments << " of " << run;
  bool isSpread = isGrouped && op.getAOrder() == ChannelOrder::first && run > 1 && op.getDilations().back() != 1;
  if (!isRun(op, run) || isSpread)
    return op.emitOpError("cannot read a run of ")
           << run << " elements in order " << stringifyChannelOrder(op.getAOrder());
  return verifyBias(op, op.getBias(), panels * kLanes);
}

/// The product of the elements, and what it is summed in.
static FailureOr<Arithmetic> verifyProduct(ContractOp op) {
  Type a = getElementTypeOrSelf(op.getA().getType()), filter = getElementTypeOrSelf(op.getFilter().getType());
  std::optional<Arithmetic> arithmetic = findArithmetic(a, filter);
  if (!arithmetic)
    return op.emitOpError("has no product of ") << a << " and " << filter;
  if (op.getBias() && getElementTypeOrSelf(op.getBias().getType()) != arithmetic->accumulator)
    return op.emitOpError("requires a bias of ") << arithmetic->accumulator << ", but found " << op.getBias().getType();
  return *arithmetic;
}

LogicalResult ContractOp::verify() {
  Operation *op = getOperation();
  FailureOr<Arithmetic> arithmetic = verifyProduct(*this);
  if (failed(verifyOperands(op)) || failed(arithmetic))
    return failure();
  int64_t group = getGroup(), inChannels = getInChannels(), outChannels = getOutChannels();
  if (group < 1 || inChannels % group || outChannels % group)
    return emitOpError("requires a group that divides ")
           << inChannels << " and " << outChannels << " channels, but found " << group;
  if (failed(verifyLists(op, getKernel(), getStrides(), getDilations())))
    return failure();
  FailureOr<FeatureMap> a = getFeatureMap(op, "a", getA(), getAOrder(), getKernel().size());
  FailureOr<FeatureMap> out = getFeatureMap(op, "out", getOut(), getOutOrder(), getKernel().size());
  if (failed(a) || failed(out) || failed(verifyChannels(op, "a", *a, getAOrder(), inChannels)) ||
      failed(verifyChannels(op, "out", *out, getOutOrder(), outChannels)))
    return failure();
  if (failed(verifyGroups(*this)) || failed(verifyPanels(*this, a->images, *arithmetic)) ||
      failed(verifyWindows(op, *a, *out, getKernel(), getStrides(), getDilations())))
    return failure();
  if (failed(verifyEpilogue(op, getEpilogue(), getExtras(), getOut(), arithmetic->accumulator)))
    return failure();
  return failure(failed(verifyResults(op, getOut())) || failed(verifySchedule(*this)));
}

static LogicalResult verifyFilter(WindowOp op) {
  bool multiplies = op.getKind() == WindowKind::mul_add;
  if (multiplies != bool(op.getFilter()))
    return op.emitOpError(multiplies ? "requires a filter" : "requires no filter")
           << " where the kind is " << stringifyWindowKind(op.getKind());
  int64_t width = op.getWidth(), channels = op.getChannels(), taps = product(op.getKernel()) * width;
  if (!llvm::is_contained({1, 2, 4, 8}, width) || (!multiplies && width != 1))
    return op.emitOpError("requires groups of 1, 2, 4 or 8 channels (1 without a filter), but found ") << width;
  bool blocked = op.getOrder() == ChannelOrder::blocked;
  // A group lies in one vector of every level, or in one block.
  if (!blocked && width > 4)
    return op.emitOpError("requires groups of at most 4 channels in order last, but found ") << width;
  if (!multiplies)
    return verifyBias(op, op.getBias(), blocked ? llvm::alignTo(channels, kLanes) : channels);
  SmallVector<int64_t> shape = {taps, channels};
  if (blocked)
    shape = {llvm::divideCeilSigned(channels, kLanes), taps, kLanes};
  if (getShape(op.getFilter()) != ArrayRef(shape))
    return op.emitOpError("requires a filter of shape ") << shape << ", but found " << op.getFilter().getType();
  return verifyBias(op, op.getBias(), blocked ? llvm::alignTo(channels, kLanes) : channels);
}

static LogicalResult verifyRowSums(WindowOp op) {
  if (!op.getRowSums())
    return success();
  SmallVector<int64_t> shape(getShape(op.getOut()));
  shape.end()[-2] = 1;
  if (getShape(op.getRowSums()) != ArrayRef(shape))
    return op.emitOpError("requires row sums of shape ") << shape << ", but found " << op.getRowSums().getType();
  return success();
}

/// Filter, bias and row sums are f32 whatever `a` holds.
static LogicalResult verifyWindowElements(WindowOp op) {
  Type element = getElementTypeOrSelf(op.getA().getType());
  if (!element.isF32() && !element.isInteger(8))
    return op.emitOpError("requires elements of f32 or i8 in a, but found ") << op.getA().getType();
  for (Value operand : {op.getFilter(), op.getBias(), Value(op.getRowSums())})
    if (operand && !getElementTypeOrSelf(operand.getType()).isF32())
      return op.emitOpError("requires a filter, bias and row sums of f32, but found ") << operand.getType();
  if (op.getRowSums() && !getElementTypeOrSelf(op.getOut().getType()).isF32())
    return op.emitOpError("requires an out of f32 for its row sums, but found ") << op.getOut().getType();
  return success();
}

LogicalResult WindowOp::verify() {
  Operation *op = getOperation();
  if (failed(verifyOperands(op)) || failed(verifyWindowElements(*this)))
    return failure();
  if (getOrder() == ChannelOrder::first)
    return emitOpError("requires the order blocked or last, but found first");
  if (failed(verifyLists(op, getKernel(), getStrides(), getDilations())))
    return failure();
  FailureOr<FeatureMap> a = getFeatureMap(op, "a", getA(), getOrder(), getKernel().size());
  FailureOr<FeatureMap> out = getFeatureMap(op, "out", getOut(), getOrder(), getKernel().size());
  if (failed(a) || failed(out) || failed(verifyChannels(op, "a", *a, getOrder(), getChannels())) ||
      failed(verifyChannels(op, "out", *out, getOrder(), getChannels())))
    return failure();
  if (failed(verifyFilter(*this)) || failed(verifyRowSums(*this)) ||
      failed(verifyWindows(op, *a, *out, getKernel(), getStrides(), getDilations())))
    return failure();
  Type accumulator =
      getKind() == WindowKind::max ? getElementTypeOrSelf(getA().getType()) : Type(Float32Type::get(getContext()));
  if (failed(verifyEpilogue(op, getEpilogue(), getExtras(), getOut(), accumulator)))
    return failure();
  return failure(failed(verifyResults(op, getOut())) || failed(verifySchedule(*this)));
}

LogicalResult WinogradOp::verify() {
  Operation *op = getOperation();
  if (failed(verifyOperands(op)) || failed(verifyFloats(op)))
    return failure();
  ArrayRef<int64_t> tile = getTile(), kernel = getKernel();
  if (tile.size() != 2 || kernel.size() != 2)
    return emitOpError("requires two dimensions of a tile and of a kernel");
  for (auto [m, r] : llvm::zip_equal(tile, kernel))
    if (!isWinograd(m, r))
      return emitOpError("requires an F(m, r) with m + r - 1 of 4, 6 or 8, but found F(") << m << ", " << r << ")";
  size_t rank = getPads().size() / 2;
  if (rank < 1 || rank > 3 || getPads().size() % 2)
    return emitOpError("requires 2, 4 or 6 pads, two per dimension, but found ") << getPads().size();
  FailureOr<FeatureMap> a = getFeatureMap(op, "a", getA(), ChannelOrder::blocked, rank);
  FailureOr<FeatureMap> out = getFeatureMap(op, "out", getOut(), ChannelOrder::blocked, rank);
  if (failed(a) || failed(out) || failed(verifyChannels(op, "a", *a, ChannelOrder::blocked, getInChannels())) ||
      failed(verifyChannels(op, "out", *out, ChannelOrder::blocked, getOutChannels())))
    return failure();
  if (rank == 1 && kernel[0] != 1)
    return emitOpError("requires a kernel of one row in one dimension, but found ") << kernel[0];
  int64_t panels = out->channels / kLanes, blocks = a->channels / kLanes;
  ArrayRef<int64_t> filter = getShape(getFilter());
  int64_t depth = rank < 3 || filter.size() < 3 || blocks == 0 ? 1 : std::max<int64_t>(1, filter[2] / blocks);
  int64_t positions = (tile[0] + kernel[0] - 1) * (tile[1] + kernel[1] - 1);
  SmallVector<int64_t> shape = {positions, panels, depth * blocks, kLanes, kLanes};
  SmallVector<int64_t> raw = {panels, blocks, kLanes, kernel[0] * kernel[1], kLanes};
  if (filter != ArrayRef(shape) && (rank == 3 || filter != ArrayRef(raw)))
    return emitOpError("requires a filter of shape ") << shape << ", but found " << getFilter().getType();
  SmallVector<int64_t> taps = {depth, kernel[0], kernel[1]};
  for (size_t i = 0; i < rank; ++i)
    if (int64_t extent = a->spatial[i] + getPads()[i] + getPads()[rank + i] + 1 - taps[3 - rank + i];
        extent != out->spatial[i])
      return emitOpError("requires an extent of ")
             << extent << " in spatial dimension " << i << " of out, but found " << out->spatial[i];
  if (failed(verifyBias(op, getBias(), panels * kLanes)) ||
      failed(verifyEpilogue(op, getEpilogue(), getExtras(), getOut(), getElementTypeOrSelf(getOut().getType()))))
    return failure();
  return failure(failed(verifyResults(op, getOut())) || failed(verifySchedule(*this)));
}

/// The shape that a tensor of logical `shape` is stored in.
static SmallVector<int64_t> getStoredShape(ArrayRef<int64_t> shape, ArrayRef<int64_t> order, int64_t block) {
  auto stored = llvm::map_to_vector(
      order, [&](int64_t dim) { return dim == block ? llvm::divideCeilSigned(shape[dim], kLanes) : shape[dim]; });
  if (block >= 0)
    stored.push_back(kLanes);
  return stored;
}

static LogicalResult verifyStorage(RelayoutOp op, StringRef name, Value value, ArrayRef<int64_t> order, int64_t block) {
  ArrayRef<int64_t> shape = op.getShape();
  auto dims = llvm::to_vector(llvm::seq<int64_t>(0, shape.size()));
  if (!std::is_permutation(order.begin(), order.end(), dims.begin(), dims.end()))
    return op.emitOpError("requires an order of ")
           << name << " that permutes " << dims.size() << " dimensions, but found " << order;
  if (block < -1 || block >= static_cast<int64_t>(shape.size()))
    return op.emitOpError("requires a block of ") << name << " below " << shape.size() << ", but found " << block;
  SmallVector<int64_t> stored = getStoredShape(shape, order, block);
  if (getShape(value) != ArrayRef(stored))
    return op.emitOpError("requires ") << name << " of shape " << stored << ", but found " << value.getType();
  return success();
}

LogicalResult RelayoutOp::verify() {
  Operation *op = getOperation();
  if (failed(verifyOperands(op)) || failed(verifySameElements(op, getA().getType(), getOut().getType())) ||
      failed(verifyStorage(*this, "a", getA(), getAOrder(), getABlock())) ||
      failed(verifyStorage(*this, "out", getOut(), getOutOrder(), getOutBlock())))
    return failure();
  return verifyResults(op, getOut());
}

static LogicalResult verifyBorder(Operation *op, size_t rank, ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  if (low.size() != rank || high.size() != rank)
    return op->emitOpError("requires ") << rank << " entries in low and high, but found " << low.size() << " and "
                                        << high.size();
  auto isNegative = [](int64_t value) { return value < 0; };
  if (llvm::any_of(low, isNegative) || llvm::any_of(high, isNegative))
    return op->emitOpError("requires low and high that are not negative");
  return success();
}

LogicalResult PadOp::verify() {
  ArrayRef<int64_t> input = getInput().getType().getShape(), output = getOutput().getType().getShape();
  if (failed(verifyBorder(getOperation(), input.size(), getLow(), getHigh())) ||
      failed(verifySameElements(getOperation(), getInput().getType(), {getOutput().getType(), getValue().getType()})))
    return failure();
  SmallVector<int64_t> padded;
  for (auto [extent, low, high] : llvm::zip_equal(input, getLow(), getHigh()))
    padded.push_back(extent + low + high);
  if (output != ArrayRef(padded))
    return emitOpError("requires an output of shape ") << padded << ", but found " << getOutput().getType();
  return success();
}

LogicalResult ConcatOp::verify() {
  if (failed(verifySameElements(getOperation(), getOutput().getType(), getInputs().getTypes())))
    return failure();
  SmallVector<int64_t> joined(getOutput().getType().getShape());
  int64_t axis = getAxis();
  if (axis < 0 || axis >= static_cast<int64_t>(joined.size()))
    return emitOpError("requires an axis below the rank ") << joined.size() << ", but found " << axis;
  joined[axis] = 0;
  for (Value input : getInputs()) {
    SmallVector<int64_t> shape(getShape(input));
    if (shape.size() != joined.size())
      return emitOpError("requires inputs of rank ") << joined.size() << ", but found " << input.getType();
    joined[axis] += shape[axis];
    shape[axis] = joined[axis];
    if (shape != joined)
      return emitOpError("requires inputs of the output's extents beside the axis, but found ") << input.getType();
  }
  if (joined[axis] != getOutput().getType().getDimSize(axis))
    return emitOpError("requires an extent of ")
           << joined[axis] << " along the axis, but found " << getOutput().getType().getDimSize(axis);
  return success();
}

LogicalResult ReshapeOp::verify() {
  if (failed(verifySameElements(getOperation(), getInput().getType(), getOutput().getType())))
    return failure();
  if (getInput().getType().getNumElements() != getOutput().getType().getNumElements())
    return emitOpError("requires as many elements in as out, but found ")
           << getInput().getType() << " and " << getOutput().getType();
  return success();
}

LogicalResult BorderOp::verify() {
  auto type = cast<MemRefType>(getOut().getType());
  if (failed(verifySameElements(getOperation(), type, getValue().getType())))
    return failure();
  return verifyBorder(getOperation(), type.getRank(), getLow(), getHigh());
}

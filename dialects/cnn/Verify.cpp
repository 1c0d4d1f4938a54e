// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Verifiers of the cnn ops: the shape rules of Shapes.h, and the regions' signatures.
#include "dialects/cnn/Cnn.h"
#include "dialects/cnn/Shapes.h"

using namespace mlir;
using namespace cnnc::cnn;

static RankedTensorType getTensor(Value value) { return cast<RankedTensorType>(value.getType()); }
static ShapeRef getShape(Value value) { return getTensor(value).getShape(); }
static Type getElement(Value value) { return getTensor(value).getElementType(); }

static LogicalResult checkStatic(Operation *op) {
  std::string reason;
  for (auto values : {ValueRange(op->getOperands()), ValueRange(op->getResults())})
    for (Value value : values) {
      if (!getTensor(value).hasStaticShape())
        return op->emitOpError() << "requires static shapes, but found " << value.getType();
      if (failed(checkShape(getShape(value), reason)))
        return op->emitOpError() << reason;
    }
  return success();
}

/// The result must have the inferred shape and the element type `element`.
static LogicalResult checkResult(Operation *op, const ShapeOr &inferred, const std::string &reason, Type element) {
  if (failed(inferred))
    return op->emitOpError() << reason;
  Value result = op->getResult(0);
  if (getShape(result) != ShapeRef(*inferred))
    return op->emitOpError() << "requires a result of shape " << toString(*inferred) << ", but found "
                             << toString(getShape(result));
  if (element && getElement(result) != element)
    return op->emitOpError() << "requires a result of " << element << ", but found " << getElement(result);
  return success();
}

/// One block whose arguments are `arguments` and which yields `yielded`.
static LogicalResult checkRegion(Operation *op, Region &region, ArrayRef<Type> arguments, Type yielded) {
  if (!region.hasOneBlock())
    return op->emitOpError() << "requires a region of 1 block";
  Block &block = region.front();
  if (!llvm::equal(block.getArgumentTypes(), arguments))
    return op->emitOpError() << "requires region arguments (" << arguments << "), but found ("
                             << block.getArgumentTypes() << ")";
  auto yield = block.empty() ? YieldOp() : dyn_cast<YieldOp>(block.back());
  if (!yield)
    return op->emitOpError() << "requires a region that ends with cnn.yield";
  if (yield.getValue().getType() != yielded)
    return op->emitOpError() << "requires a region that yields " << yielded << ", but found "
                             << yield.getValue().getType();
  return success();
}

static LogicalResult checkEpilogue(EpilogueOp op) {
  Value result = op->getResult(0);
  for (Value extra : op.getExtras())
    if (!isBroadcastable(getShape(extra), getShape(result)))
      return op->emitOpError() << "requires extras that broadcast to " << toString(getShape(result)) << ", but found "
                               << toString(getShape(extra));
  if (op.getEpilogue().empty())
    return op.getExtras().empty() ? success() : op->emitOpError() << "requires an epilogue for its extras";
  SmallVector<Type> arguments = {getAccumulatorType(op)};
  for (Value extra : op.getExtras())
    arguments.push_back(getElement(extra));
  return checkRegion(op, op.getEpilogue(), arguments, getElement(result));
}

/// Without an epilogue the result has the accumulator's element type; with one, what the epilogue yields.
static Type getEpilogueElement(EpilogueOp op) { return op.getEpilogue().empty() ? getAccumulatorType(op) : Type(); }

/// Products are of numbers of one type.
static LogicalResult checkSameElement(Operation *op, ValueRange values) {
  for (Value value : values)
    if (value && getElement(value) != getElement(op->getOperand(0)))
      return op->emitOpError() << "requires operands of " << getElement(op->getOperand(0)) << ", but found "
                               << getElement(value);
  return success();
}

static LogicalResult checkBias(Operation *op, Value bias, int64_t channels) {
  Type accumulator = getAccumulatorType(op);
  if (bias && getElement(bias) != accumulator)
    return op->emitOpError() << "requires a bias of " << accumulator << ", but found " << getElement(bias);
  if (bias && getShape(bias) != ShapeRef(channels))
    return op->emitOpError() << "requires a bias of shape " << channels << ", but found " << toString(getShape(bias));
  return success();
}

/// One of the numbers that elements of the input may be.
static LogicalResult checkPadValue(ConvOp op) {
  if (!op.getPadValue())
    return success();
  Type element = getElement(op.getInput());
  if (!element.isInteger(8) && !element.isInteger(16))
    return op.emitOpError() << "requires integers for its pad_value, but found " << element;
  auto value = static_cast<int64_t>(*op.getPadValue());
  if (element.isInteger(8) ? value < 0 || value > 255 : value < -32768 || value > 32767)
    return op.emitOpError() << "requires a pad_value that an element of its input may have, but found " << value;
  return success();
}

/// Integers are multiplied as they lie, in whole steps of neighbours.
static LogicalResult checkAlgorithm(ConvOp op) {
  Type element = getElement(op.getInput());
  std::optional<Algorithm> algorithm = op.getAlgorithm();
  if (!algorithm || !(element.isInteger(8) || element.isInteger(16)) ||
      llvm::is_contained({Algorithm::direct, Algorithm::pointwise, Algorithm::depthwise, Algorithm::grouped},
                         *algorithm))
    return success();
  return op.emitOpError() << "requires floats for the algorithm " << stringifyAlgorithm(*algorithm) << ", but found "
                          << element;
}

LogicalResult ConvOp::verify() {
  if (failed(checkStatic(*this)) || failed(checkSameElement(*this, getFilter())))
    return failure();
  ShapeRef filter = getShape(getFilter());
  if (filter.size() < 2)
    return emitOpError() << "requires a filter of rank 2 or more, but found " << toString(filter);
  if (failed(checkPadValue(*this)) || failed(checkAlgorithm(*this)))
    return failure();
  Window window = {Shape(filter.drop_front(2)), Shape(getStrides()), Shape(getDilations()), Shape(getPads())};
  std::string reason;
  ShapeOr shape = inferConv(getShape(getInput()), filter, window, getGroup(), reason);
  return success(succeeded(checkResult(*this, shape, reason, getEpilogueElement(*this))) &&
                 succeeded(checkBias(*this, getBias(), filter[0])) && succeeded(checkEpilogue(*this)));
}

LogicalResult ConvTransposeOp::verify() {
  if (failed(checkStatic(*this)) || failed(checkSameElement(*this, getFilter())))
    return failure();
  ShapeRef filter = getShape(getFilter());
  if (filter.size() < 2)
    return emitOpError() << "requires a filter of rank 2 or more, but found " << toString(filter);
  TransposedWindow window;
  window.kernel.assign(filter.begin() + 2, filter.end());
  window.strides.assign(getStrides().begin(), getStrides().end());
  window.dilations.assign(getDilations().begin(), getDilations().end());
  window.pads.assign(getPads().begin(), getPads().end());
  window.outputPadding.assign(getOutputPadding().begin(), getOutputPadding().end());
  std::string reason;
  ShapeOr shape = inferConvTranspose(getShape(getInput()), filter, window, getGroup(), reason);
  return success(succeeded(checkResult(*this, shape, reason, getEpilogueElement(*this))) &&
                 succeeded(checkBias(*this, getBias(), filter[1] * static_cast<int64_t>(getGroup()))) &&
                 succeeded(checkEpilogue(*this)));
}

LogicalResult PoolOp::verify() {
  if (failed(checkStatic(*this)))
    return failure();
  Window window = {Shape(getKernel()), Shape(getStrides()), Shape(getDilations()), Shape(getPads())};
  std::string reason;
  // The extent says whether ceil_mode was asked for.
  ShapeOr floor = inferPool(getShape(getInput()), window, /*ceilMode=*/false, reason);
  ShapeOr ceil = inferPool(getShape(getInput()), window, /*ceilMode=*/true, reason);
  if (failed(ceil))
    return emitOpError() << reason;
  ShapeRef result = getShape(getOutput());
  for (size_t i = 0; i < ceil->size(); ++i)
    if (result.size() == ceil->size() && succeeded(floor) && result[i] == (*floor)[i])
      (*ceil)[i] = result[i];
  return success(succeeded(checkResult(*this, ceil, reason, getEpilogueElement(*this))) &&
                 succeeded(checkEpilogue(*this)));
}

LogicalResult MatMulOp::verify() {
  if (failed(checkStatic(*this)) || failed(checkSameElement(*this, getRhs())))
    return failure();
  std::string reason;
  ShapeOr shape = inferMatMul(getShape(getLhs()), getShape(getRhs()), reason);
  return success(succeeded(checkResult(*this, shape, reason, getEpilogueElement(*this))) &&
                 succeeded(checkEpilogue(*this)));
}

LogicalResult BatchNormOp::verify() {
  if (failed(checkStatic(*this)) || failed(checkSameElement(*this, getOperands())))
    return failure();
  ShapeRef input = getShape(getInput());
  if (input.size() < 2)
    return emitOpError() << "requires an input of rank 2 or more, but found " << toString(input);
  for (Value parameter : {getScale(), getBias(), getMean(), getVariance()})
    if (getShape(parameter) != input.slice(1, 1))
      return emitOpError() << "requires parameters of shape " << input[1] << ", but found "
                           << toString(getShape(parameter));
  return checkResult(*this, Shape(input), "", getElement(getInput()));
}

static LogicalResult checkQuantization(Operation *op, Type real, Type integer) {
  if (failed(checkStatic(op)))
    return failure();
  if (!real.isF32())
    return op->emitOpError() << "requires floats of f32, but found " << real;
  if (!integer.isInteger(8) && !integer.isInteger(16) && !(integer.isInteger(32) && isa<DequantizeOp>(op)))
    return op->emitOpError() << "requires integers of 8 or 16 bits, but found " << integer;
  const Type elements[] = {real, integer};
  for (auto [parameter, element] : llvm::zip(op->getOperands().drop_front(), elements)) {
    if (getElement(parameter) != element)
      return op->emitOpError() << "requires a parameter of " << element << ", but found " << getElement(parameter);
    if (!isBroadcastable(getShape(parameter), getShape(op->getOperand(0))))
      return op->emitOpError() << "requires parameters that broadcast to " << toString(getShape(op->getOperand(0)))
                               << ", but found " << toString(getShape(parameter));
  }
  return checkResult(op, Shape(getShape(op->getOperand(0))), "", Type());
}

LogicalResult QuantizeOp::verify() { return checkQuantization(*this, getElement(getInput()), getElement(getOutput())); }

LogicalResult DequantizeOp::verify() {
  return checkQuantization(*this, getElement(getOutput()), getElement(getInput()));
}

static LogicalResult checkMapped(Operation *op, ValueRange inputs, ShapeRef shape, Region &region, Type yielded) {
  SmallVector<Type> arguments;
  for (Value input : inputs) {
    if (!isBroadcastable(getShape(input), shape))
      return op->emitOpError() << "requires inputs that broadcast to " << toString(shape) << ", but found "
                               << toString(getShape(input));
    arguments.push_back(getElement(input));
  }
  return checkRegion(op, region, arguments, yielded);
}

LogicalResult MapOp::verify() {
  if (failed(checkStatic(*this)))
    return failure();
  return checkMapped(*this, getInputs(), getShape(getOutput()), getBody(), getElement(getOutput()));
}

LogicalResult ReduceOp::verify() {
  if (failed(checkStatic(*this)))
    return failure();
  if (getInputs().empty())
    return emitOpError() << "requires at least 1 input";
  if (getScale() && !isa<FloatType>(getElement(getOutput())))
    return emitOpError() << "requires a result of floats for its scale, but found " << getElement(getOutput());
  std::string reason;
  Shape joint(getShape(getInputs().front()));
  for (Value input : getInputs()) {
    ShapeOr broadcast = inferBroadcast(joint, getShape(input), reason);
    if (failed(broadcast))
      return emitOpError() << reason;
    joint = *broadcast;
  }
  ShapeOr shape = inferReduce(joint, getAxes(), reason);
  if (failed(checkResult(*this, shape, reason, Type())))
    return failure();
  return checkMapped(*this, getInputs(), joint, getBody(), getElement(getOutput()));
}

LogicalResult ResizeOp::verify() {
  if (failed(checkStatic(*this)))
    return failure();
  size_t rank = getShape(getInput()).size();
  if (getShape(getOutput()).size() != rank)
    return emitOpError() << "requires a result of rank " << rank << ", but found " << toString(getShape(getOutput()));
  if (getScales().size() != rank)
    return emitOpError() << "requires " << rank << " scales, but found " << getScales().size();
  for (double scale : getScales())
    if (!(scale > 0))
      return emitOpError() << "requires positive scales, but found " << scale;
  if (getRoi() && getRoi()->size() != 2 * rank)
    return emitOpError() << "requires " << 2 * rank << " roi entries, but found " << getRoi()->size();
  if (getElement(getInput()) != getElement(getOutput()))
    return emitOpError() << "requires a result of " << getElement(getInput());
  return success();
}

LogicalResult ReshapeOp::verify() {
  if (failed(checkStatic(*this)))
    return failure();
  std::string reason;
  ShapeOr shape = inferReshape(getShape(getInput()), getShape(getOutput()), /*allowZero=*/true, reason);
  return checkResult(*this, shape, reason, getElement(getInput()));
}

LogicalResult TransposeOp::verify() {
  if (failed(checkStatic(*this)))
    return failure();
  std::string reason;
  ShapeOr shape = inferTranspose(getShape(getInput()), getPermutation(), reason);
  return checkResult(*this, shape, reason, getElement(getInput()));
}

LogicalResult ConcatOp::verify() {
  if (failed(checkStatic(*this)))
    return failure();
  SmallVector<ShapeRef> shapes = llvm::map_to_vector(getInputs(), getShape);
  std::string reason;
  ShapeOr shape = inferConcat(shapes, getAxis(), reason);
  if (failed(checkResult(*this, shape, reason, Type())))
    return failure();
  for (Value input : getInputs())
    if (getElement(input) != getElement(getOutput()))
      return emitOpError() << "requires inputs of " << getElement(getOutput()) << ", but found " << getElement(input);
  return success();
}

LogicalResult SliceOp::verify() {
  if (failed(checkStatic(*this)))
    return failure();
  ShapeRef input = getShape(getInput()), output = getShape(getOutput());
  if (output.size() != input.size() || getStarts().size() != input.size() || getSteps().size() != input.size())
    return emitOpError() << "requires a result, starts and steps of rank " << input.size();
  for (size_t i = 0; i < input.size(); ++i) {
    // In 128 bits nothing here overflows.
    __int128 first = getStarts()[i], last = first + static_cast<__int128>(output[i] - 1) * getSteps()[i];
    if (output[i] && (std::min(first, last) < 0 || std::max(first, last) >= input[i]))
      return emitOpError() << "requires a slice inside extent " << input[i] << " of dimension " << i << ", but found "
                           << output[i] << " elements from " << getStarts()[i] << " by " << getSteps()[i];
  }
  return checkResult(*this, Shape(output), "", getElement(getInput()));
}

LogicalResult PadOp::verify() {
  if (failed(checkStatic(*this)))
    return failure();
  std::string reason;
  ShapeRef input = getShape(getInput());
  ShapeOr shape = inferPad(input, getLow(), getHigh(), reason);
  if (failed(checkResult(*this, shape, reason, getElement(getInput()))))
    return failure();
  if (getValue().getType() != getElement(getInput()))
    return emitOpError() << "requires a value of " << getElement(getInput()) << ", but found " << getValue().getType();
  if (getMode() == PadMode::constant)
    return success();
  for (size_t i = 0; i < input.size(); ++i) {
    int64_t limit = getMode() == PadMode::reflect ? input[i] - 1 : getMode() == PadMode::wrap ? input[i] : kMaxElements;
    // An extent of 0 has nothing to repeat, and needs nothing where it has no pads.
    if (!input[i])
      limit = 0;
    if (getLow()[i] > std::max<int64_t>(limit, 0) || getHigh()[i] > std::max<int64_t>(limit, 0))
      return emitOpError() << "requires pads of at most " << limit << " in dimension " << i << ", but found "
                           << getLow()[i] << " and " << getHigh()[i];
  }
  return success();
}

LogicalResult GatherOp::verify() {
  if (failed(checkStatic(*this)))
    return failure();
  if (!getElement(getIndices()).isIntOrIndex())
    return emitOpError() << "requires integer indices, but found " << getElement(getIndices());
  std::string reason;
  ShapeOr shape = inferGather(getShape(getInput()), getShape(getIndices()), getAxis(), reason);
  if (failed(checkResult(*this, shape, reason, getElement(getInput()))))
    return failure();
  if (getShape(getInput())[getAxis()] == 0 && !llvm::is_contained(*shape, 0))
    return emitOpError() << "requires something to pick along axis " << getAxis() << ", but found "
                         << toString(getShape(getInput()));
  return success();
}

LogicalResult ConvertLayoutOp::verify() {
  return checkResult(*this, Shape(getShape(getInput())), "", getElement(getInput()));
}

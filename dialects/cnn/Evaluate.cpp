// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Evaluate.h"

#include "dialects/cnn/Cnn.h"
#include "dialects/cnn/Constants.h"
#include "dialects/cnn/ScalarProgram.h"
#include "dialects/cnn/Shapes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir;
using namespace cnnc::cnn;

namespace {

/// Elements of whole bytes in row-major order (i1 as one byte), or one that stands for all.
struct Elements {
  RankedTensorType type;
  int64_t width = 0;
  bool isSplat = false;
  ArrayRef<char> bytes;
  std::vector<char> owned;

  const char *at(int64_t index) const { return bytes.data() + (isSplat ? 0 : index * width); }
};

using Result = std::optional<Elements>;

} // namespace

static std::optional<Elements> read(ElementsAttr attribute) {
  Elements elements;
  elements.type = dyn_cast<RankedTensorType>(attribute.getType());
  Type element = attribute.getElementType();
  if (!elements.type || !element.isIntOrFloat() || element.getIntOrFloatBitWidth() > 64)
    return std::nullopt;
  elements.width = llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
  auto dense = dyn_cast<DenseElementsAttr>(attribute);
  elements.isSplat = dense && dense.isSplat() && dense.getNumElements() > 0;
  if (dense && element.isInteger(1)) {
    if (elements.isSplat)
      elements.owned.push_back(dense.getSplatValue<bool>());
    else
      llvm::append_range(elements.owned, dense.getValues<bool>());
    elements.bytes = elements.owned;
    return elements;
  }
  if (elements.isSplat) {
    elements.bytes = dense.getRawData().take_front(elements.width);
    return elements;
  }
  std::optional<ArrayRef<char>> bytes = getBytes(attribute);
  if (!bytes)
    return std::nullopt;
  elements.bytes = *bytes;
  return elements;
}

static ElementsAttr write(const Elements &elements, StringRef nameHint) {
  RankedTensorType type = elements.type;
  if (type.getElementType().isInteger(1)) {
    ArrayRef<bool> booleans(reinterpret_cast<const bool *>(elements.bytes.data()), elements.bytes.size());
    return DenseElementsAttr::get(type, booleans);
  }
  if (type.getElementType().isF32() && !elements.isSplat) {
    std::vector<float> floats(type.getNumElements());
    std::memcpy(floats.data(), elements.bytes.data(), elements.bytes.size());
    return getFloatsAttr(type, std::move(floats), nameHint);
  }
  return DenseElementsAttr::getFromRawBuffer(type, elements.bytes);
}

static Elements allocate(RankedTensorType type, int64_t width, bool isSplat) {
  Elements result;
  result.type = type;
  result.width = width;
  result.isSplat = isSplat;
  result.owned.resize((isSplat ? 1 : type.getNumElements()) * width);
  return result;
}

static Elements allocateFor(Operation *op, bool isSplat) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  return allocate(type, llvm::divideCeil(type.getElementType().getIntOrFloatBitWidth(), 8), isSplat);
}

static Shape getStrides(ShapeRef shape) {
  Shape strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * std::max<int64_t>(shape[i + 1], 1);
  return strides;
}

namespace {

/// Counts through `shape` in row-major order; `offset` is the sum of index * stride.
struct Walker {
  Shape shape, strides;
  int64_t offset = 0;
  Shape index = Shape(shape.size(), 0);

  /// False when it is back at the start.
  bool next() {
    for (int64_t dim = static_cast<int64_t>(shape.size()) - 1; dim >= 0; --dim) {
      offset += strides[dim];
      if (++index[dim] < shape[dim])
        return true;
      offset -= strides[dim] * shape[dim];
      index[dim] = 0;
    }
    return false;
  }
};

} // namespace

static void walk(ShapeRef shape, ShapeRef strides, int64_t offset, function_ref<void(int64_t)> visit) {
  if (llvm::is_contained(shape, 0))
    return;
  Walker walker = {Shape(shape), Shape(strides), offset};
  do
    visit(walker.offset);
  while (walker.next());
}

/// Reads `input` by strides into the result's order.
static Elements gatherStrided(Operation *op, const Elements &input, ShapeRef strides, int64_t offset) {
  Elements result = allocateFor(op, input.isSplat);
  if (input.isSplat) {
    std::memcpy(result.owned.data(), input.at(0), input.width);
    return result;
  }
  char *to = result.owned.data();
  walk(result.type.getShape(), strides, offset, [&](int64_t from) {
    std::memcpy(to, input.at(from), input.width);
    to += input.width;
  });
  return result;
}

static Result evaluateTranspose(TransposeOp op, const Elements &input) {
  Shape from = getStrides(input.type.getShape()), strides;
  for (int64_t dim : op.getPermutation())
    strides.push_back(from[dim]);
  return gatherStrided(op, input, strides, 0);
}

static Result evaluateSlice(SliceOp op, const Elements &input) {
  Shape strides = getStrides(input.type.getShape());
  int64_t offset = 0;
  for (size_t i = 0; i < strides.size(); ++i) {
    offset += op.getStarts()[i] * strides[i];
    strides[i] *= op.getSteps()[i];
  }
  return gatherStrided(op, input, strides, offset);
}

/// Whether both are uniform and hold the same.
static bool isSame(const Elements &left, const Elements &right) {
  return left.isSplat && right.isSplat && left.bytes == right.bytes;
}

/// The element of a uniform input as the whole result.
static Elements fill(Operation *op, const Elements &input) {
  Elements result = allocateFor(op, true);
  std::memcpy(result.owned.data(), input.at(0), input.width);
  return result;
}

static Result evaluateConcat(ConcatOp op, ArrayRef<Elements> inputs) {
  if (llvm::all_of(inputs, [&](const Elements &input) { return isSame(input, inputs[0]); }))
    return fill(op, inputs[0]);
  Elements result = allocateFor(op, false);
  ShapeRef shape = result.type.getShape();
  int64_t axis = op.getAxis();
  Shape strides = getStrides(shape);
  int64_t offset = 0;
  for (const Elements &input : inputs) {
    int64_t from = 0;
    walk(input.type.getShape(), strides, offset,
         [&](int64_t to) { std::memcpy(result.owned.data() + to * result.width, input.at(from++), result.width); });
    offset += input.type.getShape()[axis] * strides[axis];
  }
  return result;
}

static Result evaluatePad(PadOp op, const Elements &input) {
  if (op.getMode() != PadMode::constant)
    return std::nullopt;
  auto padding =
      DenseElementsAttr::get(RankedTensorType::get({}, input.type.getElementType()), Attribute(op.getValue()));
  std::optional<Elements> value = read(padding);
  if (isSame(input, *value))
    return fill(op, input);
  Elements result = allocateFor(op, false);
  for (size_t i = 0; i < result.owned.size(); i += result.width)
    std::memcpy(result.owned.data() + i, value->at(0), result.width);
  Shape strides = getStrides(result.type.getShape());
  int64_t offset = 0, from = 0;
  for (size_t i = 0; i < strides.size(); ++i)
    offset += op.getLow()[i] * strides[i];
  walk(input.type.getShape(), strides, offset,
       [&](int64_t to) { std::memcpy(result.owned.data() + to * result.width, input.at(from++), result.width); });
  return result;
}

static double fromBits(FloatType type, uint64_t bits) {
  if (type.isF64())
    return llvm::bit_cast<double>(bits);
  if (type.isF32())
    return llvm::bit_cast<float>(static_cast<uint32_t>(bits));
  llvm::APFloat real(type.getFloatSemantics(), APInt(type.getWidth(), bits));
  bool losesInfo = false;
  real.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return real.convertToDouble();
}

static uint64_t toBits(FloatType type, double value) {
  if (type.isF64())
    return llvm::bit_cast<uint64_t>(value);
  if (type.isF32())
    return llvm::bit_cast<uint32_t>(static_cast<float>(value));
  llvm::APFloat real(value);
  bool losesInfo = false;
  real.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return real.bitcastToAPInt().getZExtValue();
}

static Scalar load(const Elements &elements, int64_t index) {
  Scalar scalar;
  const char *bytes = elements.at(index);
  Type type = elements.type.getElementType();
  scalar.integer = 0;
  std::memcpy(&scalar.integer, bytes, elements.width);
  if (auto precision = dyn_cast<FloatType>(type))
    scalar.real = fromBits(precision, scalar.integer);
  else if (!type.isInteger(1))
    scalar.integer = llvm::SignExtend64(scalar.integer, elements.width * 8);
  return scalar;
}

static void store(Elements &elements, int64_t index, Scalar scalar) {
  char *bytes = elements.owned.data() + index * elements.width;
  if (auto precision = dyn_cast<FloatType>(elements.type.getElementType()))
    scalar.integer = static_cast<int64_t>(toBits(precision, scalar.real));
  std::memcpy(bytes, &scalar, elements.width);
}

static Result evaluateGather(GatherOp op, ArrayRef<Elements> inputs) {
  const Elements &input = inputs[0], &indices = inputs[1];
  if (!isa<IntegerType>(indices.type.getElementType()))
    return std::nullopt;
  int64_t axis = op.getAxis(), extent = input.type.getShape()[axis];
  for (int64_t i = 0; i < (indices.isSplat ? 1 : indices.type.getNumElements()); ++i)
    if (int64_t index = load(indices, i).integer; index < -extent || index >= extent)
      return std::nullopt;
  if (input.isSplat)
    return fill(op, input);
  Elements result = allocateFor(op, false);
  int64_t outer = *getElementCount(input.type.getShape().take_front(axis));
  int64_t inner = *getElementCount(input.type.getShape().drop_front(axis + 1));
  int64_t to = 0;
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < indices.type.getNumElements(); ++i) {
      int64_t index = load(indices, i).integer;
      index = index < 0 ? index + extent : index;
      for (int64_t k = 0; k < inner; ++k, ++to)
        std::memcpy(result.owned.data() + to * result.width, input.at((o * extent + index) * inner + k), result.width);
    }
  return result;
}

/// Computes the region over the joint shape of the inputs and calls back with (row-major index, scalar).
static bool mapElements(Block &body, ArrayRef<Elements> inputs, ShapeRef shape,
                        function_ref<void(int64_t, Scalar)> visit) {
  std::optional<ScalarProgram> program = ScalarProgram::compile(body);
  std::optional<int64_t> count = getElementCount(shape);
  if (!program || !count)
    return false;
  SmallVector<std::optional<Walker>> walkers(inputs.size());
  for (auto [input, walker] : llvm::zip(inputs, walkers)) {
    if (input.isSplat || input.type.getShape() == shape)
      continue;
    Shape strides = getStrides(input.type.getShape());
    for (size_t i = 0; i < strides.size(); ++i)
      strides[i] = input.type.getShape()[i] == 1 ? 0 : strides[i];
    walker = Walker{Shape(shape), strides};
  }
  SmallVector<Scalar> arguments(inputs.size());
  for (int64_t i = 0; i < *count; ++i) {
    for (size_t k = 0; k < inputs.size(); ++k) {
      arguments[k] = load(inputs[k], walkers[k] ? walkers[k]->offset : i);
      if (walkers[k])
        walkers[k]->next();
    }
    std::optional<Scalar> scalar = program->run(arguments);
    if (!scalar)
      return false;
    visit(i, *scalar);
  }
  return true;
}

static Result evaluateMap(MapOp op, ArrayRef<Elements> inputs) {
  bool isSplat = llvm::all_of(inputs, [](const Elements &input) { return input.isSplat; });
  Elements result = allocateFor(op, isSplat && !op.getOutput().getType().getShape().empty());
  Shape shape(op.getOutput().getType().getShape());
  if (result.isSplat)
    shape.assign(shape.size(), 1);
  if (!mapElements(op.getBody().front(), inputs, shape, [&](int64_t i, Scalar scalar) { store(result, i, scalar); }))
    return std::nullopt;
  return result;
}

static Scalar getNeutral(ReduceKind kind, Type element) {
  Scalar scalar;
  double infinity = std::numeric_limits<double>::infinity();
  unsigned width = element.getIntOrFloatBitWidth();
  if (isa<FloatType>(element))
    scalar.real = kind == ReduceKind::sum    ? 0
                  : kind == ReduceKind::prod ? 1
                  : kind == ReduceKind::max  ? -infinity
                                             : infinity;
  else
    scalar.integer = kind == ReduceKind::sum    ? 0
                     : kind == ReduceKind::prod ? 1
                     : kind == ReduceKind::max  ? APInt::getSignedMinValue(width).getSExtValue()
                                                : APInt::getSignedMaxValue(width).getSExtValue();
  return scalar;
}

template <typename T> static T combine(ReduceKind kind, T left, T right) {
  switch (kind) {
  case ReduceKind::sum:
    return left + right;
  case ReduceKind::prod:
    return left * right;
  case ReduceKind::max:
    return std::max(left, right);
  case ReduceKind::min:
    return std::min(left, right);
  }
  return left;
}

/// What is not a number stays so, which std::max does not promise.
static double combineReals(ReduceKind kind, double left, double right) {
  if (std::isnan(left) || std::isnan(right))
    return left + right;
  return combine(kind, left, right);
}

/// Sums and products wrap around, which only unsigned arithmetic may.
static int64_t combineIntegers(ReduceKind kind, int64_t left, int64_t right) {
  if (kind == ReduceKind::max || kind == ReduceKind::min)
    return combine<int64_t>(kind, left, right);
  return combine<uint64_t>(kind, left, right);
}

/// Wraps around.
static int64_t power(uint64_t base, int64_t exponent) {
  uint64_t result = 1;
  for (; exponent; exponent /= 2, base *= base)
    result *= exponent % 2 ? base : 1;
  return static_cast<int64_t>(result);
}

/// What `count` times the same element reduce to.
static Scalar repeat(ReduceKind kind, bool isFloat, Scalar element, int64_t count) {
  if (kind == ReduceKind::max || kind == ReduceKind::min)
    return element;
  if (kind == ReduceKind::sum && isFloat)
    element.real *= static_cast<double>(count);
  else if (kind == ReduceKind::sum)
    element.integer = static_cast<int64_t>(static_cast<uint64_t>(element.integer) * static_cast<uint64_t>(count));
  else if (isFloat)
    element.real = std::pow(element.real, static_cast<double>(count));
  else
    element.integer = power(element.integer, count);
  return element;
}

/// A uniform input, whatever its size, gives a uniform result.
static Result reduceUniform(ReduceOp op, ArrayRef<Elements> inputs, ShapeRef shape) {
  Elements result = allocateFor(op, true);
  bool isFloat = isa<FloatType>(result.type.getElementType());
  int64_t count = 1;
  for (int64_t axis : op.getAxes())
    count *= shape[axis];
  bool known = mapElements(op.getBody().front(), inputs, Shape(shape.size(), 1), [&](int64_t, Scalar scalar) {
    Scalar sum = repeat(op.getKind(), isFloat, scalar, count);
    if (op.getScale() && isFloat)
      sum.real *= op.getScale()->convertToDouble();
    store(result, 0, sum);
  });
  return known && (isFloat || !op.getScale()) ? Result(std::move(result)) : std::nullopt;
}

static Result evaluateReduce(ReduceOp op, ArrayRef<Elements> inputs, int64_t maxElements) {
  std::string reason;
  Shape shape(inputs.front().type.getShape());
  for (const Elements &input : inputs)
    shape = *inferBroadcast(shape, input.type.getShape(), reason);
  if (!llvm::is_contained(shape, 0) && llvm::all_of(inputs, [](const Elements &input) { return input.isSplat; }))
    return reduceUniform(op, inputs, shape);
  if (*getElementCount(shape) > maxElements)
    return std::nullopt;
  Elements result = allocateFor(op, false);
  bool isFloat = isa<FloatType>(result.type.getElementType());
  std::vector<Scalar> sums(result.type.getNumElements(), getNeutral(op.getKind(), result.type.getElementType()));
  Shape strides = getStrides(result.type.getShape());
  for (int64_t axis : op.getAxes())
    strides[axis] = 0;
  Walker target = {shape, strides};
  bool known = mapElements(op.getBody().front(), inputs, shape, [&](int64_t, Scalar scalar) {
    Scalar &sum = sums[target.offset];
    target.next();
    if (isFloat)
      sum.real = combineReals(op.getKind(), sum.real, scalar.real);
    else
      sum.integer = combineIntegers(op.getKind(), sum.integer, scalar.integer);
  });
  if (!known || (!isFloat && op.getScale()))
    return std::nullopt;
  for (auto [index, sum] : llvm::enumerate(sums)) {
    if (op.getScale())
      sum.real *= op.getScale()->convertToDouble();
    store(result, index, sum);
  }
  return result;
}

ElementsAttr cnnc::cnn::evaluate(Operation *op, ArrayRef<ElementsAttr> operands, int64_t maxElements,
                                 StringRef nameHint) {
  if (op->getNumResults() != 1)
    return {};
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isIntOrFloat() || type.getEncoding())
    return {};
  if (isa<ReshapeOp>(op) && isa<DenseElementsAttr, DenseResourceElementsAttr>(operands[0]))
    return reshapeConstant(operands[0], type.getShape());
  SmallVector<Elements> inputs;
  bool isSplat = true;
  for (ElementsAttr operand : operands) {
    std::optional<Elements> elements = read(operand);
    if (!elements)
      return {};
    isSplat &= elements->isSplat;
    inputs.push_back(std::move(*elements));
    // An owned buffer of a moved vector stays in place.
  }
  bool keepsSplat = isSplat && isa<MapOp, TransposeOp, SliceOp, ReduceOp>(op);
  keepsSplat |= isa<GatherOp>(op) && inputs[0].isSplat;
  keepsSplat |=
      isa<ConcatOp>(op) && llvm::all_of(inputs, [&](const Elements &input) { return isSame(input, inputs[0]); });
  if (!keepsSplat && type.getNumElements() > maxElements)
    return {};
  Result result = llvm::TypeSwitch<Operation *, Result>(op)
                      .Case([&](TransposeOp op) { return evaluateTranspose(op, inputs[0]); })
                      .Case([&](SliceOp op) { return evaluateSlice(op, inputs[0]); })
                      .Case([&](ConcatOp op) { return evaluateConcat(op, inputs); })
                      .Case([&](PadOp op) { return evaluatePad(op, inputs[0]); })
                      .Case([&](GatherOp op) { return evaluateGather(op, inputs); })
                      .Case([&](MapOp op) { return evaluateMap(op, inputs); })
                      .Case([&](ReduceOp op) { return evaluateReduce(op, inputs, maxElements); })
                      .Default([](Operation *) { return std::nullopt; });
  if (!result)
    return {};
  result->bytes = result->owned;
  return write(*result, nameHint);
}

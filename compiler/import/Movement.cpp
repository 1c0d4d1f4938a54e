// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parts of tensors, put together and apart.
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"
#include "dialects/cnn/Constants.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

void cnnc::importing::importConcat(Node &node) {
  // Empty vectors, as some exporters write them for "nothing yet", add nothing to tensors of another rank.
  int64_t rank = node.getRank(0);
  for (unsigned i = 0; i < node.getInputCount(); ++i)
    rank = std::max(rank, node.getRank(i));
  std::optional<int64_t> axis = node.getAxis(node.getInteger("axis", node.opset < 4 ? 1 : 0), rank);
  if (node.opset >= 4 && !node.hasAttribute("axis"))
    node.error("requires an attribute axis");
  SmallVector<Value> inputs;
  for (unsigned i = 0; i < node.getInputCount(); ++i) {
    if (!node.hasInput(i) || node.getType(i) != node.getType(0)) {
      node.error("requires inputs of one type");
      return;
    }
    if (node.getRank(i) != 1 || node.getShape(i)[0] != 0 || rank == 1)
      inputs.push_back(node.getInput(i));
  }
  if (axis)
    node.setResult(0, emitConcat(node, inputs, *axis), node.getType(0));
}

static Value takeRange(Node &node, int64_t axis, int64_t start, int64_t count) {
  Shape starts(node.getRank(0), 0), extents(node.getShape(0)), steps(node.getRank(0), 1);
  starts[axis] = start;
  extents[axis] = count;
  return emitSlice(node, node.getInput(0), starts, extents, steps);
}

void cnnc::importing::importSplit(Node &node) {
  std::optional<int64_t> axis = node.getAxis(node.getInteger("axis", 0), node.getRank(0));
  if (!axis)
    return;
  int64_t extent = node.getShape(0)[*axis], count = node.getOutputCount();
  std::optional<Shape> split = node.getIntegersOf("split", 1, 13);
  if (node.hasFailed())
    return;
  if (!split || split->empty()) {
    if (node.opset >= 18 && node.getInteger("num_outputs", count) != count) {
      node.error("requires num_outputs " + llvm::Twine(count) + ", but found " +
                 llvm::Twine(node.getInteger("num_outputs", count)));
      return;
    }
    // Since opset 18 the last part may be smaller.
    int64_t part = llvm::divideCeil(extent, count);
    split = Shape(count, part);
    split->back() = extent - part * (count - 1);
  }
  int64_t sum = 0;
  for (int64_t part : *split)
    sum = part < 0 || part > extent ? -1 : sum < 0 ? sum : sum + part;
  if (static_cast<int64_t>(split->size()) != count || sum != extent) {
    node.error("requires " + llvm::Twine(count) + " parts that sum to " + llvm::Twine(extent) + ", but found " +
               cnn::toString(*split));
    return;
  }
  int64_t start = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (node.isOutputUsed(i))
      node.setResult(i, takeRange(node, *axis, start, (*split)[i]), node.getType(0));
    start += (*split)[i];
  }
}

static void slice(Node &node, ShapeRef starts, ShapeRef ends, std::optional<Shape> axes, std::optional<Shape> steps) {
  int64_t rank = node.getRank(0);
  if (!axes)
    axes = getDims(0, starts.size());
  if (!steps)
    steps = Shape(starts.size(), 1);
  if (ends.size() != starts.size() || axes->size() != starts.size() || steps->size() != starts.size()) {
    node.error("requires starts, ends, axes and steps of one length, but found " + llvm::Twine(starts.size()) + ", " +
               llvm::Twine(ends.size()) + ", " + llvm::Twine(axes->size()) + " and " + llvm::Twine(steps->size()));
    return;
  }
  Shape allStarts(rank, 0), extents(node.getShape(0)), allSteps(rank, 1);
  SmallVector<bool> seen(rank, false);
  for (size_t i = 0; i < starts.size(); ++i) {
    std::optional<int64_t> axis = node.getAxis((*axes)[i], rank);
    if (!axis)
      return;
    std::string reason;
    FailureOr<cnn::SliceDim> dim = cnn::inferSliceDim(extents[*axis], starts[i], ends[i], (*steps)[i], reason);
    if (seen[*axis] || failed(dim)) {
      node.error(seen[*axis] ? "requires distinct axes, but found " + std::to_string(*axis) + " twice" : reason);
      return;
    }
    seen[*axis] = true;
    allStarts[*axis] = dim->start;
    extents[*axis] = dim->extent;
    allSteps[*axis] = dim->step;
  }
  node.setResult(0, emitSlice(node, node.getInput(0), allStarts, extents, allSteps), node.getType(0));
}

void cnnc::importing::importSliceByAttributes(Node &node) {
  std::optional<Shape> starts = node.getIntegers("starts"), ends = node.getIntegers("ends");
  if (starts && ends)
    return slice(node, *starts, *ends, node.getIntegers("axes"), std::nullopt);
  node.error("requires attributes starts and ends");
}

void cnnc::importing::importSlice(Node &node) {
  std::optional<Shape> starts = node.getConstantIntegers(1, "starts"), ends = node.getConstantIntegers(2, "ends");
  std::optional<Shape> axes = node.hasInput(3) ? node.getConstantIntegers(3, "axes") : std::nullopt;
  std::optional<Shape> steps = node.hasInput(4) ? node.getConstantIntegers(4, "steps") : std::nullopt;
  if (starts && ends && !node.hasFailed())
    slice(node, *starts, *ends, axes, steps);
}

/// Negative pads cut off, positive ones add.
static void pad(Node &node, ShapeRef low, ShapeRef high, TypedAttr value) {
  std::string text = node.getString("mode", "constant");
  std::optional<cnn::PadMode> mode = cnn::symbolizePadMode(text);
  if (!mode) {
    node.error("requires mode constant, reflect, edge or wrap, but found " + text);
    return;
  }
  int64_t rank = node.getRank(0);
  Shape starts(rank, 0), extents(node.getShape(0)), steps(rank, 1), below(rank, 0), above(rank, 0);
  for (int64_t i = 0; i < rank; ++i) {
    if (std::max(std::abs(low[i]), std::abs(high[i])) > cnn::kMaxElements || low[i] == INT64_MIN ||
        high[i] == INT64_MIN) {
      node.error("requires pads that are not huge, but found " + llvm::Twine(low[i]) + " and " + llvm::Twine(high[i]));
      return;
    }
    starts[i] = std::max<int64_t>(0, -low[i]);
    extents[i] += std::min<int64_t>(0, low[i]) + std::min<int64_t>(0, high[i]);
    below[i] = std::max<int64_t>(0, low[i]);
    above[i] = std::max<int64_t>(0, high[i]);
    if (extents[i] < 1 && (starts[i] || high[i] < 0)) {
      node.error("requires pads that leave something of dimension " + llvm::Twine(i) + ", but found " +
                 llvm::Twine(low[i]) + " and " + llvm::Twine(high[i]));
      return;
    }
  }
  Value input = emitSlice(node, node.getInput(0), starts, extents, steps);
  std::string reason;
  cnn::ShapeOr shape = cnn::inferPad(extents, below, above, reason);
  if (failed(shape))
    node.error(reason);
  if (node.hasFailed() || !input)
    return;
  auto type = RankedTensorType::get(*shape, getElement(input));
  bool isIdentity = ShapeRef(extents) == ShapeRef(*shape);
  Value result =
      isIdentity ? input : cnn::PadOp::create(node.builder, node.location, type, input, below, above, *mode, value);
  node.setResult(0, result, node.getType(0));
}

static TypedAttr getFill(Node &node, double value) {
  Type element = getElement(node.getInput(0));
  if (isa<FloatType>(element))
    return FloatAttr::get(element, value);
  return IntegerAttr::get(element, static_cast<int64_t>(value));
}

void cnnc::importing::importPadByAttributes(Node &node) {
  std::optional<Shape> pads = node.getIntegers(node.opset < 2 ? "paddings" : "pads");
  size_t rank = node.getRank(0);
  if (!pads || pads->size() != 2 * rank) {
    node.error("requires " + llvm::Twine(2 * rank) + " pads, but found " + llvm::Twine(pads ? pads->size() : 0));
    return;
  }
  pad(node, ShapeRef(*pads).take_front(rank), ShapeRef(*pads).drop_front(rank),
      getFill(node, node.getReal("value", 0)));
}

void cnnc::importing::importPad(Node &node) {
  size_t rank = node.getRank(0);
  std::optional<Shape> pads = node.getConstantIntegers(1, "pads");
  std::optional<Shape> axes = node.hasInput(3) ? node.getConstantIntegers(3, "axes") : std::nullopt;
  if (!pads || node.hasFailed())
    return;
  if (!axes)
    axes = getDims(0, rank);
  if (pads->size() != 2 * axes->size()) {
    node.error("requires " + llvm::Twine(2 * axes->size()) + " pads, but found " + llvm::Twine(pads->size()));
    return;
  }
  Shape low(rank, 0), high(rank, 0);
  for (auto [index, given] : llvm::enumerate(*axes)) {
    std::optional<int64_t> axis = node.getAxis(given, rank);
    if (!axis)
      return;
    low[*axis] = (*pads)[index];
    high[*axis] = (*pads)[axes->size() + index];
  }
  TypedAttr fill = getFill(node, 0);
  if (node.hasInput(2)) {
    auto constant = node.getInput(2).getDefiningOp<arith::ConstantOp>();
    auto elements = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
    if (!elements || elements.getNumElements() != 1 || elements.getElementType() != fill.getType()) {
      node.error("requires constant_value to be a constant scalar of the input's type");
      return;
    }
    fill = cast<TypedAttr>(*elements.value_begin<Attribute>());
  }
  pad(node, low, high, fill);
}

/// One constant index is a slice; others stay a gather.
void cnnc::importing::importGather(Node &node) {
  std::optional<int64_t> axis = node.getAxis(node.getInteger("axis", 0), node.getRank(0));
  if (!axis)
    return;
  if (!node.getType(1).isInteger() || node.getType(1).isUnsigned()) {
    node.error("requires signed integers as indices, but found " + node.getType(1).getName());
    return;
  }
  std::string reason;
  cnn::ShapeOr shape = cnn::inferGather(node.getShape(0), node.getShape(1), *axis, reason);
  if (failed(shape)) {
    node.error(reason);
    return;
  }
  int64_t extent = node.getShape(0)[*axis];
  std::optional<Shape> indices;
  if (node.isConstant(1))
    indices = node.getConstantIntegers(1, "indices");
  if (node.hasFailed())
    return;
  for (int64_t index : indices.value_or(Shape()))
    if (index < -extent || index >= extent) {
      node.error("requires indices in [" + llvm::Twine(-extent) + ", " + llvm::Twine(extent) + "), but found " +
                 llvm::Twine(index));
      return;
    }
  Value result;
  if (indices && indices->size() == 1) {
    int64_t index = indices->front() < 0 ? indices->front() + extent : indices->front();
    result = emitReshape(node, takeRange(node, *axis, index, 1), *shape);
  } else {
    auto type = RankedTensorType::get(*shape, getElement(node.getInput(0)));
    result = cnn::GatherOp::create(node.builder, node.location, type, node.getInput(0), node.getInput(1), *axis);
  }
  node.setResult(0, result, node.getType(0));
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conv and ConvTranspose.
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"
#include "compiler/import/Windows.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

/// The filter's rank must be the input's, it must be a constant, and everything a float.
static bool checkOperands(Node &node) {
  ShapeRef input = node.getShape(0), filter = node.getShape(1);
  if (input.size() < 3)
    node.error("requires an input of rank 3 or more, but found " + cnn::toString(input));
  else if (filter.size() != input.size())
    node.error("requires a filter of rank " + llvm::Twine(input.size()) + ", but found " + cnn::toString(filter));
  else if (!node.getType(0).isFloat() || !node.getType(1).isFloat())
    node.error("requires floats, but found " + node.getType(0).getName() + " and " + node.getType(1).getName());
  else if (getElement(node.getInput(0)) != getElement(node.getInput(1)))
    node.error("requires operands of one type, but found " + node.getType(0).getName() + " and " +
               node.getType(1).getName());
  return !node.hasFailed();
}

static bool checkBias(Node &node, int64_t channels) {
  if (node.hasInput(2) && node.getShape(2) != ShapeRef(channels))
    node.error("requires a bias of shape " + llvm::Twine(channels) + ", but found " + cnn::toString(node.getShape(2)));
  return !node.hasFailed();
}

/// A bias that is no constant is added by a map.
static void finish(Node &node, Value result) {
  if (node.hasInput(2) && !node.isWeight(2)) {
    Value bias = emitAlong(node, node.getInput(2), 1, node.getRank(0));
    result =
        emitMap(node, {result, bias}, getElement(result), [](Scalars &s, ValueRange x) { return s.add(x[0], x[1]); });
  }
  node.setResult(0, result, node.getType(0));
}

void cnnc::importing::importConv(Node &node) {
  if (!checkOperands(node))
    return;
  ShapeRef filter = node.getShape(1);
  std::optional<cnn::Window> window = readPaddedWindow(node, filter.drop_front(2));
  int64_t group = node.getInteger("group", 1);
  if (!window || !checkBias(node, filter[0]))
    return;
  std::string reason;
  cnn::ShapeOr shape = cnn::inferConv(node.getShape(0), filter, *window, group, reason);
  if (failed(shape)) {
    node.error(reason);
    return;
  }
  auto type = RankedTensorType::get(*shape, getElement(node.getInput(0)));
  Value bias = node.isWeight(2) ? node.getInput(2) : Value();
  finish(node, cnn::ConvOp::create(node.builder, node.location, type, node.getInput(0), node.getInput(1), bias,
                                   ValueRange(), window->strides, window->dilations, window->pads, group,
                                   cnn::AlgorithmAttr(), IntegerAttr()));
}

/// ONNX: with output_shape, or with auto_pad SAME (extent = input * stride), the pads are what is too much. VALID has
/// none.
static void resolvePads(Node &node, cnn::TransposedWindow &window) {
  ShapeRef input = node.getShape(0).drop_front(2);
  size_t spatial = input.size();
  std::optional<cnn::AutoPad> autoPad = readAutoPad(node);
  std::optional<Shape> target = node.getIntegers("output_shape");
  if (!autoPad)
    return;
  // Early models write the whole shape with batch and channels.
  if (target && target->size() == spatial + 2)
    target->erase(target->begin(), target->begin() + 2);
  if (target && target->empty())
    target.reset();
  if (target && target->size() != spatial) {
    node.error("requires " + llvm::Twine(spatial) + " output_shape entries, but found " + llvm::Twine(target->size()));
    return;
  }
  bool isSame = *autoPad == cnn::AutoPad::SameUpper || *autoPad == cnn::AutoPad::SameLower;
  if (*autoPad == cnn::AutoPad::Valid)
    window.pads.assign(2 * spatial, 0);
  for (size_t i = 0; i < spatial && (target || isSame); ++i) {
    if (!node.checkBounds("strides", window.strides[i], 1) || !node.checkBounds("dilations", window.dilations[i], 1) ||
        !node.checkBounds("kernel extents", window.kernel[i], 1))
      return;
    int64_t full =
        (input[i] - 1) * window.strides[i] + window.outputPadding[i] + (window.kernel[i] - 1) * window.dilations[i] + 1;
    int64_t wanted = target ? (*target)[i] : input[i] * window.strides[i];
    if (!node.checkBounds("output_shape entries", wanted, 1))
      return;
    // A result wider than the full one is padded at its end.
    if (wanted > full) {
      window.outputPadding[i] += wanted - full;
      full = wanted;
    }
    int64_t total = full - wanted, less = total / 2;
    bool beginsWithLess = *autoPad == cnn::AutoPad::SameUpper;
    window.pads[i] = beginsWithLess ? less : total - less;
    window.pads[spatial + i] = beginsWithLess ? total - less : less;
  }
}

void cnnc::importing::importConvTranspose(Node &node) {
  if (!checkOperands(node))
    return;
  ShapeRef filter = node.getShape(1);
  size_t spatial = filter.size() - 2;
  std::optional<cnn::Window> plain = readWindow(node, spatial, filter.drop_front(2));
  int64_t group = node.getInteger("group", 1);
  if (!plain)
    return;
  cnn::TransposedWindow window;
  static_cast<cnn::Window &>(window) = *plain;
  window.outputPadding = node.getIntegers("output_padding").value_or(Shape(spatial, 0));
  if (window.outputPadding.empty())
    window.outputPadding.assign(spatial, 0);
  if (window.outputPadding.size() != spatial) {
    node.error("requires " + llvm::Twine(spatial) + " output_padding entries, but found " +
               llvm::Twine(window.outputPadding.size()));
    return;
  }
  for (int64_t entry : window.outputPadding)
    if (!node.checkBounds("output_padding", entry, 0))
      return;
  resolvePads(node, window);
  if (node.hasFailed())
    return;
  std::string reason;
  cnn::ShapeOr shape = cnn::inferConvTranspose(node.getShape(0), filter, window, group, reason);
  if (failed(shape)) {
    node.error(reason);
    return;
  }
  int64_t phases = 1;
  for (auto [stride, extent] : llvm::zip_equal(window.strides, ShapeRef(*shape).drop_front(2)))
    phases *= std::min(stride, extent);
  if (!checkBias(node, (*shape)[1]) || !node.takePhases(phases))
    return;
  auto type = RankedTensorType::get(*shape, getElement(node.getInput(0)));
  Value bias = node.isWeight(2) ? node.getInput(2) : Value();
  finish(node, cnn::ConvTransposeOp::create(node.builder, node.location, type, node.getInput(0), node.getInput(1), bias,
                                            ValueRange(), window.strides, window.dilations, window.pads,
                                            window.outputPadding, group, cnn::AlgorithmAttr()));
}

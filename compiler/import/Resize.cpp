// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Resize and its forerunner Upsample.
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"

#include <cmath>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

namespace {

struct Resize {
  Shape shape;
  SmallVector<double> scales;
  std::optional<SmallVector<double>> roi;
  cnn::ResizeMode mode = cnn::ResizeMode::nearest;
  std::string coordinates = "asymmetric", nearest = "floor";
};

} // namespace

static bool readMode(Node &node, Resize &resize) {
  std::string text = node.getString("mode", "nearest");
  std::optional<cnn::ResizeMode> mode = text == "bilinear" ? cnn::ResizeMode::linear : cnn::symbolizeResizeMode(text);
  if (!mode) {
    node.error("requires mode nearest, linear or cubic, but found " + text);
    return false;
  }
  if (*mode != cnn::ResizeMode::nearest && !node.getType(0).isFloat())
    node.error("requires floats for mode " + text + ", but found " + node.getType(0).getName());
  resize.mode = *mode;
  return !node.hasFailed();
}

/// Extents are floor(extent * scale). Another one that the model declares, and that rounds right as well, wins.
static bool applyScales(Node &node, ShapeRef axes, ArrayRef<double> scales, Resize &resize) {
  if (scales.size() != axes.size()) {
    node.error("requires " + llvm::Twine(axes.size()) + " scales, but found " + llvm::Twine(scales.size()));
    return false;
  }
  std::optional<Shape> declared = node.getDeclaredShape(0);
  for (auto [axis, scale] : llvm::zip(axes, scales)) {
    int64_t input = resize.shape[axis];
    double extent = cnn::getResizedExtent(input, static_cast<float>(scale));
    if (declared && declared->size() == resize.shape.size() && (*declared)[axis] > 0 &&
        cnn::isResizedExtent(input, static_cast<float>(scale), (*declared)[axis]))
      extent = static_cast<double>((*declared)[axis]);
    if (!(scale > 0) || !(extent >= 1) || extent > cnn::kMaxElements) {
      bool isLarge = extent > cnn::kMaxElements;
      node.error("requires scales that give " +
                 (isLarge ? "at most " + llvm::Twine(cnn::kMaxElements) + " elements" : "at least one element") +
                 ", but found " + llvm::Twine(std::to_string(scale)));
      return false;
    }
    resize.scales[axis] = scale;
    resize.shape[axis] = static_cast<int64_t>(extent);
  }
  return true;
}

static bool applySizes(Node &node, ShapeRef axes, ShapeRef sizes, Resize &resize) {
  if (sizes.size() != axes.size()) {
    node.error("requires " + llvm::Twine(axes.size()) + " sizes, but found " + llvm::Twine(sizes.size()));
    return false;
  }
  for (auto [axis, size] : llvm::zip(axes, sizes)) {
    if (!node.checkBounds("sizes", size, 1) || !node.checkBounds("input extents", resize.shape[axis], 1))
      return false;
    resize.scales[axis] = static_cast<double>(size) / static_cast<double>(resize.shape[axis]);
  }
  std::string policy = node.opset >= 18 ? node.getString("keep_aspect_ratio_policy", "stretch") : "stretch";
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller") {
    node.error("requires keep_aspect_ratio_policy stretch, not_larger or not_smaller, but found " + policy);
    return false;
  }
  if (policy == "stretch") {
    for (auto [axis, size] : llvm::zip(axes, sizes))
      resize.shape[axis] = size;
    return true;
  }
  double common = resize.scales[axes.front()];
  for (int64_t axis : axes)
    common = policy == "not_larger" ? std::min(common, resize.scales[axis]) : std::max(common, resize.scales[axis]);
  for (int64_t axis : axes) {
    resize.scales[axis] = common;
    resize.shape[axis] = std::max<int64_t>(1, std::llround(common * static_cast<double>(resize.shape[axis])));
  }
  return true;
}

static void finish(Node &node, const Resize &resize) {
  std::string reason;
  if (failed(cnn::checkShape(resize.shape, reason))) {
    node.error(reason);
    return;
  }
  Value input = node.getInput(0);
  OpBuilder &b = node.builder;
  auto type = RankedTensorType::get(resize.shape, getElement(input));
  DenseF64ArrayAttr roi = resize.roi ? b.getDenseF64ArrayAttr(*resize.roi) : DenseF64ArrayAttr();
  bool excludes = node.getInteger("exclude_outside", 0) != 0, antialias = node.getInteger("antialias", 0) != 0;
  double extrapolation = node.getReal("extrapolation_value", 0), cubic = node.getReal("cubic_coeff_a", -0.75);
  Value result = cnn::ResizeOp::create(
      b, node.location, type, input, cnn::ResizeModeAttr::get(b.getContext(), resize.mode),
      b.getStringAttr(resize.coordinates), b.getStringAttr(resize.nearest), b.getDenseF64ArrayAttr(resize.scales), roi,
      b.getF64FloatAttr(cubic), excludes ? b.getUnitAttr() : UnitAttr(), antialias ? b.getUnitAttr() : UnitAttr(),
      b.getF64FloatAttr(extrapolation));
  node.setResult(0, result, node.getType(0));
}

static Resize start(Node &node) {
  Resize resize;
  resize.shape = Shape(node.getShape(0));
  resize.scales.assign(resize.shape.size(), 1);
  return resize;
}

/// Upsample, and Resize as it was in opset 10: asymmetric coordinates, nearest means floor.
void cnnc::importing::importUpsample(Node &node) {
  Resize resize = start(node);
  std::optional<SmallVector<double>> scales =
      node.opset < 9 ? node.getReals("scales") : node.getConstantReals(1, "scales");
  if (!scales) {
    node.error("requires scales");
    return;
  }
  Shape axes = getDims(0, node.getRank(0));
  if (readMode(node, resize) && applyScales(node, axes, *scales, resize))
    finish(node, resize);
}

static std::optional<Shape> readAxes(Node &node) {
  Shape axes = getDims(0, node.getRank(0));
  std::optional<Shape> given = node.opset >= 18 ? node.getIntegers("axes") : std::nullopt;
  if (!given)
    return axes;
  for (auto [index, axis] : llvm::enumerate(*given)) {
    std::optional<int64_t> normal = node.getAxis(axis, axes.size());
    if (!normal)
      return std::nullopt;
    if (llvm::is_contained(ShapeRef(*given).take_front(index), *normal))
      return node.error("requires distinct axes, but found " + llvm::Twine(axis) + " twice");
    (*given)[index] = *normal;
  }
  if (given->empty())
    return node.error("requires at least one axis");
  return given;
}

/// The roi lists all starts, then all ends, of `axes`; other dimensions are whole.
static void readRoi(Node &node, ShapeRef axes, Resize &resize) {
  std::optional<SmallVector<double>> given = node.getConstantReals(1, "roi");
  if (!given || given->size() != 2 * axes.size()) {
    node.error("requires a roi of " + llvm::Twine(2 * axes.size()) + " entries");
    return;
  }
  size_t rank = resize.shape.size();
  resize.roi.emplace(2 * rank, 0);
  for (size_t i = 0; i < rank; ++i)
    (*resize.roi)[rank + i] = 1;
  for (auto [index, axis] : llvm::enumerate(axes)) {
    (*resize.roi)[axis] = (*given)[index];
    (*resize.roi)[rank + axis] = (*given)[axes.size() + index];
  }
}

void cnnc::importing::importResize(Node &node) {
  Resize resize = start(node);
  std::optional<Shape> axes = readAxes(node);
  if (!axes || !readMode(node, resize))
    return;
  resize.coordinates = node.getString("coordinate_transformation_mode", "half_pixel");
  resize.nearest = node.getString("nearest_mode", "round_prefer_floor");
  constexpr StringRef coordinates[] = {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",  "align_corners",
                                       "asymmetric", "tf_crop_and_resize",   "tf_half_pixel_for_nn"};
  constexpr StringRef nearest[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
  if (!llvm::is_contained(coordinates, resize.coordinates) || !llvm::is_contained(nearest, resize.nearest)) {
    node.error("does not know coordinate_transformation_mode " + resize.coordinates + " with nearest_mode " +
               resize.nearest);
    return;
  }
  if (resize.coordinates == "tf_crop_and_resize")
    readRoi(node, *axes, resize);
  // In opset 11 and 12 scales is present but empty where sizes are given.
  bool hasScales = node.hasInput(2) && cnn::getElementCount(node.getShape(2)).value_or(0) > 0;
  bool hasSizes = node.hasInput(3);
  if (hasScales == hasSizes) {
    node.error("requires either scales or sizes");
    return;
  }
  bool applied = false;
  if (hasScales) {
    std::optional<SmallVector<double>> scales = node.getConstantReals(2, "scales");
    applied = scales && applyScales(node, *axes, *scales, resize);
  } else {
    std::optional<Shape> sizes = node.getConstantIntegers(3, "sizes");
    applied = sizes && applySizes(node, *axes, *sizes, resize);
  }
  if (applied && !node.hasFailed())
    finish(node, resize);
}

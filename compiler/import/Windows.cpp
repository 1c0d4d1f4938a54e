// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/Windows.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

std::optional<cnn::Window> cnnc::importing::readWindow(Node &node, int64_t spatial, ShapeRef kernel) {
  cnn::Window window;
  window.kernel = node.getIntegers("kernel_shape").value_or(Shape(kernel));
  window.strides = node.getIntegers("strides").value_or(Shape(spatial, 1));
  window.dilations = node.getIntegers("dilations").value_or(Shape(spatial, 1));
  window.pads = node.getIntegers("pads").value_or(Shape(2 * spatial, 0));
  // Some exporters write empty lists for the default.
  if (window.strides.empty())
    window.strides.assign(spatial, 1);
  if (window.dilations.empty())
    window.dilations.assign(spatial, 1);
  if (window.pads.empty())
    window.pads.assign(2 * spatial, 0);
  auto require = [&](ShapeRef list, int64_t count, StringRef name) {
    if (static_cast<int64_t>(list.size()) != count)
      node.error("requires " + llvm::Twine(count) + " " + name + ", but found " + llvm::Twine(list.size()));
  };
  require(window.kernel, spatial, "kernel_shape entries");
  require(window.strides, spatial, "strides");
  require(window.dilations, spatial, "dilations");
  require(window.pads, 2 * spatial, "pads");
  if (node.hasFailed())
    return std::nullopt;
  return window;
}

std::optional<cnn::AutoPad> cnnc::importing::readAutoPad(Node &node) {
  std::string text = node.getString("auto_pad", "NOTSET");
  std::optional<cnn::AutoPad> autoPad = llvm::StringSwitch<std::optional<cnn::AutoPad>>(text)
                                            .Cases({"NOTSET", ""}, cnn::AutoPad::NotSet)
                                            .Case("SAME_UPPER", cnn::AutoPad::SameUpper)
                                            .Case("SAME_LOWER", cnn::AutoPad::SameLower)
                                            .Case("VALID", cnn::AutoPad::Valid)
                                            .Default(std::nullopt);
  if (!autoPad)
    node.error("requires auto_pad NOTSET, SAME_UPPER, SAME_LOWER or VALID, but found " + text);
  return autoPad;
}

std::optional<cnn::Window> cnnc::importing::readPaddedWindow(Node &node, ShapeRef kernel) {
  ShapeRef input = node.getShape(0);
  if (input.size() < 3)
    return node.error("requires an input of rank 3 or more, but found " + cnn::toString(input));
  std::optional<cnn::Window> window = readWindow(node, input.size() - 2, kernel);
  std::optional<cnn::AutoPad> autoPad = readAutoPad(node);
  if (!window || !autoPad)
    return std::nullopt;
  std::string reason;
  if (failed(cnn::resolveAutoPad(input.drop_front(2), *autoPad, *window, reason)))
    return node.error(reason);
  return window;
}

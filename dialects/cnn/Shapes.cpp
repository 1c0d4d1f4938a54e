// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Shapes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace cnnc::cnn;

static LogicalResult fail(std::string &reason, const Twine &message) {
  reason = message.str();
  return failure();
}

std::string cnnc::cnn::toString(ShapeRef shape) {
  if (shape.empty())
    return "scalar";
  constexpr size_t kShown = 16;
  auto shown = llvm::map_range(shape.take_front(kShown), [](int64_t extent) { return std::to_string(extent); });
  return llvm::join(shown, "x") +
         (shape.size() > kShown ? "x... (" + std::to_string(shape.size()) + " entries)" : std::string());
}

std::optional<int64_t> cnnc::cnn::getElementCount(ShapeRef shape) {
  int64_t count = 1;
  bool isEmpty = false;
  for (int64_t extent : shape) {
    if (extent < 0)
      return std::nullopt;
    // Zero extents are left out of the product, so that they hide no overflow of the others.
    isEmpty |= extent == 0;
    std::optional<int64_t> product = llvm::checkedMul<int64_t>(count, extent ? extent : 1);
    if (!product || *product > kMaxElements)
      return std::nullopt;
    count = *product;
  }
  return isEmpty ? 0 : count;
}

LogicalResult cnnc::cnn::checkBounds(StringRef name, int64_t value, int64_t minimum, std::string &reason) {
  if (value < minimum)
    return fail(reason, "requires " + name + " of at least " + Twine(minimum) + ", but found " + Twine(value));
  if (value > kMaxElements)
    return fail(reason, "requires " + name + " of at most " + Twine(kMaxElements) + ", but found " + Twine(value));
  return success();
}

LogicalResult cnnc::cnn::checkShape(ShapeRef shape, std::string &reason) {
  if (llvm::any_of(shape, [](int64_t extent) { return extent < 0; }))
    return fail(reason, "requires extents that are not negative, but found " + toString(shape));
  if (shape.size() > kMaxRank)
    return fail(reason, "requires at most " + Twine(kMaxRank) + " dimensions, but found " + toString(shape));
  if (!getElementCount(shape))
    return fail(reason, "requires at most " + Twine(kMaxElements) + " elements, but found " + toString(shape));
  return success();
}

static ShapeOr checked(Shape shape, std::string &reason) {
  if (failed(checkShape(shape, reason)))
    return failure();
  return shape;
}

std::optional<int64_t> cnnc::cnn::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return std::nullopt;
  return axis < 0 ? axis + rank : axis;
}

/// (kernel - 1) * dilation + 1.
static std::optional<int64_t> getReach(const WindowDim &dim) {
  std::optional<int64_t> reach = llvm::checkedMul<int64_t>(dim.kernel - 1, dim.dilation);
  return reach ? llvm::checkedAdd<int64_t>(*reach, 1) : std::nullopt;
}

std::optional<int64_t> cnnc::cnn::getWindowExtent(const WindowDim &dim, bool ceilMode) {
  std::optional<int64_t> reach = getReach(dim), padded = llvm::checkedAdd(dim.input, dim.begin);
  padded = padded ? llvm::checkedAdd(*padded, dim.end) : std::nullopt;
  if (!reach || !padded || *padded < 1)
    return std::nullopt;
  std::optional<int64_t> room = llvm::checkedSub(*padded, *reach);
  if (!room || (*room < 0 && (!ceilMode || *room <= -dim.stride)))
    return std::nullopt;
  if (!ceilMode)
    return *room / dim.stride + 1;
  int64_t extent = *room < 0 ? 1 : *room / dim.stride + (*room % dim.stride != 0) + 1;
  // A window that would begin in the trailing pad sees nothing of the input and is dropped.
  if (extent > 1 && (extent - 1) * dim.stride >= dim.input + dim.begin)
    --extent;
  return extent;
}

static LogicalResult checkWindow(const Window &window, int64_t spatial, std::string &reason) {
  auto require = [&](ShapeRef list, int64_t count, StringRef name, int64_t minimum) -> LogicalResult {
    if (static_cast<int64_t>(list.size()) != count)
      return fail(reason, "requires " + Twine(count) + " " + name + ", but found " + Twine(list.size()));
    return success(
        llvm::all_of(list, [&](int64_t entry) { return succeeded(checkBounds(name, entry, minimum, reason)); }));
  };
  return success(succeeded(require(window.kernel, spatial, "kernel extents", 1)) &&
                 succeeded(require(window.strides, spatial, "strides", 1)) &&
                 succeeded(require(window.dilations, spatial, "dilations", 1)) &&
                 succeeded(require(window.pads, 2 * spatial, "pads", 0)));
}

LogicalResult cnnc::cnn::resolveAutoPad(ShapeRef input, AutoPad autoPad, Window &window, std::string &reason) {
  size_t spatial = input.size();
  if (autoPad == AutoPad::NotSet)
    return success();
  window.pads.assign(2 * spatial, 0);
  if (failed(checkWindow(window, spatial, reason)))
    return failure();
  if (autoPad == AutoPad::Valid)
    return success();
  for (size_t i = 0; i < spatial; ++i) {
    // The result has ceil(input / stride) elements, and the pads are what its windows lack.
    WindowDim dim = {input[i], window.kernel[i], window.strides[i], window.dilations[i], 0, 0};
    std::optional<int64_t> reach = getReach(dim);
    if (!reach || input[i] < 1)
      return fail(reason, "requires a window that fits dimension " + Twine(i + 2));
    int64_t extent = llvm::divideCeil(input[i], dim.stride);
    int64_t total = std::max<int64_t>(0, (extent - 1) * dim.stride + *reach - input[i]);
    int64_t less = total / 2, more = total - less;
    window.pads[i] = autoPad == AutoPad::SameUpper ? less : more;
    window.pads[spatial + i] = autoPad == AutoPad::SameUpper ? more : less;
  }
  return success();
}

/// Appends the spatial extents of a sliding window to `result`.
static LogicalResult appendWindows(ShapeRef input, const Window &window, bool ceilMode, Shape &result,
                                   std::string &reason) {
  int64_t spatial = input.size() - 2;
  if (failed(checkWindow(window, spatial, reason)))
    return failure();
  for (int64_t i = 0; i < spatial; ++i) {
    WindowDim dim = {input[i + 2],        window.kernel[i], window.strides[i],
                     window.dilations[i], window.pads[i],   window.pads[spatial + i]};
    std::optional<int64_t> extent = getWindowExtent(dim, ceilMode);
    if (!extent)
      return fail(reason, "requires a window that fits the padded input, but found kernel " + toString(window.kernel) +
                              " with dilations " + toString(window.dilations) + " and pads " + toString(window.pads) +
                              " over " + toString(input));
    result.push_back(*extent);
  }
  return success();
}

static LogicalResult checkConv(ShapeRef input, ShapeRef filter, int64_t group, std::string &reason) {
  if (input.size() < 2)
    return fail(reason, "requires an input of rank 2 or more, but found " + toString(input));
  if (filter.size() != input.size())
    return fail(reason, "requires a filter of rank " + Twine(input.size()) + ", but found " + toString(filter));
  if (group < 1)
    return fail(reason, "requires a positive group, but found " + Twine(group));
  return success();
}

ShapeOr cnnc::cnn::inferConv(ShapeRef input, ShapeRef filter, const Window &window, int64_t group,
                             std::string &reason) {
  if (failed(checkConv(input, filter, group, reason)))
    return failure();
  if (input[1] % group || input[1] / group != filter[1])
    return fail(reason, "requires " + Twine(filter[1]) + " input channels in each of " + Twine(group) +
                            " groups, but found " + Twine(input[1]) + " channels");
  if (filter[0] % group)
    return fail(reason,
                "requires output channels divisible by group " + Twine(group) + ", but found " + Twine(filter[0]));
  if (ShapeRef(window.kernel) != filter.drop_front(2))
    return fail(reason, "requires kernel_shape " + toString(filter.drop_front(2)) + " as the filter, but found " +
                            toString(window.kernel));
  Shape result = {input[0], filter[0]};
  if (failed(appendWindows(input, window, /*ceilMode=*/false, result, reason)))
    return failure();
  return checked(result, reason);
}

ShapeOr cnnc::cnn::inferConvTranspose(ShapeRef input, ShapeRef filter, const TransposedWindow &window, int64_t group,
                                      std::string &reason) {
  if (failed(checkConv(input, filter, group, reason)))
    return failure();
  if (input[1] != filter[0] || filter[0] % group)
    return fail(reason, "requires " + Twine(filter[0]) + " input channels, a multiple of group " + Twine(group) +
                            ", but found " + Twine(input[1]));
  if (ShapeRef(window.kernel) != filter.drop_front(2))
    return fail(reason, "requires kernel_shape " + toString(filter.drop_front(2)) + " as the filter, but found " +
                            toString(window.kernel));
  int64_t spatial = input.size() - 2;
  if (failed(checkWindow(window, spatial, reason)))
    return failure();
  if (static_cast<int64_t>(window.outputPadding.size()) != spatial)
    return fail(reason, "requires " + Twine(spatial) + " output_padding entries, but found " +
                            Twine(window.outputPadding.size()));
  if (filter[1] > kMaxElements / group)
    return fail(reason, "requires fewer output channels, but found " + Twine(filter[1]) + " in each group");
  Shape result = {input[0], filter[1] * group};
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t padding = window.outputPadding[i];
    if (padding < 0 || padding >= std::max(window.strides[i], window.dilations[i]))
      return fail(reason, "requires output_padding below stride or dilation, but found " + Twine(padding));
    // Every factor is below 2^31, so that the products fit.
    int64_t extent = (input[i + 2] - 1) * window.strides[i] + padding + (window.kernel[i] - 1) * window.dilations[i] +
                     1 - window.pads[i] - window.pads[spatial + i];
    if (extent < 1)
      return fail(reason, "requires pads smaller than the result, but found " + toString(window.pads));
    result.push_back(extent);
  }
  return checked(result, reason);
}

ShapeOr cnnc::cnn::inferPool(ShapeRef input, const Window &window, bool ceilMode, std::string &reason) {
  if (input.size() < 3)
    return fail(reason, "requires an input of rank 3 or more, but found " + toString(input));
  Shape result = {input[0], input[1]};
  if (failed(appendWindows(input, window, ceilMode, result, reason)))
    return failure();
  return checked(result, reason);
}

ShapeOr cnnc::cnn::inferBroadcast(ShapeRef left, ShapeRef right, std::string &reason) {
  Shape result(std::max(left.size(), right.size()), 1);
  for (ShapeRef shape : {left, right})
    for (size_t i = 0; i < shape.size(); ++i) {
      int64_t &extent = result[result.size() - 1 - i], other = shape[shape.size() - 1 - i];
      if (extent != other && extent != 1 && other != 1)
        return fail(reason, "requires shapes that broadcast, but found " + toString(left) + " and " + toString(right));
      extent = extent == 1 ? other : extent;
    }
  return checked(result, reason);
}

bool cnnc::cnn::isBroadcastable(ShapeRef from, ShapeRef to) {
  return from.size() == to.size() && llvm::all_of(llvm::zip(from, to), [](auto pair) {
           return std::get<0>(pair) == std::get<1>(pair) || std::get<0>(pair) == 1;
         });
}

ShapeOr cnnc::cnn::inferMatMul(ShapeRef lhs, ShapeRef rhs, std::string &reason) {
  size_t rank = lhs.size();
  if (rank < 2 || rhs.size() != rank)
    return fail(reason,
                "requires two tensors of one rank of at least 2, but found " + toString(lhs) + " and " + toString(rhs));
  if (lhs[rank - 1] != rhs[rank - 2])
    return fail(reason, "requires equal inner extents, but found " + toString(lhs) + " and " + toString(rhs));
  ShapeOr result = inferBroadcast(lhs.drop_back(2), rhs.drop_back(2), reason);
  if (failed(result))
    return failure();
  result->push_back(lhs[rank - 2]);
  result->push_back(rhs[rank - 1]);
  return checked(*result, reason);
}

ShapeOr cnnc::cnn::inferConcat(ArrayRef<ShapeRef> inputs, int64_t axis, std::string &reason) {
  if (inputs.empty())
    return fail(reason, "requires at least 1 input");
  Shape result(inputs.front());
  if (axis < 0 || axis >= static_cast<int64_t>(result.size()))
    return fail(reason, "requires an axis below rank " + Twine(result.size()) + ", but found " + Twine(axis));
  for (ShapeRef input : inputs.drop_front()) {
    for (size_t i = 0; i < result.size(); ++i)
      if (input.size() != result.size() || (static_cast<int64_t>(i) != axis && input[i] != result[i]))
        return fail(reason, "requires inputs equal but along axis " + Twine(axis) + ", but found " +
                                toString(inputs.front()) + " and " + toString(input));
    std::optional<int64_t> sum = llvm::checkedAdd(result[axis], input[axis]);
    if (!sum)
      return fail(reason, "requires a smaller sum of extents along axis " + Twine(axis));
    result[axis] = *sum;
  }
  return checked(result, reason);
}

ShapeOr cnnc::cnn::inferTranspose(ShapeRef input, ShapeRef permutation, std::string &reason) {
  Shape sorted(permutation);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, input.size())))
    return fail(reason,
                "requires a permutation of " + Twine(input.size()) + " dimensions, but found " + toString(permutation));
  return Shape(llvm::map_range(permutation, [&](int64_t dim) { return input[dim]; }));
}

ShapeOr cnnc::cnn::inferPad(ShapeRef input, ShapeRef low, ShapeRef high, std::string &reason) {
  if (low.size() != input.size() || high.size() != input.size())
    return fail(reason, "requires " + Twine(2 * input.size()) + " pads, but found " + Twine(low.size() + high.size()));
  Shape result;
  for (size_t i = 0; i < input.size(); ++i) {
    if (failed(checkBounds("pads", low[i], 0, reason)) || failed(checkBounds("pads", high[i], 0, reason)))
      return failure();
    result.push_back(input[i] + low[i] + high[i]);
  }
  return checked(result, reason);
}

ShapeOr cnnc::cnn::inferGather(ShapeRef input, ShapeRef indices, int64_t axis, std::string &reason) {
  if (axis < 0 || axis >= static_cast<int64_t>(input.size()))
    return fail(reason, "requires an axis below rank " + Twine(input.size()) + ", but found " + Twine(axis));
  Shape result(input.take_front(axis));
  llvm::append_range(result, indices);
  llvm::append_range(result, input.drop_front(axis + 1));
  return checked(result, reason);
}

ShapeOr cnnc::cnn::inferReduce(ShapeRef input, ShapeRef axes, std::string &reason) {
  Shape result(input);
  llvm::SmallVector<bool> seen(input.size(), false);
  for (int64_t axis : axes) {
    if (axis < 0 || axis >= static_cast<int64_t>(input.size()))
      return fail(reason, "requires axes below rank " + Twine(input.size()) + ", but found " + Twine(axis));
    if (seen[axis])
      return fail(reason, "requires distinct axes, but found " + Twine(axis) + " twice");
    seen[axis] = true;
    result[axis] = 1;
  }
  return result;
}

FailureOr<SliceDim> cnnc::cnn::inferSliceDim(int64_t extent, int64_t start, int64_t end, int64_t step,
                                             std::string &reason) {
  if (step == 0)
    return fail(reason, "requires steps other than 0");
  auto clamp = [&](int64_t bound, int64_t low, int64_t high) {
    bound = bound < 0 && bound >= -extent ? bound + extent : bound;
    return std::clamp(bound, low, high);
  };
  // What is still negative lies before the first element.
  start = step > 0 ? clamp(start, 0, extent) : clamp(start, extent ? 0 : -1, extent - 1);
  end = step > 0 ? clamp(end, 0, extent) : clamp(end, -1, extent - 1);
  int64_t span = step > 0 ? end - start : start - end;
  uint64_t stride = step > 0 ? step : -static_cast<uint64_t>(step);
  int64_t count = span <= 0 ? 0 : static_cast<int64_t>((static_cast<uint64_t>(span) - 1) / stride) + 1;
  return SliceDim{start, count, count <= 1 ? (step > 0 ? 1 : -1) : step};
}

double cnnc::cnn::getResizedExtent(int64_t extent, float scale) {
  // A variable, so that no compiler keeps more digits.
  const float product = static_cast<float>(extent) * scale;
  return std::floor(product);
}

bool cnnc::cnn::isResizedExtent(int64_t extent, float scale, int64_t resized) {
  auto atBound = [&](float beside) { return std::floor(static_cast<double>(extent) * ((double(scale) + beside) / 2)); };
  return atBound(std::nextafter(scale, 0.0f)) <= static_cast<double>(resized) &&
         static_cast<double>(resized) <= atBound(std::nextafter(scale, std::numeric_limits<float>::infinity()));
}

ShapeOr cnnc::cnn::inferReshape(ShapeRef input, ShapeRef target, bool allowZero, std::string &reason) {
  std::optional<int64_t> total = getElementCount(input);
  if (!total)
    return fail(reason, "requires at most " + Twine(kMaxElements) + " elements, but found " + toString(input));
  if (target.size() > kMaxRank)
    return fail(reason, "requires at most " + Twine(kMaxRank) + " dimensions, but found " + toString(target));
  Shape result(target);
  int64_t wildcard = -1;
  for (size_t i = 0; i < result.size(); ++i) {
    if (result[i] == 0 && !allowZero) {
      if (i >= input.size())
        return fail(reason, "requires an input dimension " + Twine(i) + " to copy, but found " + toString(input));
      result[i] = input[i];
    }
    if (target[i] == -1 && wildcard >= 0)
      return fail(reason, "requires at most one -1 in the shape, but found " + toString(target));
    if (target[i] == -1)
      wildcard = i;
    else if (result[i] < 0)
      return fail(reason, "requires extents of at least -1, but found " + toString(target));
  }
  if (wildcard >= 0) {
    result[wildcard] = 1;
    std::optional<int64_t> rest = getElementCount(result);
    if (!rest || *rest == 0 || *total % *rest)
      return fail(reason, "requires a shape of " + Twine(*total) + " elements, but found " + toString(target));
    result[wildcard] = *total / *rest;
  }
  if (getElementCount(result) != total)
    return fail(reason, "requires a shape of " + Twine(*total) + " elements, but found " + toString(target));
  return result;
}

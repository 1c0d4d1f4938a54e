// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/linalg/ResizeTables.h"

#include <algorithm>
#include <cmath>
#include <functional>

using namespace cnnc;
using namespace cnnc::to_linalg;

std::optional<Coordinates> cnnc::to_linalg::parseCoordinates(const std::string &name) {
  const std::pair<const char *, Coordinates> names[] = {{"half_pixel", Coordinates::halfPixel},
                                                        {"half_pixel_symmetric", Coordinates::halfPixelSymmetric},
                                                        {"pytorch_half_pixel", Coordinates::pytorchHalfPixel},
                                                        {"align_corners", Coordinates::alignCorners},
                                                        {"asymmetric", Coordinates::asymmetric},
                                                        {"tf_crop_and_resize", Coordinates::tfCropAndResize},
                                                        {"tf_half_pixel_for_nn", Coordinates::tfHalfPixelForNearest}};
  for (const auto &[known, value] : names)
    if (name == known)
      return value;
  return std::nullopt;
}

std::optional<Rounding> cnnc::to_linalg::parseRounding(const std::string &name) {
  const std::pair<const char *, Rounding> names[] = {{"round_prefer_floor", Rounding::preferFloor},
                                                     {"round_prefer_ceil", Rounding::preferCeil},
                                                     {"floor", Rounding::floor},
                                                     {"ceil", Rounding::ceil}};
  for (const auto &[known, value] : names)
    if (name == known)
      return value;
  return std::nullopt;
}

/// The resized length of the formulas: the scaled input, which is no integer where rounding cut something off. Scales
/// are often rounded themselves; then the integer is meant.
static double getResizedLength(const ResizeDim &dim) {
  constexpr double kRounding = 1e-3;
  double length = dim.scale * dim.input;
  return std::abs(length - dim.output) < kRounding * dim.output ? dim.output : length;
}

static double getPosition(const ResizeDim &dim, Coordinates coordinates, int64_t output) {
  double in = dim.input, out = getResizedLength(dim), x = output;
  switch (coordinates) {
  case Coordinates::halfPixel:
    return (x + 0.5) / dim.scale - 0.5;
  case Coordinates::halfPixelSymmetric: {
    // The scaled extent may be no integer; what rounding cut off is shared by both ends.
    double adjustment = dim.output / (dim.scale * in), center = in / 2;
    return center * (1 - adjustment) + (x + 0.5) / dim.scale - 0.5;
  }
  case Coordinates::pytorchHalfPixel:
    return dim.output > 1 ? (x + 0.5) / dim.scale - 0.5 : 0;
  case Coordinates::alignCorners:
    return out != 1 ? x * (in - 1) / (out - 1) : 0;
  case Coordinates::asymmetric:
    return x / dim.scale;
  case Coordinates::tfCropAndResize:
    return out != 1 ? dim.begin * (in - 1) + x * (dim.end - dim.begin) * (in - 1) / (out - 1)
                    : 0.5 * (dim.begin + dim.end) * (in - 1);
  case Coordinates::tfHalfPixelForNearest:
    return (x + 0.5) / dim.scale;
  }
  return 0;
}

static int64_t roundPosition(double position, Rounding rounding) {
  switch (rounding) {
  case Rounding::preferFloor:
    return std::ceil(position - 0.5);
  case Rounding::preferCeil:
    return std::floor(position + 0.5);
  case Rounding::floor:
    return std::floor(position);
  case Rounding::ceil:
    return std::ceil(position);
  }
  return 0;
}

/// Keys' cubic convolution with coefficient a.
static double getCubicWeight(double distance, double a) {
  double x = std::abs(distance);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2)
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

namespace {
/// Taps around a position: the first index, and the weights before clamping.
struct Taps {
  int64_t first;
  std::vector<double> weights;
};
} // namespace

static Taps getTaps(double position, const ResizeDim &dim, const ResizeRule &rule) {
  double reach = rule.interpolation == Interpolation::cubic ? 2 : 1;
  // Shrinking with antialiasing widens the kernel to the input elements of one output.
  double shrink = rule.antialias ? std::min(dim.scale, 1.0) : 1.0;
  int64_t floor = std::floor(position), wide = std::ceil(reach / shrink);
  Taps taps{floor - wide + 1, {}};
  double sum = 0;
  for (int64_t i = taps.first; i <= floor + wide; ++i) {
    double distance = (i - position) * shrink;
    double weight = rule.interpolation == Interpolation::cubic ? getCubicWeight(distance, rule.cubicCoefficient)
                                                               : std::max(0.0, 1 - std::abs(distance));
    bool inside = i >= 0 && i < dim.input;
    if (!inside && rule.excludeOutside)
      weight = 0;
    taps.weights.push_back(weight);
    sum += weight;
  }
  if (rule.excludeOutside || shrink < 1)
    for (double &weight : taps.weights)
      weight /= sum;
  return taps;
}

/// Removes taps that have no weight for any output.
static void dropEmptyTaps(ResizeTable &table) {
  for (size_t t = table.indices.size(); t-- > 0 && table.indices.size() > 1;) {
    auto isZero = [](double weight) { return static_cast<float>(weight) == 0; };
    if (!std::all_of(table.weights[t].begin(), table.weights[t].end(), isZero))
      continue;
    table.indices.erase(table.indices.begin() + t);
    table.weights.erase(table.weights.begin() + t);
  }
}

ResizeTable cnnc::to_linalg::getResizeTable(const ResizeDim &dim, const ResizeRule &rule) {
  ResizeTable table;
  auto set = [&](size_t tap, int64_t output, int64_t index, double weight) {
    if (table.indices.size() <= tap) {
      table.indices.resize(tap + 1, std::vector<int32_t>(dim.output, 0));
      table.weights.resize(tap + 1, std::vector<double>(dim.output, 0));
    }
    table.indices[tap][output] = std::clamp<int64_t>(index, 0, std::max<int64_t>(dim.input - 1, 0));
    table.weights[tap][output] = weight;
  };
  for (int64_t output = 0; output < dim.output; ++output) {
    double position = getPosition(dim, rule.coordinates, output);
    table.outside.push_back(rule.coordinates == Coordinates::tfCropAndResize &&
                            (position < 0 || position > dim.input - 1));
    if (rule.interpolation == Interpolation::nearest) {
      set(0, output, roundPosition(position, rule.rounding), 1);
      continue;
    }
    Taps taps = getTaps(position, dim, rule);
    for (size_t tap = 0; tap < taps.weights.size(); ++tap)
      set(tap, output, taps.first + tap, taps.weights[tap]);
  }
  dropEmptyTaps(table);
  return table;
}

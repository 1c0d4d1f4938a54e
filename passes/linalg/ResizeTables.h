// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which elements of the input an output of ONNX's Resize combines, along one dimension. Pure functions, in double.
// Source: the definition of Resize 19 and its reference implementation, onnx.ai/onnx/operators/onnx__Resize.html.
#ifndef CNNC_PASSES_LINALG_RESIZETABLES_H
#define CNNC_PASSES_LINALG_RESIZETABLES_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cnnc::to_linalg {

enum class Interpolation { nearest, linear, cubic };

/// How output positions map to input positions.
enum class Coordinates {
  halfPixel,
  halfPixelSymmetric,
  pytorchHalfPixel,
  alignCorners,
  asymmetric,
  tfCropAndResize,
  tfHalfPixelForNearest
};
enum class Rounding { preferFloor, preferCeil, floor, ceil };

std::optional<Coordinates> parseCoordinates(const std::string &name);
std::optional<Rounding> parseRounding(const std::string &name);

/// One dimension of a resize.
struct ResizeDim {
  int64_t input, output;
  double scale;
  double begin = 0, end = 1; ///< region of interest, for tfCropAndResize
};

struct ResizeRule {
  Interpolation interpolation;
  Coordinates coordinates;
  Rounding rounding;
  double cubicCoefficient;
  bool excludeOutside;
  bool antialias;
};

/// `output = sum over t of weights[t][output] * input[indices[t][output]]`, unless the position lies outside the input
/// and the rule extrapolates.
struct ResizeTable {
  std::vector<std::vector<int32_t>> indices;
  std::vector<std::vector<double>> weights;
  std::vector<bool> outside;
  int64_t taps() const { return indices.size(); }
};

ResizeTable getResizeTable(const ResizeDim &dim, const ResizeRule &rule);

} // namespace cnnc::to_linalg

#endif

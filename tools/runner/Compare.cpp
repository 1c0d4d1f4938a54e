// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Compare.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace cnnc::runner {
namespace {

/// The numbers of a format in order, as integers: equal distance for neighbours, both zeros at 0.
template <typename Signed> int64_t orderedBits(const Tensor &tensor, int64_t index) {
  Signed bits;
  std::memcpy(&bits, tensor.data.data() + index * sizeof bits, sizeof bits);
  return bits >= 0 ? int64_t(bits) : int64_t(std::numeric_limits<Signed>::min()) - bits;
}

int64_t orderedAt(const Tensor &tensor, int64_t index) {
  switch (tensor.type) {
  case CNNC_FLOAT16:
  case CNNC_BFLOAT16:
    return orderedBits<int16_t>(tensor, index);
  case CNNC_FLOAT32:
    return orderedBits<int32_t>(tensor, index);
  default:
    return orderedBits<int64_t>(tensor, index);
  }
}

uint64_t ulpsBetween(const Tensor &found, const Tensor &expected, int64_t index) {
  const int64_t left = orderedAt(found, index), right = orderedAt(expected, index);
  return left > right ? uint64_t(left) - uint64_t(right) : uint64_t(right) - uint64_t(left);
}

double largestFinite(const Tensor &tensor, int64_t count) {
  double largest = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double magnitude = std::fabs(elementAt(tensor, i));
    if (std::isfinite(magnitude))
      largest = std::max(largest, magnitude);
  }
  return largest;
}

} // namespace

Tolerance defaultTolerance(uint32_t type) {
  if (type == CNNC_FLOAT16)
    return {2e-3, 1e-3};
  // Two units in the last of 8 places.
  if (type == CNNC_BFLOAT16)
    return {1.6e-2, 8e-3};
  return isFloat(type) ? Tolerance{1e-5, 1e-4} : Tolerance{0, 0};
}

Comparison compare(const Tensor &found, const Tensor &expected, const Tolerance &tolerance) {
  const int64_t count = *elementCount(expected.shape);
  const double floor = tolerance.absolute * largestFinite(expected, count);
  Comparison result;
  double worstExcess = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double b = elementAt(expected, i), a = elementAt(found, i);
    if (a == b || (std::isnan(a) && std::isnan(b)))
      continue;
    const double difference = std::fabs(a - b);
    const bool comparable = std::isfinite(a) && std::isfinite(b);
    if (comparable) {
      result.maxAbsolute = std::max(result.maxAbsolute, difference);
      if (b != 0)
        result.maxRelative = std::max(result.maxRelative, difference / std::fabs(b));
      if (isFloat(expected.type))
        result.maxUlps = std::max(result.maxUlps, ulpsBetween(found, expected, i));
    }
    const double allowed = tolerance.relative * std::fabs(b) + floor;
    if (comparable && difference <= allowed)
      continue;
    const double excess = comparable ? difference - allowed : std::numeric_limits<double>::infinity();
    ++result.mismatches;
    if (!result.worstMismatch || excess > worstExcess) {
      worstExcess = excess;
      result.worstMismatch = i;
    }
  }
  return result;
}

} // namespace cnnc::runner

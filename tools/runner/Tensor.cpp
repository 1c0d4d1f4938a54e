// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace cnnc::runner {

std::optional<int64_t> elementCount(const std::vector<int64_t> &shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count))
      return std::nullopt;
  return count;
}

std::vector<int64_t> shapeOf(const cnnc_tensor &description) {
  return std::vector<int64_t>(description.shape, description.shape + description.rank);
}

Tensor makeTensor(const cnnc_tensor &description) {
  return Tensor{description.type, shapeOf(description), std::vector<char>(description.bytes)};
}

std::string describe(uint32_t type, const std::vector<int64_t> &shape) {
  std::string text = std::string(cnnc_type_name(type)) + "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? "," : "") + std::to_string(shape[i]);
  return text + "]";
}

std::string describe(const cnnc_tensor &description) { return describe(description.type, shapeOf(description)); }

bool isFloat(uint32_t type) {
  return type == CNNC_FLOAT16 || type == CNNC_BFLOAT16 || type == CNNC_FLOAT32 || type == CNNC_FLOAT64;
}

float halfToFloat(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  float magnitude;
  if (exponent == 31)
    magnitude = mantissa ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
  else if (exponent == 0)
    magnitude = std::ldexp(static_cast<float>(mantissa), -24);
  else
    magnitude = std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

uint16_t floatToHalf(float value) {
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const float magnitude = std::fabs(value);
  if (std::isnan(value))
    return sign | 0x7e00;
  if (magnitude >= 65520.0f)
    return sign | 0x7c00;
  if (magnitude == 0)
    return sign;
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  // The unit of the last place is 2^(exponent - 11), and 2^-24 for subnormals; nearbyint rounds ties to even.
  const int unit = std::max(exponent - 11, -24);
  const int steps = static_cast<int>(std::nearbyint(std::ldexp(magnitude, -unit)));
  // In units, a carry out of the mantissa moves into the exponent by itself.
  return sign | static_cast<uint16_t>(steps + (unit + 24) * 1024);
}

float bfloatToFloat(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

uint16_t doubleToBfloat(double value) {
  float single = static_cast<float>(value);
  uint32_t bits;
  std::memcpy(&bits, &single, sizeof bits);
  if (std::isnan(value))
    return static_cast<uint16_t>(bits >> 16 | 0x40);
  // Towards zero and then to odd: the second rounding sees on which side of a tie the double lies.
  if (std::fabs(static_cast<double>(single)) > std::fabs(value))
    --bits;
  if (single != value)
    bits |= 1;
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

template <typename T> static T load(const Tensor &tensor, int64_t index) {
  T value;
  std::memcpy(&value, tensor.data.data() + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T> static void store(Tensor &tensor, int64_t index, T value) {
  std::memcpy(tensor.data.data() + index * sizeof(T), &value, sizeof(T));
}

double elementAt(const Tensor &tensor, int64_t index) {
  switch (tensor.type) {
  case CNNC_FLOAT32:
    return load<float>(tensor, index);
  case CNNC_FLOAT64:
    return load<double>(tensor, index);
  case CNNC_FLOAT16:
    return halfToFloat(load<uint16_t>(tensor, index));
  case CNNC_BFLOAT16:
    return bfloatToFloat(load<uint16_t>(tensor, index));
  case CNNC_UINT8:
  case CNNC_BOOL:
    return load<uint8_t>(tensor, index);
  case CNNC_INT8:
    return load<int8_t>(tensor, index);
  case CNNC_UINT16:
    return load<uint16_t>(tensor, index);
  case CNNC_INT16:
    return load<int16_t>(tensor, index);
  case CNNC_INT32:
    return load<int32_t>(tensor, index);
  case CNNC_UINT32:
    return load<uint32_t>(tensor, index);
  case CNNC_INT64:
    return static_cast<double>(load<int64_t>(tensor, index));
  case CNNC_UINT64:
    return static_cast<double>(load<uint64_t>(tensor, index));
  default:
    return 0;
  }
}

template <typename T> static T saturate(double value) {
  if (std::isnan(value))
    return 0;
  const double rounded = std::nearbyint(value);
  if (rounded <= static_cast<double>(std::numeric_limits<T>::min()))
    return std::numeric_limits<T>::min();
  if (rounded >= static_cast<double>(std::numeric_limits<T>::max()))
    return std::numeric_limits<T>::max();
  return static_cast<T>(rounded);
}

void setElement(Tensor &tensor, int64_t index, double value) {
  switch (tensor.type) {
  case CNNC_FLOAT32:
    return store(tensor, index, static_cast<float>(value));
  case CNNC_FLOAT64:
    return store(tensor, index, value);
  case CNNC_FLOAT16:
    return store(tensor, index, floatToHalf(static_cast<float>(value)));
  case CNNC_BFLOAT16:
    return store(tensor, index, doubleToBfloat(value));
  case CNNC_BOOL:
    return store<uint8_t>(tensor, index, value != 0);
  case CNNC_UINT8:
    return store(tensor, index, saturate<uint8_t>(value));
  case CNNC_INT8:
    return store(tensor, index, saturate<int8_t>(value));
  case CNNC_UINT16:
    return store(tensor, index, saturate<uint16_t>(value));
  case CNNC_INT16:
    return store(tensor, index, saturate<int16_t>(value));
  case CNNC_INT32:
    return store(tensor, index, saturate<int32_t>(value));
  case CNNC_UINT32:
    return store(tensor, index, saturate<uint32_t>(value));
  case CNNC_INT64:
    return store(tensor, index, saturate<int64_t>(value));
  case CNNC_UINT64:
    return store(tensor, index, saturate<uint64_t>(value));
  default:
    return;
  }
}

std::vector<double> toDoubles(const Tensor &tensor) {
  std::vector<double> values(elementCount(tensor.shape).value_or(0));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = elementAt(tensor, i);
  return values;
}

static std::vector<int64_t> withoutOnes(std::vector<int64_t> shape) {
  shape.erase(std::remove(shape.begin(), shape.end(), 1), shape.end());
  return shape;
}

std::optional<Tensor> adaptTo(const cnnc_tensor &description, Tensor tensor, std::string &error) {
  if (withoutOnes(tensor.shape) != withoutOnes(shapeOf(description))) {
    error = "requires " + describe(description) + ", but found " + describe(tensor.type, tensor.shape);
    return std::nullopt;
  }
  tensor.shape = shapeOf(description);
  if (tensor.type == description.type)
    return tensor;
  Tensor converted = makeTensor(description);
  const int64_t count = *elementCount(tensor.shape);
  for (int64_t i = 0; i < count; ++i)
    setElement(converted, i, elementAt(tensor, i));
  return converted;
}

} // namespace cnnc::runner

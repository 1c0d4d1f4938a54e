// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tensor of the command line: type, shape and bytes, dense and row major.
#ifndef CNNC_TOOLS_RUNNER_TENSOR_H
#define CNNC_TOOLS_RUNNER_TENSOR_H

#include "cnnc/cnnc.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cnnc::runner {

struct Tensor {
  uint32_t type = CNNC_FLOAT32; // enum cnnc_type
  std::vector<int64_t> shape;
  std::vector<char> data;
};

/// The product of the extents; nothing when one is negative or the product overflows.
std::optional<int64_t> elementCount(const std::vector<int64_t> &shape);

/// A tensor of the description's type and shape, filled with zeros.
Tensor makeTensor(const cnnc_tensor &description);

/// "float32[1,3,224,224]".
std::string describe(uint32_t type, const std::vector<int64_t> &shape);
std::string describe(const cnnc_tensor &description);

std::vector<int64_t> shapeOf(const cnnc_tensor &description);

float halfToFloat(uint16_t bits);
float bfloatToFloat(uint16_t bits);

/// Rounds to nearest, ties to even.
uint16_t floatToHalf(float value);
uint16_t doubleToBfloat(double value);

/// The index-th element, exactly but for 64-bit integers above 2^53.
double elementAt(const Tensor &tensor, int64_t index);

/// Stores the value, rounded to the tensor's type; integers saturate.
void setElement(Tensor &tensor, int64_t index, double value);

/// All elements as doubles.
std::vector<double> toDoubles(const Tensor &tensor);

bool isFloat(uint32_t type);

/// The tensor as the model wants it: equal but for extents of 1 is reshaped, another number type is converted. Nothing,
/// with the reason in `error`, where that cannot be.
std::optional<Tensor> adaptTo(const cnnc_tensor &description, Tensor tensor, std::string &error);

} // namespace cnnc::runner

#endif

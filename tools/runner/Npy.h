// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NumPy's .npy format, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#ifndef CNNC_TOOLS_RUNNER_NPY_H
#define CNNC_TOOLS_RUNNER_NPY_H

#include "tools/runner/Tensor.h"

#include <string_view>

namespace cnnc::runner {

/// Versions 1 to 3, little endian, C order. Nothing, with the reason in `error`, for anything else.
std::optional<Tensor> readNpy(std::string_view bytes, std::string &error);

std::string writeNpy(const Tensor &tensor);

} // namespace cnnc::runner

#endif

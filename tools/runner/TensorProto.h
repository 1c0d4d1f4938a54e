// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ONNX's TensorProto, read from its wire format. Without the protobuf library the runner cross-builds with nothing but
// a C++ standard library.
#ifndef CNNC_TOOLS_RUNNER_TENSORPROTO_H
#define CNNC_TOOLS_RUNNER_TENSORPROTO_H

#include "tools/runner/Tensor.h"

#include <string_view>

namespace cnnc::runner {

/// The tensor of a serialised TensorProto, in raw or typed form. Nothing, with the reason in `error`, for bytes that
/// are none, for types that a model has not, and for external data.
std::optional<Tensor> readTensorProto(std::string_view bytes, std::string &error);

} // namespace cnnc::runner

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text of model.h: how a C or C++ program calls one model.
#ifndef CNNC_COMPILER_EMIT_HEADER_H
#define CNNC_COMPILER_EMIT_HEADER_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace cnnc::emit {

/// One graph input or output, as the ONNX model names it.
struct InterfaceTensor {
  std::string name;
  /// ONNX's TensorProto.DataType, as in enum cnnc_type.
  int32_t type = 1;
  std::vector<int64_t> shape;
  /// The symbol of each dimension, "" where the model had a number; empty, or as long as the shape.
  std::vector<std::string> symbols;
};

/// What the outside sees of a model.
struct ModelInterface {
  /// The file's stem as a C identifier: stemIdentifier().
  std::string stem;
  /// For the header's first comment; may be empty.
  std::string source;
  std::vector<InterfaceTensor> inputs;
  std::vector<InterfaceTensor> outputs;
  uint64_t arenaBytes = 0;
  uint64_t scratchBytes = 0;
};

/// The whole text of the header.
std::string headerText(const ModelInterface &interface);

} // namespace cnnc::emit

#endif // CNNC_COMPILER_EMIT_HEADER_H

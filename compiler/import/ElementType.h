// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ONNX's element types and what they are in the module.
#ifndef CNNC_COMPILER_IMPORT_ELEMENTTYPE_H
#define CNNC_COMPILER_IMPORT_ELEMENTTYPE_H

#include "mlir/IR/BuiltinTypes.h"

#include <string>

namespace cnnc::importing {

enum class ElementKind { Unsupported, Float, Signed, Unsigned, Bool };

struct ElementType {
  /// A value of onnx::TensorProto::DataType, or any other number that a model holds.
  int32_t onnx = 0;

  ElementKind getKind() const;
  std::string getName() const;
  unsigned getBytes() const;
  bool isSupported() const { return getKind() != ElementKind::Unsupported; }
  bool isFloat() const { return getKind() == ElementKind::Float; }
  bool isUnsigned() const { return getKind() == ElementKind::Unsigned; }
  bool isInteger() const { return getKind() == ElementKind::Signed || isUnsigned(); }
  bool isBool() const { return getKind() == ElementKind::Bool; }
  bool operator==(ElementType other) const { return onnx == other.onnx; }
  bool operator!=(ElementType other) const { return onnx != other.onnx; }

  /// As an argument or result of @main: ONNX's own, integers without sign.
  mlir::Type getBoundaryType(mlir::MLIRContext *context) const;
  /// As everywhere else: double is f64, every other float f32.
  mlir::Type getComputeType(mlir::MLIRContext *context) const;
};

} // namespace cnnc::importing

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ONNX's element types and what they are in the module.
#ifndef CNNC_COMPILER_IMPORT_ELEMENTTYPE_H
#define CNNC_COMPILER_IMPORT_ELEMENTTYPE_H

#include "dialects/target/Types.h"

#include <string>

namespace cnnc::importing {

struct ElementType {
  /// A value of onnx::TensorProto::DataType, or any other number that a model holds.
  int32_t onnx = 0;

  /// As ONNX calls it, in small letters.
  std::string getName() const;
  /// 0, where it is not supported.
  unsigned getBytes() const;
  bool isSupported() const { return find() != nullptr; }
  bool isFloat() const { return is(target::ElementKind::Float); }
  bool isUnsigned() const { return is(target::ElementKind::Unsigned); }
  bool isInteger() const { return is(target::ElementKind::Signed) || isUnsigned(); }
  bool isBool() const { return is(target::ElementKind::Bool); }
  bool operator==(ElementType other) const { return onnx == other.onnx; }
  bool operator!=(ElementType other) const { return onnx != other.onnx; }

  /// As an argument or result of @main: ONNX's own, integers without sign.
  mlir::Type getBoundaryType(mlir::MLIRContext *context) const;
  /// As everywhere else: double is f64, every other float f32.
  mlir::Type getComputeType(mlir::MLIRContext *context) const;

private:
  const target::ElementType *find() const { return target::findElementType(onnx); }
  bool is(target::ElementKind kind) const { return isSupported() && find()->kind == kind; }
};

} // namespace cnnc::importing

#endif

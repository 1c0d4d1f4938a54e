// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/ElementType.h"

#include "mlir/IR/Builders.h"
#include "onnx.pb.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

ElementKind ElementType::getKind() const {
  switch (onnx) {
#define ELEMENT_TYPE(type, name, bytes, kind)                                                                          \
  case ::onnx::TensorProto::type:                                                                                      \
    return ElementKind::kind;
#include "compiler/import/ElementTypes.def"
  default:
    return ElementKind::Unsupported;
  }
}

std::string ElementType::getName() const {
  switch (onnx) {
#define ELEMENT_TYPE(type, name, bytes, kind)                                                                          \
  case ::onnx::TensorProto::type:                                                                                      \
    return name;
#include "compiler/import/ElementTypes.def"
  default:
    return ::onnx::TensorProto::DataType_IsValid(onnx)
               ? ::onnx::TensorProto::DataType_Name(static_cast<::onnx::TensorProto::DataType>(onnx))
               : "number " + std::to_string(onnx);
  }
}

unsigned ElementType::getBytes() const {
  switch (onnx) {
#define ELEMENT_TYPE(type, name, bytes, kind)                                                                          \
  case ::onnx::TensorProto::type:                                                                                      \
    return bytes;
#include "compiler/import/ElementTypes.def"
  default:
    return 0;
  }
}

Type ElementType::getBoundaryType(MLIRContext *context) const {
  if (onnx == ::onnx::TensorProto::FLOAT16)
    return Float16Type::get(context);
  if (onnx == ::onnx::TensorProto::BFLOAT16)
    return BFloat16Type::get(context);
  return getComputeType(context);
}

Type ElementType::getComputeType(MLIRContext *context) const {
  if (onnx == ::onnx::TensorProto::DOUBLE)
    return Float64Type::get(context);
  if (isFloat())
    return Float32Type::get(context);
  if (isBool())
    return IntegerType::get(context, 1);
  return isInteger() ? IntegerType::get(context, 8 * getBytes()) : Type();
}

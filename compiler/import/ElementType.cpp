// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/ElementType.h"

#include "onnx.pb.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

std::string ElementType::getName() const {
  if (!::onnx::TensorProto::DataType_IsValid(onnx))
    return "number " + std::to_string(onnx);
  StringRef name = ::onnx::TensorProto::DataType_Name(static_cast<::onnx::TensorProto::DataType>(onnx));
  return isSupported() ? name.lower() : name.str();
}

unsigned ElementType::getBytes() const { return isSupported() ? find()->getBytes() : 0; }

Type ElementType::getBoundaryType(MLIRContext *context) const {
  return isSupported() ? target::getStoredType(*find(), context) : Type();
}

Type ElementType::getComputeType(MLIRContext *context) const {
  if (isFloat() && onnx != ::onnx::TensorProto::DOUBLE)
    return Float32Type::get(context);
  return getBoundaryType(context);
}

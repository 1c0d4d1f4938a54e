// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/target/Types.h"

using namespace mlir;
using namespace cnnc::target;

static constexpr ElementType kElementTypes[] = {
#define ELEMENT_TYPE(id, onnx, name, bits, kind, c, numpy) {onnx, name, bits, ElementKind::kind, c},
#include "dialects/target/Types.def"
};

const ElementType *cnnc::target::findElementType(int64_t onnx) {
  const auto *found = llvm::find_if(kElementTypes, [&](const ElementType &type) { return type.onnx == onnx; });
  return found == std::end(kElementTypes) ? nullptr : found;
}

const ElementType *cnnc::target::findElementType(Type stored, bool isUnsigned) {
  const auto *found = llvm::find_if(kElementTypes, [&](const ElementType &type) {
    return getStoredType(type, stored.getContext()) == stored &&
           (type.kind == ElementKind::Unsigned) == (isUnsigned && stored.isInteger() && !stored.isInteger(1));
  });
  return found == std::end(kElementTypes) ? nullptr : found;
}

Type cnnc::target::getStoredType(const ElementType &type, MLIRContext *context) {
  if (type.kind != ElementKind::Float)
    return IntegerType::get(context, type.bits);
  if (type.name == "bfloat16")
    return BFloat16Type::get(context);
  return type.bits == 16   ? Type(Float16Type::get(context))
         : type.bits == 32 ? Type(Float32Type::get(context))
                           : Float64Type::get(context);
}

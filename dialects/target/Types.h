// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The element types of tensors, from the table Types.def.
#ifndef CNNC_DIALECTS_TARGET_TYPES_H
#define CNNC_DIALECTS_TARGET_TYPES_H

#include "mlir/IR/BuiltinTypes.h"

namespace cnnc::target {

enum class ElementKind { Float, Signed, Unsigned, Bool };

struct ElementType {
  int32_t onnx; ///< ONNX's TensorProto.DataType, and abi.h's cnnc_type
  llvm::StringLiteral name;
  unsigned bits;
  ElementKind kind;
  llvm::StringLiteral c; ///< the type in C
  unsigned getBytes() const { return (bits + 7) / 8; }
};

/// Null, where no tensor may have the type.
const ElementType *findElementType(int64_t onnx);

/// Of an element as buffers hold it: MLIR's integers carry no sign, so that it is said beside.
const ElementType *findElementType(mlir::Type stored, bool isUnsigned);

/// What buffers hold: integers without sign.
mlir::Type getStoredType(const ElementType &type, mlir::MLIRContext *context);

} // namespace cnnc::target

#endif

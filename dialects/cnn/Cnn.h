// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The cnn dialect: ops, attributes and what reads them.
#ifndef CNNC_DIALECTS_CNN_CNN_H
#define CNNC_DIALECTS_CNN_CNN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/cnn/CnnDialect.h.inc"
#include "dialects/cnn/CnnEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/cnn/CnnAttrs.h.inc"
#include "dialects/cnn/CnnInterfaces.h.inc"
#define GET_OP_CLASSES
#include "dialects/cnn/CnnOps.h.inc"

namespace cnnc::cnn {

/// What an epilogue starts from, and the bias has: the input's element type, but i32 where a convolution multiplies
/// integers of 8 or 16 bits.
mlir::Type getAccumulatorType(mlir::Operation *op);

} // namespace cnnc::cnn

#endif

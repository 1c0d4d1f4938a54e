// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Scalar arith and math, on vectors.
#ifndef CNNC_PASSES_VECTOR_EPILOGUE_H
#define CNNC_PASSES_VECTOR_EPILOGUE_H

#include "mlir/IR/Region.h"
#include "passes/vector/VectorEmitter.h"

namespace cnnc::to_vector {

/// Emits the ops of a one-block region of scalar arith and math on native vectors and returns the operands of its
/// terminator. `arguments` replace the block's arguments; a constant from outside the region is splatted, anything else
/// from there is refused with a diagnostic. Ops that no vector form is known for are diagnosed. `last`, if given, is a
/// value of the region to return instead; what comes after it is left out.
mlir::FailureOr<llvm::SmallVector<mlir::Value>> emitRegion(mlir::Region &region, mlir::ValueRange arguments,
                                                           VectorEmitter &emitter, mlir::Value last = {});

/// One scalar op on vectors: `operands` are vectors (or scalars where `emitter.lanes()` does not matter).
mlir::FailureOr<mlir::Value> emitScalarOp(mlir::Operation *op, mlir::ValueRange operands, VectorEmitter &emitter);

/// An op that is an INSTRUCTION row of dialects/cnn/Functions.def.
bool isInstruction(mlir::Operation *op);

/// The text of a region, equal for equal regions: part of a kernel's cache key.
std::string getRegionKey(mlir::Region &region);

} // namespace cnnc::to_vector

#endif

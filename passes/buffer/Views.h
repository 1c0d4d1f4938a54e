// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memrefs of @main and their parts.
#ifndef CNNC_PASSES_BUFFER_VIEWS_H
#define CNNC_PASSES_BUFFER_VIEWS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace cnnc {

/// The memory that `memref` is a view of.
mlir::Value getRoot(mlir::Value memref);

llvm::ArrayRef<int64_t> getExtents(mlir::Value memref);

/// Of an f32 map.
int64_t getBytes(mlir::Value memref);

/// `count` elements of dimension `dim` from `first` on.
mlir::Value takePart(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value memref, int64_t dim,
                     mlir::OpFoldResult first, int64_t count);

/// Erases memory of @main that no step uses any more.
void eraseUnusedMemory(mlir::func::FuncOp function);

} // namespace cnnc

#endif

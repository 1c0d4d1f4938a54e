// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Steps of @main, its memrefs and their parts.
#ifndef CNNC_PASSES_BUFFER_VIEWS_H
#define CNNC_PASSES_BUFFER_VIEWS_H

#include "dialects/kernel/Kernel.h"
#include "dialects/target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace cnnc::buffer {

/// The memory that `memref` is a view of.
mlir::Value getRoot(mlir::Value memref);

llvm::ArrayRef<int64_t> getExtents(mlir::Value memref);

/// Of an f32 map.
int64_t getBytes(mlir::Value memref);

/// `count` elements of dimension `dim` from `first` on.
mlir::Value takePart(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value memref, int64_t dim,
                     mlir::OpFoldResult first, int64_t count);

/// L2 of the level in the middle, for which parts that stay in the cache are made; levels above have as much.
int64_t getMiddleL2Bytes(llvm::ArrayRef<target::Level> levels);

/// Offers each step and the next one to `fuse`, which says whether it made them one step; then erases the memory that
/// no step uses any more.
void fuseNeighbours(mlir::func::FuncOp function, llvm::function_ref<bool(kernel::StepOp, kernel::StepOp)> fuse);

} // namespace cnnc::buffer

#endif

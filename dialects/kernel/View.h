// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which views a kernel op reads and writes in place: the one answer of its verifier and of bufferisation, which copies
// the others.
#ifndef CNNC_DIALECTS_KERNEL_VIEW_H
#define CNNC_DIALECTS_KERNEL_VIEW_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"

namespace cnnc::kernel {

/// The elements of dimensions `first` and later follow one another without gaps, the last dimension fastest; strides of
/// extents of 1 do not count. With the rank for `first` any strides will do.
bool isDenseFrom(int64_t first, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> strides);

/// The first dimension without gaps that the op of `operand` asks for.
int64_t getFirstDenseDim(mlir::OpOperand &operand);

/// The op of `operand` reads or writes it where its elements lie `strides` apart.
bool canView(mlir::OpOperand &operand, llvm::ArrayRef<int64_t> strides);

} // namespace cnnc::kernel

#endif

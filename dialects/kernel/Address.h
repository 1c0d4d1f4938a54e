// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a memref of the buffer phase lies: everything about it is a number known at compile time.
#ifndef CNNC_DIALECTS_KERNEL_ADDRESS_H
#define CNNC_DIALECTS_KERNEL_ADDRESS_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

namespace cnnc::kernel {

/// A strided block of elements: element (i, j, ...) is at `root + byteOffset + (i * strides[0] + j * strides[1] + ...)
/// * size of elementType`.
struct Address {
  /// The pointers that a step function receives.
  enum Root { Arena, Weights, Scratch, Input, Output };

  Root root;
  int64_t index = 0; ///< number of the graph input or output; 0 for the other roots
  int64_t byteOffset = 0;
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<int64_t> strides; ///< in elements
  mlir::Type elementType;
};

/// Follows views from `memref` to an argument of the model. Fails on anything whose place is not static.
mlir::FailureOr<Address> resolveAddress(mlir::Value memref);

/// Whether the bytes from first to last element of two memrefs meet; none where their places are not static. Of parts
/// that move with a loop, those of their first place count.
std::optional<bool> overlap(mlir::Value a, mlir::Value b);
inline bool mayOverlap(mlir::Value a, mlir::Value b) { return overlap(a, b).value_or(true); }

/// Bytes that an element takes in memory: i1 takes one.
int64_t getElementBytes(mlir::Type elementType);

} // namespace cnnc::kernel

#endif

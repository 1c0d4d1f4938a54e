// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What kernel.relayout and kernel.pad compute, over buffers at compile time. Pure functions.
#ifndef CNNC_PASSES_KERNEL_RELAYOUT_H
#define CNNC_PASSES_KERNEL_RELAYOUT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace cnnc::to_kernel {

/// Dimensions from slowest to fastest, and the one that is split in 16 lanes (or -1), as in #cnn.layout.
struct StoredOrder {
  llvm::SmallVector<int64_t> order;
  int64_t block;
};

/// Copies the tensor of logical `shape` from one storage to another, in independent rows.
class Relayout {
public:
  Relayout(llvm::ArrayRef<int64_t> shape, const StoredOrder &from, const StoredOrder &to);
  /// Elements of the result.
  int64_t size() const { return rows * rowLength; }
  /// Rows of the result; each may be copied on its own.
  int64_t getRows() const { return rows; }
  /// Writes rows [begin, end) of `to`, whose elements have 1, 2, 4 or 8 `bytes`; padding lanes receive zero.
  void copyRows(const char *from, char *to, int64_t bytes, int64_t begin, int64_t end) const;

private:
  template <typename T> void copyRows(const T *from, T *to, int64_t begin, int64_t end) const;

  /// One stored dimension of the result.
  struct StoredDim {
    int64_t extent;
    int64_t dim;  ///< logical dimension
    int64_t step; ///< logical distance of neighbours: 16 for a block number
  };
  llvm::SmallVector<StoredDim> outer; ///< all but the fastest
  StoredDim row;
  int64_t rows, rowLength;
  /// For each logical dimension and index, the distance in the source; -1 past the extent.
  llvm::SmallVector<llvm::SmallVector<int64_t>> distances;
};

/// Copies `from` of `shape`, elements of so many bytes, into `to`, which has `low` and `high` more in each dimension,
/// and is filled already.
void copyInto(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
              const char *from, char *to, int64_t bytes);

} // namespace cnnc::to_kernel

#endif

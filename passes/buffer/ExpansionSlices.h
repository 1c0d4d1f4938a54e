// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// In which slices an expanded map is computed where it is larger than the caches. Pure arithmetic.
#ifndef CNNC_PASSES_BUFFER_EXPANSIONSLICES_H
#define CNNC_PASSES_BUFFER_EXPANSIONSLICES_H

#include <cstdint>

namespace cnnc::buffer {

/// A map between the convolution that expands it and the window that reads it.
struct ExpandedMap {
  int64_t blocks;   ///< of 16 channels
  int64_t rowBytes; ///< of a bordered row of one block
  int64_t rows;     ///< that the window writes
  int64_t stride;
  int64_t reach; ///< rows of the map that one row of these reads

  /// Rows of the map that `count` written rows read.
  int64_t readRows(int64_t count) const { return (count - 1) * stride + reach; }
  int64_t bytes() const { return blocks * rowBytes * readRows(rows); }
};

/// Parts of the written rows, all equal, so that the slice of one block and one part stays in half of `l2Bytes`. 0
/// where the map fits into `largestL2Bytes` as it is, or where slices would compute too many rows twice.
int64_t selectRowParts(const ExpandedMap &map, int64_t l2Bytes, int64_t largestL2Bytes);

} // namespace cnnc::buffer

#endif

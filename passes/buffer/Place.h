// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a tensor lies in a storage: pure arithmetic on offsets and strides, all in elements.
#ifndef CNNC_PASSES_BUFFER_PLACE_H
#define CNNC_PASSES_BUFFER_PLACE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace cnnc::buffer {

/// Element (i, j, ...) of the tensor is element `offset + i * strides[0] + j * strides[1] + ...` of storage `storage`.
/// The extents are those of the tensor's type.
struct Place {
  unsigned storage;
  int64_t offset = 0;
  llvm::SmallVector<int64_t> strides;
};

/// The same elements in the same order; the strides of extents of 1 do not count.
bool isSamePlace(const Place &a, const Place &b, llvm::ArrayRef<int64_t> shape);

/// No gaps, the last dimension fastest.
bool isDense(const Place &place, llvm::ArrayRef<int64_t> shape);

/// Strides of a dense row-major tensor.
llvm::SmallVector<int64_t> getDenseStrides(llvm::ArrayRef<int64_t> shape);

/// The part of `place` that starts at `offsets` and takes every `steps`-th element.
Place getSlice(const Place &place, llvm::ArrayRef<int64_t> offsets, llvm::ArrayRef<int64_t> steps);

/// The same elements in the same order under the shape `to`; none where strides cannot say so.
std::optional<Place> reshapePlace(const Place &place, llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

/// A part of a tensor: `sizes` elements from `offsets`, every `steps`-th.
struct Box {
  llvm::SmallVector<int64_t> offsets, sizes, steps;
};

/// No element is in both: some dimension keeps them apart, by ranges or by residues.
bool areDisjoint(const Box &a, const Box &b);

} // namespace cnnc::buffer

#endif

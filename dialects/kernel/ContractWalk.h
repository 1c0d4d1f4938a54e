// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How kernel.contract lies in memory: the segments of its reduction and the walk over its pixels. What the op means on
// memrefs, the same for those who check a schedule, choose one or write its code.
#ifndef CNNC_DIALECTS_KERNEL_CONTRACTWALK_H
#define CNNC_DIALECTS_KERNEL_CONTRACTWALK_H

#include "dialects/kernel/Arithmetic.h"
#include "dialects/kernel/StoredMap.h"

namespace cnnc::kernel {

/// Operands of the walk over pixels, as positions in PixelDim::pitches.
enum Walked { walkedA, walkedFilter, walkedOut, walkedExtras };

struct ContractWalk {
  Arithmetic arithmetic;
  StoredMap a = {}, out = {};
  int64_t groups = 1;
  int64_t groupIn = 0, groupOut = 0; ///< channels of a group
  int64_t panels = 0;                ///< of 16 output channels, in a group
  int64_t segments = 0;
  int64_t run = 0; ///< elements of a segment
  int64_t runPitch = kStepBytes;
  llvm::SmallVector<int64_t> segmentOffsets = {}; ///< bytes, in the order of the filter
  llvm::SmallVector<PixelDim> dims = {};
  /// Where rows are joined: pixels of such a row, and its pitches. The last of `dims` is several then.
  int64_t pixelsOfRow = 0;
  llvm::SmallVector<int64_t> rowPitches = {};

  int64_t steps() const { return run / arithmetic.group; }
  int64_t panelBytes() const { return segments * steps() * 16 * kStepBytes; }
  /// The rows of pixels: the product of all but the last of `dims`.
  int64_t rowCount() const;
  /// Whether `lines` rows are one that is cut in tiles as a whole.
  bool canJoin(int64_t lines) const;
  /// Makes them one.
  void joinRows(int64_t lines);
  /// Bytes more from the last pixel of a joined row to the first of the next.
  int64_t getRowSkip(int64_t operand) const { return rowPitches[operand] - pixelsOfRow * dims.back().pitches[operand]; }
};

/// Of a verified op whose strides are static; tensors count as dense.
ContractWalk getContractWalk(ContractOp op);

} // namespace cnnc::kernel

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The micro-kernel of all dense arithmetic: rows of pixels by vectors of output channels, summed in registers.
#ifndef CNNC_PASSES_VECTOR_CONTRACTKERNEL_H
#define CNNC_PASSES_VECTOR_CONTRACTKERNEL_H

#include "dialects/kernel/Arithmetic.h"
#include "mlir/IR/Region.h"
#include "passes/vector/Step.h"

namespace cnnc::to_vector {

/// Lanes of a panel of the filter.
inline constexpr int64_t kPanelLanes = 16;
/// Of a cache.
inline constexpr int64_t kLineBytes = 64;

/// How the kernel reads one extra operand of the epilogue.
struct ExtraAccess {
  int64_t pixelPitch; ///< bytes between the tile's pixels; 0 where they share it
  int64_t rowSkip;    ///< bytes more where a row ends
  bool perChannel;    ///< a vector per panel; else one number for all channels
  mlir::Type element;
};

/// A class of micro-kernels: everything here becomes a constant of its code.
struct ContractKernel {
  kernel::Arithmetic arithmetic;
  mlir::Type outElement;
  int64_t rows;
  int64_t vectors;                       ///< native vectors: whole panels, or an equal part of one
  int64_t pixelPitch;                    ///< bytes between the tile's pixels in `a`
  int64_t run;                           ///< steps of a segment
  int64_t runPitch = kernel::kStepBytes; ///< bytes between them
  int64_t outPixelPitch;
  int64_t pixelsOfRow = 0;             ///< those before the first end of a row; 0 where the tile lies in one row
  int64_t rowLength = 1;               ///< pixels between such ends
  int64_t rowSkip = 0, outRowSkip = 0; ///< bytes more to the first pixel of the next row
  int64_t lastLanes = kPanelLanes;     ///< channels in the tile's last panel
  bool masksStores = false;            ///< `out` has no room for lanes past them; else they receive zero
  int64_t sumBlock = 0;                ///< adds sums of so many segments each, rounded less often in a row; 0: does not
  int64_t unroll = 16;                 ///< steps of a segment that are code of their own
  bool hasTable = false;               ///< offsets of segments come from a table; else they are equidistant
  bool hasOneSegment = false;          ///< no loop; `segments` is one
  bool hasBias = false;                ///< sums start from bias
  bool continues = false;              ///< sums start from `out`
  bool finishes = true;                ///< applies the epilogue
  int64_t linesAhead = 0;              ///< cache lines of weights to fetch with each segment
  mlir::Region *epilogue = nullptr;
  llvm::SmallVector<ExtraAccess> extras;

  /// Whether pixels of the tile read elements of their neighbours.
  bool overlaps() const { return rows > 1 && run > 1 && pixelPitch < run * runPitch; }

  /// Bytes more to pixel `row` of the tile: `skip` for each end of a row before it.
  int64_t skipBefore(int64_t row, int64_t skip) const {
    return pixelsOfRow == 0 || row < pixelsOfRow ? 0 : (1 + (row - pixelsOfRow) / rowLength) * skip;
  }
};

/// The arguments of a call. Pitches are bytes, i64.
struct ContractArguments {
  mlir::Value a, filter, out;
  mlir::Value segments;            ///< how many
  mlir::Value segmentPitchOrTable; ///< i64, or a pointer to i64 byte offsets
  mlir::Value filterPanelPitch, outPanelPitch;
  mlir::Value bias;                      ///< if hasBias
  mlir::Value ahead;                     ///< if linesAhead: the first of the lines
  llvm::SmallVector<mlir::Value> extras; ///< if finishes
  llvm::SmallVector<mlir::Value> extraPanelPitches;
};

/// Calls the kernel of the class, which is emitted at its first use.
mlir::LogicalResult callContractKernel(const ContractKernel &kernel, const ContractArguments &arguments, Step &step);

} // namespace cnnc::to_vector

#endif

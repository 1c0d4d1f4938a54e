// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The micro-kernel of sliding windows that keep channels apart: channels on lanes, several outputs of a row in
// registers.
#ifndef CNNC_PASSES_VECTOR_WINDOWKERNEL_H
#define CNNC_PASSES_VECTOR_WINDOWKERNEL_H

#include "mlir/IR/Region.h"
#include "passes/vector/Step.h"

namespace cnnc::to_vector {

/// A class of micro-kernels: everything here becomes a constant of its code. Pitches are bytes. A row runs along one
/// dimension of the pixels; the kernel's other dimensions are `outerKernel`.
struct WindowKernel {
  kernel::WindowKind kind;
  mlir::Type element, outElement; ///< of `a` and `out`
  struct Taps {
    int64_t count;
    int64_t filterPitch;
  };
  llvm::SmallVector<Taps> outerKernel;
  int64_t taps;    ///< of the kernel along the row, which are code of their own
  bool isUnrolled; ///< those of `outerKernel` are too
  int64_t stride;  ///< along the row
  int64_t dilation;
  int64_t width; ///< channels of a group
  int64_t pixelPitch, outPixelPitch;
  int64_t tapPitch;     ///< in the filter, between taps along the row
  int64_t channelPitch; ///< in the filter, between the channels of a group
  int64_t tile;         ///< outputs in registers
  int64_t restTile;     ///< outputs that remain at the end of a row
  /// Channels of a call: 16 in a block, of which `validLanes` exist and the others receive zero ...
  bool isBlocked;
  int64_t validLanes = 16;
  /// ... or as many vectors as the call says, and then this many channels.
  int64_t tailLanes = 0;
  bool hasBias = false;
  struct Extra {
    int64_t pixelPitch;
    bool perChannel;
    mlir::Type element;
  };
  llvm::SmallVector<Extra> extras;
  bool sumsRows = false; ///< into the last extra
  mlir::Region *epilogue;
};

/// The arguments of a call: integers are i64, pitches are bytes.
struct WindowArguments {
  mlir::Value a, filter, bias, out; ///< filter and bias may be null
  llvm::SmallVector<mlir::Value> extras;
  mlir::Value rows, tiles, vectors; ///< tiles: whole ones of a row
  mlir::Value rowPitch, outRowPitch;
  llvm::SmallVector<mlir::Value> extraRowPitches;
  llvm::SmallVector<mlir::Value> outerPitches; ///< between positions along `outerKernel`
};

/// Calls the kernel of the class, which is emitted at its first use.
mlir::LogicalResult callWindowKernel(const WindowKernel &kernel, const WindowArguments &arguments, Step &step);

} // namespace cnnc::to_vector

#endif

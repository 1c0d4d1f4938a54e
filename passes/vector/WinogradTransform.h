// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The transforms of Winograd's convolution on 16 channels of one tile, as micro-kernels.
#ifndef CNNC_PASSES_VECTOR_WINOGRADTRANSFORM_H
#define CNNC_PASSES_VECTOR_WINOGRADTRANSFORM_H

#include "dialects/kernel/Winograd.h"
#include "mlir/IR/Region.h"
#include "passes/vector/Step.h"

namespace cnnc::to_vector {

/// matrix * inputs, sharing sums between pairs of rows that differ in sign or by one factor.
llvm::SmallVector<mlir::Value> emitMatrixProduct(VectorEmitter &emitter, const kernel::Matrix &matrix,
                                                 llvm::ArrayRef<mlir::Value> inputs);

/// A patch of as many pixels of 16 channels as there are positions becomes one vector in each plane of `out`.
struct WinogradInput {
  mlir::Value source;      ///< the channel block's pixel (0, 0)
  mlir::Value row, column; ///< of the patch's first pixel; negative in the border
  int64_t columnPitch;     ///< bytes between pixels: of a constant distance the addresses hold what they can
  mlir::Value rowPitch;
  mlir::Value out, planePitch;
};
/// `inside` says that the whole patch lies in the map of height x width; else what lies outside counts as zero.
void callWinogradInput(const kernel::WinogradPlane &plane, bool inside, int64_t height, int64_t width,
                       const WinogradInput &arguments, Step &step);

/// A block of 16 input by 16 output channels of a raw filter becomes 16 rows in each plane of `out`, `planePitch` bytes
/// apart.
void callWinogradFilter(const kernel::WinogradPlane &plane, mlir::Value source, mlir::Value out, mlir::Value planePitch,
                        Step &step);

/// How the inverse transform reads one extra operand of the epilogue.
struct WinogradExtra {
  int64_t columnPitch;
  bool perChannel;
  mlir::Value pointer, rowPitch;
};
struct WinogradOutput {
  int64_t columnPitch;    ///< bytes between pixels of `out`
  int64_t lastLanes;      ///< channels in the panel; lanes past them receive zero
  mlir::Region *epilogue; ///< or null
  llvm::SmallVector<WinogradExtra> extras;
  mlir::Value products, planePitch; ///< of the tile, in plane 0
  mlir::Value out, rowPitch;        ///< of the tile's first pixel
  mlir::Value bias;                 ///< or null
  mlir::Value rows, columns;        ///< how many of the tile's pixels exist; null for all
};
mlir::LogicalResult callWinogradOutput(const kernel::WinogradPlane &plane, const WinogradOutput &arguments, Step &step);

} // namespace cnnc::to_vector

#endif

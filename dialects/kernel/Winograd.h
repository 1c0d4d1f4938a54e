// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The mathematics of kernel.winograd, shared by those who transform filters, choose blocks and write code. Pure
// functions.
#ifndef CNNC_DIALECTS_KERNEL_WINOGRAD_H
#define CNNC_DIALECTS_KERNEL_WINOGRAD_H

#include "dialects/kernel/Kernel.h"

#include <cstdint>
#include <vector>

namespace cnnc::kernel {

/// A small dense matrix, row major.
struct Matrix {
  int64_t rows, columns;
  std::vector<double> values;
  double &at(int64_t row, int64_t column) { return values[row * columns + column]; }
  double at(int64_t row, int64_t column) const { return values[row * columns + column]; }
};

/// F(m, r), Toom-Cook: y = output * ((filter * g) .* (input * d)), with m outputs, r taps and m + r - 1 inputs.
struct WinogradMatrices {
  int64_t m, r;
  Matrix input;  ///< (m + r - 1) x (m + r - 1), "B^T"
  Matrix filter; ///< (m + r - 1) x r, "G"
  Matrix output; ///< m x (m + r - 1), "A^T"
  int64_t size() const { return input.rows; }
};

/// Whether F(m, r) is offered: F(2, 3), F(4, 3), F(6, 3), F(2, 5), F(4, 5), F(2, 7), and F(1, 1), which changes
/// nothing.
bool isWinograd(int64_t m, int64_t r);

WinogradMatrices getWinogradMatrices(int64_t m, int64_t r);

/// A plane: what is applied to its columns and what to its rows, which may be F(1, 1) where the kernel is a line.
struct WinogradPlane {
  WinogradMatrices vertical, horizontal;
  int64_t positions() const { return vertical.size() * horizontal.size(); }
};

/// `tile` and `kernel` are rows x columns of outputs and of taps.
WinogradPlane getWinogradPlane(llvm::ArrayRef<int64_t> tile, llvm::ArrayRef<int64_t> kernel);

/// G g G^T in double: `filter` has r x r taps, `transformed` a value for each position.
void transformWinogradFilter(const WinogradPlane &plane, const float *filter, float *transformed);

/// Whether the filter is stored as it is.
bool isRaw(WinogradOp op);

/// Output panels of 16 channels for whose products there is room in scratch.
inline constexpr int64_t kWinogradPanels = 4;
/// Filters that are stored raw are transformed a few panels and blocks of input channels at a time; so many products of
/// both have room in scratch: with 36 positions, 576 KB.
inline constexpr int64_t kRawPanels = 2, kRawBlocks = 8;
/// Elements between two planes of scratch, each `blocks` x `tiles` x 16: one cache line of padding keeps the planes in
/// different sets of L1.
inline int64_t winogradPlane(int64_t blocks, int64_t tiles) { return blocks * tiles * 16 + 16; }
/// Scratch of one thread: the transformed input of `inBlocks` blocks of channels (of all planes) for `tileBlock` tiles,
/// then the products of `kWinogradPanels` panels in each of `planes` planes.
int64_t winogradScratchBytes(int64_t positions, int64_t inBlocks, int64_t tileBlock, int64_t planes = 1);
/// What raw filters need beside it.
int64_t winogradFilterBytes(int64_t positions);

} // namespace cnnc::kernel

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The mathematics of kernel.winograd, shared by those who transform filters, choose blocks and write code. Pure
// functions.
#ifndef CNNC_DIALECTS_KERNEL_WINOGRAD_H
#define CNNC_DIALECTS_KERNEL_WINOGRAD_H

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

/// F(m, 3), Toom-Cook: y = output * ((filter * g) .* (input * d)), with m outputs, 3 taps and m + 2 inputs.
/// In two dimensions each matrix is applied to columns and to rows.
struct WinogradMatrices {
  int64_t m;
  Matrix input;  ///< (m + 2) x (m + 2), "B^T"
  Matrix filter; ///< (m + 2) x 3, "G"
  Matrix output; ///< m x (m + 2), "A^T"
};

/// m is 2, 4 or 6.
WinogradMatrices getWinogradMatrices(int64_t m);

/// G g G^T in double: `filter` is 3 x 3, `transformed` (m + 2) x (m + 2).
void transformWinogradFilter(const WinogradMatrices &matrices, const float *filter, float *transformed);

/// Output panels of 16 channels whose products rest in scratch at a time.
inline constexpr int64_t kWinogradPanels = 4;
/// Elements between two planes of scratch, each `blocks` x `tiles` x 16: one cache line of padding keeps the planes in
/// different sets of L1.
inline int64_t winogradPlane(int64_t blocks, int64_t tiles) { return blocks * tiles * 16 + 16; }
/// Scratch of one thread: the transformed input of `inBlocks` blocks of channels (of all planes) for `tileBlock` tiles,
/// then the products of `kWinogradPanels` panels in each of `planes` planes.
int64_t winogradScratchBytes(int64_t m, int64_t inBlocks, int64_t tileBlock, int64_t planes = 1);

} // namespace cnnc::kernel

#endif

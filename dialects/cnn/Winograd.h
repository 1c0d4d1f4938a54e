// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which Winograd algorithm is which F(m, r).
#ifndef CNNC_DIALECTS_CNN_WINOGRAD_H
#define CNNC_DIALECTS_CNN_WINOGRAD_H

#include "dialects/cnn/Cnn.h"

#include <optional>

namespace cnnc::cnn {

/// F(m, r): m outputs of a tile from r taps, in each dimension of a plane in which the kernel has more than one.
struct WinogradSize {
  Algorithm algorithm;
  int64_t m, r;
  bool raw = false; ///< filters are stored as they are, and transformed within the cache in each run
};

llvm::ArrayRef<WinogradSize> getWinogradSizes();

/// How raw filters split the work: the input of a block of tiles is transformed again in each part of the `panels` of
/// 16 output channels, and the filters in each block.
struct RawSplit {
  int64_t panelParts, tileBlocks;
};
RawSplit getRawSplit(int64_t panels, int64_t tiles);

/// None for other algorithms.
std::optional<WinogradSize> getWinogradSize(std::optional<Algorithm> algorithm);

/// Rows and columns of the plane that a kernel of one to three dimensions spans; its depth, if any, is left out.
llvm::SmallVector<int64_t, 2> getPlane(llvm::ArrayRef<int64_t> extents);

/// The r for which F(m, r) transforms the plane of this kernel, of r x r taps or of a line of r; 0 if there is none.
int64_t getWinogradTaps(llvm::ArrayRef<int64_t> kernel);

/// Whether the algorithm of `op` is Winograd of the size that its shape has, with a filter that is a constant of
/// floats, to be transformed at compile time.
bool isWinograd(ConvOp op);

} // namespace cnnc::cnn

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// In which parts a map and the contraction that reads it are computed together. Pure arithmetic.
#ifndef CNNC_PASSES_BUFFER_PIXELPARTS_H
#define CNNC_PASSES_BUFFER_PIXELPARTS_H

#include <cstdint>

namespace cnnc::buffer {

/// A map that a contraction reads.
struct MappedPixels {
  int64_t rows;       ///< that parts are made of
  int64_t rowPixels;  ///< in each of them
  int64_t pixelBytes; ///< of all channels
  int64_t tasks;      ///< of the contraction by itself
};

/// Parts of the rows, all equal, so that a part stays in half of `l2Bytes`, and threads have nearly as much to do as
/// with `tasks`. 0 where there is no such number, or where all of the map stays in the cache.
int64_t selectPixelParts(const MappedPixels &map, int64_t l2Bytes);

} // namespace cnnc::buffer

#endif

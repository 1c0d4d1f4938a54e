// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a step walks a contraction: tiles, blocks and their order. Pure functions.
#ifndef CNNC_PASSES_VECTOR_CONTRACTPLAN_H
#define CNNC_PASSES_VECTOR_CONTRACTPLAN_H

#include "dialects/target/Target.h"

namespace cnnc::to_vector {

/// `extent` in `count` parts of two neighbouring sizes: the first `larger` parts have `size` + 1, the others `size`.
struct Balanced {
  int64_t count, size, larger;
  /// Where part `index` starts.
  int64_t start(int64_t index) const { return index * size + std::min(index, larger); }
};
Balanced balance(int64_t extent, int64_t largest);
/// The same in a given number of parts.
Balanced balanceIn(int64_t extent, int64_t count);

struct ContractWalk {
  int64_t panels; ///< of 16 output channels, in a group
  int64_t groups;
  int64_t rows;                  ///< pixel rows: the product of the outer pixel dimensions
  int64_t columns;               ///< pixels in a row
  int64_t segments, run;         ///< of the reduction
  int64_t rowBytes;              ///< of `a` that one row of pixels reads anew
  int64_t tileRows, tileVectors; ///< as chosen; 0 where nothing was
  int64_t panelParts, pixelParts;
  int64_t segmentBlock; ///< 0: the whole reduction
  bool sumsChannels;    ///< the reduction is over channels alone: a block of it reads a part of each pixel
};

struct ContractPlan {
  int64_t vectors;      ///< native vectors in a tile of the larger size
  Balanced panelTiles;  ///< of a group, in panels
  Balanced columnTiles; ///< of a row, in pixels
  Balanced segmentBlocks;
  bool pixelsOutermost; ///< tasks that follow one another share pixels; else they share panels
  bool splitsColumns;   ///< tasks share rows and divide column tiles; else they divide rows
  bool blocksOutermost; ///< of the reduction: all panels of a task meet one before the next; else a tile meets them all
  int64_t rowBlock;     ///< rows that are walked for one tile of panels before the next
  int64_t columnBlock;  ///< column tiles likewise
};

ContractPlan planContract(const ContractWalk &shape, const target::Level &level, int64_t accumulators);

} // namespace cnnc::to_vector

#endif

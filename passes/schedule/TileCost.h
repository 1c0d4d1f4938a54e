// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How many cycles a contraction takes with a tile, and how to cut it in blocks and tasks. Pure functions of shape and
// target. The weights of the model are fitted to the micro-kernel figures beside dialects/kernel/Tiles.def (AVX-512);
// the other instruction sets are untested.
#ifndef CNNC_PASSES_SCHEDULE_TILECOST_H
#define CNNC_PASSES_SCHEDULE_TILECOST_H

#include "dialects/target/Target.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace cnnc::schedule {

/// A contraction as its kernel walks it.
struct ContractShape {
  int64_t lines;    ///< rows of pixels, over all images
  int64_t width;    ///< pixels of a row; all pixels of an image where rows follow one another
  int64_t panels;   ///< of 16 output channels, over all groups
  int64_t group;    ///< panels of one group are reduced together
  int64_t segments; ///< of the reduction
  int64_t run;      ///< elements of a segment
  int64_t inputBytes;
  int64_t height = 1; ///< rows of an image that follow one another at one pitch

  int64_t depth() const { return segments * run; }
  int64_t pixels() const { return lines * width; }
  int64_t filterBytes() const { return panels * depth() * 16 * 4; }
};

struct Tile {
  int64_t rows, vectors;
  int64_t lines =
      1; ///< rows of pixels that are cut in tiles as one, so that a tile may hold the end of one and the next
};

/// Parts that tasks take: of the output panels, and of the pixels.
struct Split {
  int64_t panels, pixels;
  int64_t tasks() const { return panels * pixels; }
};

/// The offered tiles of a level.
llvm::SmallVector<Tile> getTiles(const target::Level &level);

/// Panels of 16 channels that a tile covers.
int64_t getPanels(Tile tile, const target::Level &level);

/// Cycles of the whole contraction on one core, filter and input in the caches.
double getCycles(const ContractShape &shape, Tile tile, const target::Level &level);

/// The offered tile of least cycles; of equals the one with fewer lines, then with fewer accumulators.
Tile selectTile(const ContractShape &shape, const target::Level &level);

/// Segments at a time, so that the filter of `tilePanels` panels stays in half of `cacheBytes`. All of them where it
/// does anyway, or where no second tile of pixels would use it again.
int64_t selectBlock(const ContractShape &shape, int64_t tilePanels, int64_t tileRows, int64_t cacheBytes);

/// How many tasks a step of so many microseconds is worth; threads are not known.
int64_t getTasks(double microseconds);

/// Microseconds on one core of this compiler's usual targets, from arithmetic and from bytes: whichever is longer.
double estimateMicroseconds(int64_t multiplyAdds, int64_t bytes);

/// About `tasks` parts that move few bytes and end together. Panels are cut at multiples of `tilePanels`.
Split selectSplit(const ContractShape &shape, int64_t tilePanels, int64_t tasks);

/// Tiles of the output that one block of Winograd transforms together, given the bytes of a tile's transforms and how
/// many planes have each.
int64_t selectTileBlock(int64_t tiles, int64_t bytesOfTile, int64_t cacheBytes, int64_t planes = 1);

} // namespace cnnc::schedule

#endif

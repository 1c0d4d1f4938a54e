// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the entries of a schedule mean: how extents are cut. Pure functions, for those who choose schedules and those
// who write code.
#ifndef CNNC_DIALECTS_KERNEL_SCHEDULE_H
#define CNNC_DIALECTS_KERNEL_SCHEDULE_H

#include "dialects/target/Target.h"

#include <algorithm>
#include <cstdint>

namespace cnnc::kernel {

/// The discardable attribute of a convolution, and of the kernel.contract that it becomes, which holds what is pinned
/// of its schedule: a dictionary from names of levels to #kernel.contract_schedule.
inline constexpr llvm::StringLiteral kPinsAttr = "cnnc.schedule";

/// `extent` in `count` parts of two neighbouring sizes: the first `larger` parts have `size` + 1, the others `size`.
struct Balanced {
  int64_t count, size, larger;
  /// Where part `index` starts.
  int64_t start(int64_t index) const { return index * size + std::min(index, larger); }
  int64_t largest() const { return size + (larger ? 1 : 0); }
};
Balanced balance(int64_t extent, int64_t largest);
/// The same in a given number of parts.
Balanced balanceIn(int64_t extent, int64_t count);

/// Panels of 16 channels in tiles.
struct PanelTiles {
  int64_t vectors; ///< native vectors in a tile of the larger size
  Balanced tiles;  ///< in panels
};
/// In as few tiles of at most `vectors` as `parts` tasks can share evenly. `vectors` are whole panels or an equal part
/// of one.
PanelTiles cutPanels(int64_t panels, int64_t vectors, int64_t parts, int64_t lanes);

/// Panels of a Winograd convolution in chunks of at most `chunk`, so that `parts` tasks can share them evenly.
Balanced cutChunks(int64_t panels, int64_t chunk, int64_t parts);

/// Accumulators that a register tile may have: the others hold a broadcast and a row of the filter.
int64_t getMostAccumulators(const target::Level &level);

} // namespace cnnc::kernel

#endif

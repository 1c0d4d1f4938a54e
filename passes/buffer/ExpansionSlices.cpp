// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/ExpansionSlices.h"

using namespace cnnc;
using namespace cnnc::buffer;

int64_t cnnc::buffer::selectRowParts(const ExpandedMap &map, int64_t l2Bytes, int64_t largestL2Bytes) {
  // Fewer tasks leave threads without work. Measured on Zen 3 (512 KiB L2, a fast L3): an eighth of the rows computed
  // twice costs more than the slices win, a sixteenth does not.
  constexpr int64_t kFewestTasks = 12, kMostTwice = 16;
  if (map.bytes() <= largestL2Bytes || map.reach < map.stride)
    return 0;
  int64_t overlap = map.reach - map.stride;
  for (int64_t parts = 1; parts <= map.rows; ++parts) {
    if (map.rows % parts != 0)
      continue;
    if ((parts - 1) * overlap * kMostTwice > map.readRows(map.rows))
      return 0;
    if (map.rowBytes * map.readRows(map.rows / parts) <= l2Bytes / 2 && parts * map.blocks >= kFewestTasks)
      return parts;
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/PixelParts.h"

#include <algorithm>

using namespace cnnc;
using namespace cnnc::buffer;

int64_t cnnc::buffer::selectPixelParts(const MappedPixels &map, int64_t l2Bytes) {
  // Each part reads the whole filter: measured on Zen 3, parts of 14 and 28 pixels lose what the map wins, from 49 on
  // they win. Threads are not known, but 4 tasks are work for 2 and for 4 of them.
  constexpr int64_t kFewestPixels = 32, kBalanced = 4;
  if (map.rows * map.rowPixels * map.pixelBytes <= l2Bytes)
    return 0;
  int64_t best = 0, bestIdle = 0;
  for (int64_t parts = 1; parts <= map.rows; ++parts) {
    int64_t pixels = map.rows / parts * map.rowPixels;
    if (parts > 1 && pixels < kFewestPixels)
      break;
    bool keepsTasks = parts >= std::min(map.tasks, kBalanced) && 5 * parts >= 2 * map.tasks;
    if (map.rows % parts != 0 || !keepsTasks || pixels * map.pixelBytes > l2Bytes / 2)
      continue;
    // Of a round of tasks; as a share of all it is what more parts must lower.
    int64_t idle = parts < kBalanced ? 0 : (kBalanced - parts % kBalanced) % kBalanced;
    if (best && idle * best >= bestIdle * parts)
      continue;
    best = parts;
    bestIdle = idle;
  }
  return best;
}

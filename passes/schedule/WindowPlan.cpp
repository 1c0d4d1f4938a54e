// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/WindowPlan.h"

#include "passes/schedule/Choose.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace cnnc;
using namespace cnnc::schedule;
using kernel::UnrolledTaps;
using llvm::ArrayRef;

/// Longer kernels along a row are walked by a loop.
static constexpr int64_t kLongestRow = 32;
/// Kernels up to this many taps are unrolled; of larger ones only the taps along the row.
static constexpr int64_t kUnrolledTaps = 25;
/// Rows of fewer outputs leave registers empty; a tile then lies along another dimension.
static constexpr int64_t kShortRow = 4;
/// Bytes of filter that a call may use again for every tile: half of the smallest L1.
static constexpr int64_t kFilterBytes = 16384;
/// Calls per task, so that tasks differ little.
static constexpr int64_t kCallsPerTask = 4;

static int64_t product(ArrayRef<int64_t> extents) { return extents.empty() ? 1 : llvm::product_of(extents); }

/// Of a list without dimensions all are one.
static int64_t at(ArrayRef<int64_t> extents, int64_t dim) { return extents.empty() ? 1 : extents[dim]; }

/// The last dimension, or the longest where the last is too short to fill registers.
static int64_t selectAlong(const WindowFacts &facts) {
  int64_t last = std::max<int64_t>(0, int64_t(facts.extents.size()) - 1), along = last;
  for (int64_t dim = 0; dim <= last; ++dim)
    if (!facts.sumsRows && at(facts.extents, along) < kShortRow && at(facts.extents, dim) > at(facts.extents, along))
      along = dim;
  return along;
}

static UnrolledTaps selectUnroll(const WindowFacts &facts, int64_t along) {
  if (at(facts.kernel, along) > kLongestRow)
    return UnrolledTaps::none;
  return product(facts.kernel) * facts.width <= kUnrolledTaps ? UnrolledTaps::all : UnrolledTaps::row;
}

/// Outputs that a tile may have: what registers hold beside a row of the filter.
static int64_t getTileLimit(const WindowFacts &facts, int64_t taps, const target::Level &level) {
  // One register holds the input; a level without fused multiply-add needs one for the product.
  int64_t reserved = level.fusedMultiplyAdd ? 2 : 3;
  if (facts.multiplies)
    reserved += std::min<int64_t>(taps, level.vectorRegisters / 2 - 1);
  return std::clamp<int64_t>(level.vectorRegisters - reserved, 4, 14);
}

static int64_t selectTile(int64_t extent, int64_t limit) {
  int64_t best = 0;
  // Loads of the filter and the loop count as one output, a second piece of code as four.
  auto cost = [&](int64_t tile) {
    int64_t rest = extent % tile;
    return extent / tile * (tile + 1) + (rest ? rest + 5 : 0);
  };
  for (int64_t tile = std::min(limit, extent); tile >= 1; --tile)
    if (best == 0 || cost(tile) < cost(best))
      best = tile;
  return best;
}

/// Parts that `calls` calls of all tasks had better be cut in.
static int64_t countParts(const WindowFacts &facts, int64_t calls) {
  return facts.tasks == 1 ? 1 : llvm::divideCeil(kCallsPerTask * facts.tasks, calls);
}

/// A call has one block of channels, or as many channels as leave their filter in L1.
static int64_t selectChannels(const WindowFacts &facts, int64_t lines) {
  if (facts.isBlocked)
    return 16;
  int64_t taps = product(facts.kernel) * facts.width;
  int64_t fitting = facts.multiplies ? std::max<int64_t>(16, kFilterBytes / (4 * taps)) : facts.channels;
  int64_t wanted = countParts(facts, facts.images * lines);
  int64_t channels = std::min(fitting, int64_t(llvm::divideCeil(facts.channels, wanted)));
  return std::min<int64_t>(facts.channels, llvm::alignTo(channels, 16));
}

WindowPlan cnnc::schedule::planWindow(const WindowFacts &facts, const target::Level &level, const WindowPlan &pinned) {
  WindowPlan plan = pinned;
  choose(plan.along, selectAlong(facts));
  if (plan.unroll == UnrolledTaps::open)
    plan.unroll = selectUnroll(facts, plan.along);
  int64_t taps = plan.unroll == UnrolledTaps::none ? 1 : at(facts.kernel, plan.along);
  int64_t extent = at(facts.extents, plan.along), lines = product(facts.extents) / extent;
  choose(plan.tile, selectTile(extent, getTileLimit(facts, taps, level)));
  choose(plan.channels, selectChannels(facts, lines));
  // A call walks the last of the other dimensions.
  llvm::SmallVector<int64_t> others(facts.extents);
  if (!others.empty())
    others.erase(others.begin() + plan.along);
  int64_t rows = others.empty() ? 1 : others.back();
  int64_t calls = facts.images * llvm::divideCeil(facts.channels, plan.channels) * lines / rows;
  choose(plan.rows, llvm::divideCeil(rows, std::min(countParts(facts, calls), rows)));
  return plan;
}

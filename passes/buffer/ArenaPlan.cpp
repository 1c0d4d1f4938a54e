// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/ArenaPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace cnnc;
using namespace cnnc::buffer;
using llvm::ArrayRef;
using llvm::SmallVector;

static constexpr int64_t kAlignment = 64;

static bool liveTogether(const Buffer &a, const Buffer &b) { return a.first <= b.last && b.first <= a.last; }

static int64_t getSpan(const Buffer &buffer) { return llvm::alignTo(buffer.bytes, kAlignment); }

/// The largest sum over the steps: a sweep over the begins and ends of lifetimes.
static int64_t getLiveBytes(ArrayRef<Buffer> buffers) {
  SmallVector<std::pair<int64_t, int64_t>> changes; // (step, change); an end counts at the step after
  for (const Buffer &buffer : buffers) {
    changes.push_back({buffer.first, getSpan(buffer)});
    changes.push_back({buffer.last + 1, -getSpan(buffer)});
  }
  llvm::sort(changes);
  int64_t live = 0, most = 0;
  for (auto [step, change] : changes)
    most = std::max(most, live += change);
  return most;
}

/// The start of the smallest gap of at least `bytes` between `taken` (offset, end), or the end of all.
static int64_t findGap(ArrayRef<std::pair<int64_t, int64_t>> taken, int64_t bytes) {
  int64_t best = -1, bestGap = INT64_MAX, end = 0;
  for (auto [begin, finish] : taken) {
    int64_t gap = begin - end;
    if (gap >= bytes && gap < bestGap)
      std::tie(best, bestGap) = std::pair(end, gap);
    end = std::max(end, finish);
  }
  return best >= 0 ? best : end;
}

/// Places the buffers one after the other, each in the smallest gap that takes it.
static ArenaPlan placeInOrder(ArrayRef<Buffer> buffers, ArrayRef<size_t> order) {
  ArenaPlan plan;
  plan.offsets.assign(buffers.size(), 0);
  for (auto [rank, index] : llvm::enumerate(order)) {
    const Buffer &buffer = buffers[index];
    SmallVector<std::pair<int64_t, int64_t>> taken;
    for (size_t other : order.take_front(rank))
      if (liveTogether(buffer, buffers[other]))
        taken.push_back({plan.offsets[other], plan.offsets[other] + getSpan(buffers[other])});
    llvm::sort(taken);
    plan.offsets[index] = findGap(taken, getSpan(buffer));
    plan.bytes = std::max(plan.bytes, plan.offsets[index] + getSpan(buffer));
  }
  return plan;
}

/// Buffers by falling `key`, the earlier one first among equals.
static SmallVector<size_t> getOrder(ArrayRef<Buffer> buffers, llvm::function_ref<int64_t(const Buffer &)> key) {
  SmallVector<size_t> order = llvm::to_vector(llvm::seq<size_t>(0, buffers.size()));
  llvm::sort(order,
             [&](size_t a, size_t b) { return std::pair(-key(buffers[a]), a) < std::pair(-key(buffers[b]), b); });
  return order;
}

/// While the plan is no optimum, the buffer that reaches the arena's end is placed before all others.
static ArenaPlan improve(ArrayRef<Buffer> buffers, SmallVector<size_t> order, int64_t liveBytes) {
  // A round takes time with the square of the number of buffers.
  int64_t count = buffers.size(), rounds = std::clamp<int64_t>(4'000'000 / std::max<int64_t>(1, count * count), 4, 64);
  ArenaPlan best = placeInOrder(buffers, order), plan = best;
  for (int64_t round = 0; round != rounds && best.bytes > liveBytes; ++round) {
    auto *last =
        llvm::find_if(order, [&](size_t index) { return plan.offsets[index] + getSpan(buffers[index]) == plan.bytes; });
    std::rotate(order.begin(), last, last + 1);
    plan = placeInOrder(buffers, order);
    if (plan.bytes < best.bytes)
      best = plan;
  }
  return best;
}

ArenaPlan cnnc::buffer::planArena(ArrayRef<Buffer> buffers) {
  int64_t liveBytes = getLiveBytes(buffers);
  auto getSize = [](const Buffer &buffer) { return buffer.bytes; };
  auto getArea = [](const Buffer &buffer) { return buffer.bytes * (buffer.last - buffer.first + 1); };
  ArenaPlan bySize = improve(buffers, getOrder(buffers, getSize), liveBytes);
  ArenaPlan byArea = improve(buffers, getOrder(buffers, getArea), liveBytes);
  ArenaPlan plan = byArea.bytes < bySize.bytes ? byArea : bySize;
  plan.liveBytes = liveBytes;
  return plan;
}

bool cnnc::buffer::isValidPlan(ArrayRef<Buffer> buffers, const ArenaPlan &plan) {
  for (size_t a = 0; a != buffers.size(); ++a) {
    int64_t endA = plan.offsets[a] + buffers[a].bytes;
    if (plan.offsets[a] % kAlignment != 0 || endA > plan.bytes)
      return false;
    for (size_t b = 0; b != a; ++b) {
      int64_t endB = plan.offsets[b] + buffers[b].bytes;
      if (liveTogether(buffers[a], buffers[b]) && plan.offsets[a] < endB && plan.offsets[b] < endA)
        return false;
    }
  }
  return true;
}

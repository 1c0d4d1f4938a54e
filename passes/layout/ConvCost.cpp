// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/layout/ConvCost.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

using namespace llvm;
using namespace cnnc;
using namespace cnnc::layout;

// How the constants were found: tile sweeps and a Winograd prototype on two AVX-512 machines (Emerald Rapids, Cascade
// Lake), and cnnc-bench with AVX2 on Zen 3, one thread. Untested on SSE and NEON, where only the peak changes.

/// Part of the FMA peak that dense tiles reach.
static constexpr double kDenseEfficiency = 0.92;
/// The same with channels last: on the output side stores have narrow tails; on the input side the pixels of a tile lie
/// so far apart, from this many channels on, that they compete for few sets of the first-level cache.
static constexpr double kOutputLastEfficiency = 0.90, kInputLastEfficiency = 0.85;
static constexpr int64_t kFarApart = 128;
/// Part of the FMA peak that windows reach from the first-level cache.
static constexpr double kWindowEfficiency = 0.5, kChannelsLastWindowEfficiency = 0.35;
/// Weights are cold: a network walks through more of them than a cache holds. Bytes a cycle, for one core of two.
static constexpr double kWeightBytesPerCycle = 5;
static constexpr double kL3BytesPerCycle = 10, kDramBytesPerCycle = 5;
/// What a transform's loads, additions and stores cost, per operation on 16 channels: they are bound by the bytes they
/// move. Two cycles explain 2.4x at 64@56x56 and 2.5x at 128@28x28 for F(4,3), with AVX-512 as with AVX2.
static constexpr double kTransformCyclesPerOperation = 2;
static constexpr int64_t kBlock = 16, kWinogradRows = 6;
/// What the transform of a raw filter costs per operation on a native vector: it stays within the cache. With it, Zen 3
/// gains 1.2x or more at 512@28x28 and breaks even at 512@14x14. Fewer tiles than two products' rows are not worth it,
/// nor are few filters, which rest in a cache when they are transformed.
static constexpr double kFilterCyclesPerOperation = 0.5;
static constexpr int64_t kFewestRawTiles = 2 * kWinogradRows, kFewestRawFilters = 256 * 128;
/// Tiles that share a pass over transformed filters, about.
static constexpr int64_t kTilesOfPass = 24;
static constexpr double kLargestCache = 16 << 20;
/// Steps meet at a barrier: below this, a saving is noise.
static constexpr double kStepCycles = 3000;

static double product(ArrayRef<int64_t> extents) {
  return std::accumulate(extents.begin(), extents.end(), 1.0, std::multiplies<>());
}

/// Streams that overlap with arithmetic in part: the longer one counts in full, the shorter by half.
static double overlap(double a, double b) { return std::max(a, b) + 0.5 * std::min(a, b); }

double cnnc::layout::getPeak(const CoreFacts &core) { return core.lanes * (core.fusedMultiplyAdd ? 2.0 : 1.0); }

double cnnc::layout::getStreamCycles(double bytes, const CoreFacts &core) {
  if (bytes <= core.l2Bytes)
    return bytes / (3.0 * core.lanes);
  return bytes / (bytes <= kLargestCache ? kL3BytesPerCycle : kDramBytesPerCycle);
}

double cnnc::layout::getConversionCycles(double bytesRead, double bytesWritten, const CoreFacts &core) {
  return kStepCycles + 2 * getStreamCycles(bytesRead + bytesWritten, core);
}

/// Bytes of the input and the output together.
static double getTraffic(const ConvShape &conv) {
  return 4.0 * conv.images * (product(conv.input) * conv.inChannels + product(conv.output) * conv.outChannels);
}

double cnnc::layout::getDirectCycles(const ConvShape &conv, Channels input, Channels output, const CoreFacts &core) {
  double taps = product(conv.kernel);
  int64_t inPerGroup = conv.inChannels / conv.group, outPerGroup = conv.outChannels / conv.group;
  double inLanes = input == Channels::blocked ? alignTo(inPerGroup, kBlock) : inPerGroup;
  double outLanes = alignTo(outPerGroup, kBlock);
  double weights = conv.group * inLanes * outLanes * taps;
  double multiplyAdds = conv.images * product(conv.output) * weights;
  double efficiency = output == Channels::last ? kOutputLastEfficiency : kDenseEfficiency;
  if (input == Channels::last && conv.inChannels >= kFarApart)
    efficiency = std::min(efficiency, kInputLastEfficiency);
  double compute = multiplyAdds / getPeak(core) / efficiency;
  return kStepCycles + overlap(compute, 4 * weights / kWeightBytesPerCycle) +
         0.5 * getStreamCycles(getTraffic(conv), core);
}

double cnnc::layout::getWindowCycles(const ConvShape &conv, Channels channels, const CoreFacts &core) {
  double width = conv.inChannels / conv.group;
  double lanes = channels == Channels::blocked ? alignTo(conv.outChannels, kBlock) : conv.outChannels;
  double multiplyAdds = conv.images * product(conv.output) * lanes * width * product(conv.kernel);
  double efficiency = channels == Channels::blocked ? kWindowEfficiency : kChannelsLastWindowEfficiency;
  return kStepCycles + overlap(multiplyAdds / getPeak(core) / efficiency, getStreamCycles(getTraffic(conv), core));
}

int64_t cnnc::layout::getWinogradTaps(const ConvShape &conv) {
  auto isOne = [](int64_t extent) { return extent == 1; };
  bool dense = conv.group == 1 && all_of(conv.strides, isOne) && all_of(conv.dilations, isOne);
  return dense && conv.inChannels >= kBlock && conv.outChannels >= kBlock ? cnn::getWinogradTaps(conv.kernel) : 0;
}

namespace {

/// F(m, r) in one dimension, on vectors of 16 channels; F(1, 1) costs nothing.
struct Transform {
  int64_t m, size;
  Transform(int64_t m, int64_t taps) : m(taps == 1 ? 1 : m), size(taps == 1 ? 1 : m + taps - 1) {}
  /// Additions and multiplications of the product with one vector.
  double input() const { return size == 1 ? 0 : size == 4 ? 4 : size == 6 ? 12 : 22; }
  double output() const { return size == 1 ? 0 : size == 4 ? 4 : size == 6 ? 10 : 18; }
  double filter() const { return size == 1 ? 0 : 1.5 * size; }
};

} // namespace

/// Tiles of a plane, over all images but in three dimensions.
static int64_t countTiles(const ConvShape &conv, int64_t m) {
  auto kernel = cnn::getPlane(conv.kernel), plane = cnn::getPlane(conv.output);
  auto tiles = [&](int dim) { return divideCeil(plane[dim], kernel[dim] == 1 ? 1 : m); };
  return (conv.output.size() == 3 ? 1 : conv.images) * tiles(0) * tiles(1);
}

/// Cycles to stream `bytes` of filters: what exceeds the largest cache is read again in each pass.
static double getFilterCycles(double bytes, int64_t passes) {
  return bytes * (bytes > kLargestCache ? passes : 1) / kWeightBytesPerCycle;
}

bool cnnc::layout::canTransform(const ConvShape &conv, const cnn::WinogradSize &size) {
  if (size.r != getWinogradTaps(conv) || !isWinogradAccurate(conv, size.m))
    return false;
  return !size.raw || (conv.output.size() < 3 && conv.inChannels * conv.outChannels >= kFewestRawFilters &&
                       countTiles(conv, size.m) >= kFewestRawTiles);
}

double cnnc::layout::getWinogradCycles(const ConvShape &conv, int64_t m, const CoreFacts &core, bool raw) {
  auto kernel = cnn::getPlane(conv.kernel);
  Transform vertical(m, kernel[0]), horizontal(m, kernel[1]);
  // Vector operations per tile and vector of channels: loads and stores, and one or two passes of additions.
  double positions = vertical.size * horizontal.size, taps = kernel[0] * kernel[1];
  double input = 2 * positions + horizontal.size * vertical.input() + vertical.size * horizontal.input();
  double output =
      positions + vertical.m * horizontal.m + horizontal.size * vertical.output() + vertical.m * horizontal.output();
  double filter = taps + positions + kernel[1] * vertical.filter() + vertical.size * horizontal.filter();
  int64_t inLanes = alignTo(conv.inChannels, kBlock), outLanes = alignTo(conv.outChannels, kBlock);
  // The kernel's depth lengthens the products; planes share transforms in part.
  bool deep = conv.output.size() == 3;
  double depth = deep ? conv.kernel[0] : 1, planes = deep ? conv.output[0] * conv.images : 1;
  int64_t tilesOfPlane = countTiles(conv, m);
  double weights = depth * inLanes * outLanes;
  double multiplies =
      positions * weights * planes * alignTo(tilesOfPlane, kWinogradRows) / getPeak(core) / kDenseEfficiency;
  auto [panelParts, tileBlocks] = cnn::getRawSplit(outLanes / kBlock, tilesOfPlane);
  input *= raw ? double(panelParts) : (1 + depth) / 2;
  double transforms = kTransformCyclesPerOperation * planes * tilesOfPlane *
                      (double(inLanes) * input + double(outLanes) * output) / kBlock;
  if (raw)
    transforms += kFilterCyclesPerOperation * tileBlocks * weights * filter / core.lanes;
  double stream = getFilterCycles(4 * weights * (raw ? taps : positions),
                                  raw ? tileBlocks : divideCeil(tilesOfPlane, kTilesOfPass));
  return kStepCycles + overlap(multiplies, stream) + transforms + 0.5 * getStreamCycles(getTraffic(conv), core);
}

bool cnnc::layout::isWinogradAccurate(const ConvShape &conv, int64_t m) {
  // Two passes over eight points lose too many digits for a default; one pass loses half of them.
  auto kernel = cnn::getPlane(conv.kernel);
  int64_t mostPoints = kernel[0] == kernel[1] ? 6 : 8;
  return m + getWinogradTaps(conv) - 1 <= mostPoints;
}

int64_t cnnc::layout::selectWinograd(const ConvShape &conv, ArrayRef<int64_t> candidates, ArrayRef<CoreFacts> cores) {
  if (getWinogradTaps(conv) == 0)
    return 0;
  // A transform costs accuracy and code: it has to win clearly.
  double best = 0.95;
  int64_t selected = 0;
  for (int64_t m : candidates) {
    if (!isWinogradAccurate(conv, m))
      continue;
    double ratio = 1;
    for (const CoreFacts &core : cores)
      ratio *= getWinogradCycles(conv, m, core) / getDirectCycles(conv, Channels::blocked, Channels::blocked, core);
    ratio = std::pow(ratio, 1.0 / cores.size());
    if (ratio < best) {
      best = ratio;
      selected = m;
    }
  }
  return selected;
}

bool cnnc::layout::prefersRawFilters(const ConvShape &conv, int64_t m, ArrayRef<CoreFacts> cores) {
  // The library is smaller, too: that is worth a little.
  double ratio = 1;
  for (const CoreFacts &core : cores)
    ratio *= getWinogradCycles(conv, m, core, /*raw=*/true) / getWinogradCycles(conv, m, core);
  return std::pow(ratio, 1.0 / cores.size()) < 1.02;
}

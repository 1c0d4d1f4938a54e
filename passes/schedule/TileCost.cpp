// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/TileCost.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

using namespace cnnc;
using namespace cnnc::schedule;

static constexpr int64_t kPanel = 16;

namespace {
struct TileRow {
  int64_t bits, registers;
  Tile tile;
};
constexpr TileRow tileRows[] = {
#define TILE(bits, registers, rows, vectors) {bits, registers, {rows, vectors}},
#include "dialects/kernel/Tiles.def"
};
#define TILE(bits, registers, rows, vectors)                                                                           \
  static_assert((rows) * (vectors) <= (registers) - 4 && (vectors) * (bits) % 512 == 0);
#include "dialects/kernel/Tiles.def"
} // namespace

llvm::SmallVector<Tile> cnnc::schedule::getTiles(const target::Level &level) {
  llvm::SmallVector<Tile> tiles;
  for (const TileRow &row : tileRows)
    if (row.bits == level.vectorBits && row.registers == level.vectorRegisters)
      tiles.push_back(row.tile);
  return tiles;
}

int64_t cnnc::schedule::getPanels(Tile tile, const target::Level &level) {
  return tile.vectors * level.lanes() / kPanel;
}

/// Cycles for one element of the reduction: two multiply-adds a cycle, an accumulator again after their latency, and
/// some cost for what is loaded (a filter vector per column, a broadcast per row).
static double getCyclesPerElement(Tile tile, const target::Level &level) {
  constexpr double kPerCycle = 2, kLatency = 4, kPerLoad = 0.12, kPerFilterLine = 0.12, kSpill = 0.08;
  constexpr int64_t kLineBits = 512;
  double operations = tile.rows * tile.vectors * (level.fusedMultiplyAdd ? 1.0 : 2.0);
  double arithmetic = std::max(operations / kPerCycle, kLatency);
  // The filter streams from L2, the pixels mostly from L1.
  double lines = double(tile.vectors * level.vectorBits) / kLineBits;
  double loads = kPerLoad * (tile.rows + tile.vectors) + kPerFilterLine * lines;
  // The operands of a step want the shorter side in registers, and one more vector; without one to spare they spill
  // (3x4 on AVX2: 84 % of the peak where 6x2, 5x2 and 4x2 reach 92).
  int64_t wanted = tile.rows * tile.vectors + std::min(tile.rows, tile.vectors) + (level.fusedMultiplyAdd ? 1 : 2);
  double spill = wanted >= level.vectorRegisters ? kSpill * arithmetic : 0;
  return arithmetic + loads + spill;
}

static double getTileCycles(const ContractShape &shape, Tile tile, const target::Level &level) {
  constexpr double kPerSegment = 3, kPerTile = 30, kPerStore = 2;
  return shape.depth() * getCyclesPerElement(tile, level) + shape.segments * kPerSegment + kPerTile +
         kPerStore * tile.rows * tile.vectors;
}

namespace {
/// `total` cut in as few parts of at most `size` as there can be, nearly equal: parts of `longer` and of one less.
struct Cut {
  int64_t parts, longer, longerParts;
  Cut(int64_t total, int64_t size)
      : parts(llvm::divideCeilSigned(total, size)), longer(llvm::divideCeilSigned(total, parts)),
        longerParts(total - (longer - 1) * parts) {}
};
} // namespace

double cnnc::schedule::getCycles(const ContractShape &shape, Tile tile, const target::Level &level) {
  Cut rows(shape.width * tile.lines, tile.rows), panels(shape.panels / shape.group, getPanels(tile, level));
  int64_t vectorsOfPanel = kPanel / level.lanes();
  auto sumRows = [&](int64_t panelsOfTile) {
    int64_t vectors = panelsOfTile * vectorsOfPanel, shorter = rows.parts - rows.longerParts;
    double cycles = rows.longerParts * getTileCycles(shape, {rows.longer, vectors}, level);
    return shorter ? cycles + shorter * getTileCycles(shape, {rows.longer - 1, vectors}, level) : cycles;
  };
  double cycles = panels.longerParts * sumRows(panels.longer);
  if (int64_t narrower = panels.parts - panels.longerParts)
    cycles += narrower * sumRows(panels.longer - 1);
  return cycles * shape.lines / tile.lines * shape.group;
}

/// Each place of a row's end in a tile is code of its own, and so is each call: only few pixels are cut together.
static bool canJoin(const ContractShape &shape, Tile tile) {
  constexpr int64_t kMostPixels = 64;
  return tile.lines == 1 ||
         (shape.height % tile.lines == 0 && tile.rows <= shape.width && tile.lines * shape.width <= kMostPixels);
}

Tile cnnc::schedule::selectTile(const ContractShape &shape, const target::Level &level) {
  constexpr int64_t kMostLines = 8;
  constexpr double kClearly = 0.98;
  Tile best{1, kPanel / level.lanes()};
  double least = std::numeric_limits<double>::infinity();
  for (int64_t lines = 1; lines <= kMostLines; ++lines)
    for (Tile tile : getTiles(level)) {
      tile.lines = lines;
      if (!canJoin(shape, tile))
        continue;
      double cycles = getCycles(shape, tile, level);
      bool fewer = tile.lines == best.lines && tile.rows * tile.vectors < best.rows * best.vectors;
      if (cycles < (lines == best.lines ? 1 : kClearly) * least || (cycles == least && fewer)) {
        best = tile;
        least = cycles;
      }
    }
  return best;
}

int64_t cnnc::schedule::selectBlock(const ContractShape &shape, int64_t tilePanels, int64_t tileRows,
                                    int64_t cacheBytes) {
  int64_t segmentBytes = shape.run * kPanel * std::min(tilePanels, shape.panels) * 4;
  int64_t fitting = std::max<int64_t>(cacheBytes / 2 / segmentBytes, 1);
  if (fitting >= shape.segments || shape.pixels() <= tileRows)
    return shape.segments;
  return llvm::divideCeilSigned(shape.segments, llvm::divideCeilSigned(shape.segments, fitting));
}

int64_t cnnc::schedule::getTasks(double microseconds) {
  if (microseconds < 5)
    return 1;
  if (microseconds < 20)
    return 2;
  if (microseconds < 50)
    return 4;
  if (microseconds < 200)
    return 8;
  return microseconds < 1000 ? 16 : 32;
}

double cnnc::schedule::estimateMicroseconds(int64_t multiplyAdds, int64_t bytes) {
  constexpr double kMultiplyAddsPerMicrosecond = 50e3, kBytesPerMicrosecond = 10e3;
  return std::max(multiplyAdds / kMultiplyAddsPerMicrosecond, bytes / kBytesPerMicrosecond);
}

Split cnnc::schedule::selectSplit(const ContractShape &shape, int64_t tilePanels, int64_t tasks) {
  // Multiply-adds in the time of one byte from L3, about 10 bytes and 32 multiply-adds a cycle; and what it costs to
  // have half as many tasks as wanted.
  constexpr double kMultiplyAddsPerByte = 3, kPerMissingTasks = 0.25;
  int64_t units = llvm::divideCeilSigned(shape.panels, tilePanels);
  // Where rows follow one another the emitter cuts between pixels, otherwise between rows.
  int64_t lines = shape.lines == 1 ? llvm::divideCeilSigned(shape.width, 8) : shape.lines;
  double multiplyAdds = double(shape.pixels()) * shape.panels * kPanel * shape.depth();
  Split best{1, 1};
  double least = std::numeric_limits<double>::infinity();
  auto getBalance = [](int64_t total, int64_t parts) {
    return double(llvm::divideCeilSigned(total, parts) * parts) / total;
  };
  for (int64_t panels = 1; panels <= std::min(units, tasks); ++panels)
    for (int64_t pixels = 1; pixels <= std::min(llvm::divideCeilSigned(tasks, panels), lines); ++pixels) {
      double balance = getBalance(units, panels) * getBalance(lines, pixels);
      double missing = 1 + kPerMissingTasks * std::max(0.0, double(tasks) / (panels * pixels) - 1);
      double bytes = double(pixels) * shape.filterBytes() + double(panels) * shape.inputBytes;
      double cost = (multiplyAdds + kMultiplyAddsPerByte * bytes) * balance * missing;
      if (cost < least) {
        least = cost;
        best = {panels, pixels};
      }
    }
  return best;
}

int64_t cnnc::schedule::selectTileBlock(int64_t tiles, int64_t bytesOfTile, int64_t cacheBytes, int64_t planes) {
  // Fewer tiles than the shortest block would read the filter too often for each; more than the longest gain nothing.
  constexpr int64_t kShortest = 24, kLongest = 96;
  int64_t longest = std::clamp(cacheBytes / bytesOfTile, llvm::divideCeilSigned(kShortest, planes), kLongest);
  return llvm::divideCeilSigned(tiles, llvm::divideCeilSigned(tiles, longest));
}

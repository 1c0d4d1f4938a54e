// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/Candidates.h"

#include "dialects/kernel/Schedule.h"
#include "passes/schedule/PlanAttrs.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::schedule;

/// The model's errors between tiles are within this factor; more than so many are never as close.
static constexpr double kFarBehind = 1.2;
static constexpr size_t kMostTiles = 3;

static void addTiles(const ContractShape &shape, const target::Level &level, SmallVectorImpl<Candidate> &candidates) {
  SmallVector<std::pair<double, Tile>> others;
  Tile chosen = selectTile(shape, level);
  double best = getCycles(shape, chosen, level);
  for (Tile tile : getTiles(level))
    if (double cycles = getCycles(shape, tile, level);
        cycles <= kFarBehind * best && (tile.rows != chosen.rows || tile.vectors != chosen.vectors))
      others.push_back({cycles, tile});
  llvm::stable_sort(others, llvm::less_first());
  for (auto [cycles, tile] : ArrayRef(others).take_front(kMostTiles)) {
    ContractPlan pins;
    pins.rows = tile.rows;
    pins.vectors = tile.vectors;
    candidates.push_back({std::to_string(tile.rows) + "x" + std::to_string(tile.vectors), pins});
  }
}

SmallVector<Candidate> cnnc::schedule::rankCandidates(const ContractShape &shape, const target::Level &level) {
  constexpr int64_t kWhole = int64_t(1) << 32, kColdBytes = 512 * 1024;
  SmallVector<Candidate> candidates;
  addTiles(shape, level, candidates);
  auto add = [&](StringRef name, auto pin) {
    candidates.push_back({name.str(), {}});
    pin(candidates.back().pins);
  };
  add("share panels", [](ContractPlan &pins) { pins.order = kernel::TaskOrder::panels; });
  add("share pixels", [](ContractPlan &pins) { pins.order = kernel::TaskOrder::pixels; });
  if (shape.panels / shape.group > 1) {
    if (shape.lines > 1)
      add("row by row", [](ContractPlan &pins) { pins.rowBlock = 1; });
    add("all rows", [](ContractPlan &pins) { pins.rowBlock = pins.columnBlock = kWhole; });
  }
  if (shape.filterBytes() >= kColdBytes)
    add("as they are read", [](ContractPlan &pins) { pins.fetchPasses = 0; });
  return candidates;
}

void cnnc::schedule::pinSchedule(Operation *op, StringRef level, const ContractPlan &pins) {
  Builder builder(op->getContext());
  NamedAttribute entry = builder.getNamedAttr(level, writePlan(op->getContext(), pins));
  op->setAttr(kernel::kPinsAttr, builder.getDictionaryAttr(entry));
}

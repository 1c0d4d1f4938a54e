// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/layout/LayoutSearch.h"

#include "passes/layout/ConvFacts.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::layout;
using namespace cnnc::cnn;

/// Regions and values are tried in turn until nothing improves; sweeps are few, this bounds odd graphs.
static constexpr int kSweeps = 8;
static constexpr size_t kCandidates = 8;

static ArrayRef<int64_t> getShape(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

LayoutSearch::LayoutSearch(func::FuncOp function, ArrayRef<Channels> offered, std::optional<CoreFacts> core)
    : core(core) {
  for (Operation &op : function.getBody().front())
    if (!op.hasTrait<OpTrait::ConstantLike>())
      addNode(&op);
  findCandidates(offered);
}

void LayoutSearch::addNode(Operation *op) {
  unsigned index = nodes.size();
  nodeIndex[op] = index;
  nodes.push_back({op, {}, {}, -1});
  for (auto [number, operand] : llvm::enumerate(op->getOperands())) {
    if (!hasLayout(operand.getType()) || isConstant(operand))
      continue;
    unsigned entry = getOrAddEntry(operand);
    SmallVectorImpl<unsigned> &users = entries[entry].users;
    if (users.empty() || users.back() != index) {
      nodes[index].operands.push_back(entry);
      users.push_back(index);
    }
    entries[entry].uses.push_back({index, number});
  }
  if (op->getNumResults() == 1 && isActivation(op->getResult(0))) {
    unsigned entry = getOrAddEntry(op->getResult(0));
    nodes[index].result = entry;
    entries[entry].definition = index;
  }
}

unsigned LayoutSearch::getOrAddEntry(Value value) {
  auto [it, isNew] = entryIndex.try_emplace(value, entries.size());
  if (isNew)
    entries.push_back({value, LayoutAttr::getRowMajor(value.getContext(), getShape(value).size()), {}, -1, {}, {}});
  return it->second;
}

LayoutAttr LayoutSearch::getLayout(Value value) const {
  auto it = entryIndex.find(value);
  if (it != entryIndex.end())
    return entries[it->second].layout;
  return LayoutAttr::getRowMajor(value.getContext(), getShape(value).size());
}

std::optional<Demand> LayoutSearch::computeDemand(const Node &node, LayoutAttr result) const {
  return cnnc::layout::getDemand(
      node.op, result, [&](Value value) { return getLayout(value); }, core ? &*core : nullptr);
}

bool LayoutSearch::canStore(unsigned entry, LayoutAttr layout) const {
  const Entry &stored = entries[entry];
  if (stored.definition < 0)
    return layout == stored.layout;
  return llvm::is_contained(stored.candidates, layout) && computeDemand(nodes[stored.definition], layout);
}

void LayoutSearch::addCandidate(unsigned entry, LayoutAttr layout) {
  SmallVectorImpl<LayoutAttr> &candidates = entries[entry].candidates;
  if (entries[entry].definition >= 0 && candidates.size() < kCandidates && !llvm::is_contained(candidates, layout))
    candidates.push_back(layout);
}

void LayoutSearch::findCandidates(ArrayRef<Channels> offered) {
  for (unsigned entry = 0; entry < entries.size(); ++entry) {
    MLIRContext *context = entries[entry].value.getContext();
    int64_t rank = getShape(entries[entry].value).size();
    if (rank >= 3)
      for (Channels channels : offered)
        addCandidate(entry, toLayout(context, channels, rank));
    addCandidate(entry, LayoutAttr::getRowMajor(context, rank));
  }
  // Transposes give their neighbours layouts under other names, which spread from op to op: first down, then up.
  auto spreadFrom = [&](unsigned entry) {
    for (LayoutAttr layout : SmallVector<LayoutAttr, 4>(entries[entry].candidates))
      forEachTie(entry, layout, [&](unsigned other, LayoutAttr tied) { addCandidate(other, tied); });
    if (entries[entry].definition < 0)
      forEachTie(entry, entries[entry].layout, [&](unsigned other, LayoutAttr tied) { addCandidate(other, tied); });
  };
  for (unsigned entry = 0; entry < entries.size(); ++entry)
    spreadFrom(entry);
  for (unsigned entry = entries.size(); entry-- > 0;)
    spreadFrom(entry);
}

/// Ops whose result has the layout of its operands of the same shape.
static bool ties(Operation *op) { return isa<MapOp, PoolOp, ConcatOp, PadOp, SliceOp, ResizeOp>(op); }

void LayoutSearch::forEachTie(unsigned entry, LayoutAttr layout, function_ref<void(unsigned, LayoutAttr)> visit) const {
  Value value = entries[entry].value;
  auto visitNode = [&](const Node &node) {
    if (node.result < 0)
      return;
    Value result = entries[node.result].value;
    if (auto transpose = dyn_cast<TransposeOp>(node.op)) {
      ArrayRef<int64_t> permutation = transpose.getPermutation();
      if (value == result)
        visit(node.operands.front(), transposeLayoutBack(layout, permutation));
      else
        visit(node.result, transposeLayout(layout, permutation));
      return;
    }
    // Reductions and convolutions tie nothing but what passes beside the accumulators.
    bool epilogue = isa<ConvOp, ConvTransposeOp>(node.op);
    if (!ties(node.op) && !epilogue)
      return;
    auto isTied = [&](unsigned other) {
      if (isa<MapOp>(node.op) || epilogue)
        return getShape(entries[other].value) == getShape(result);
      return true;
    };
    if (epilogue && value != result && value == node.op->getOperand(0))
      return;
    if (value != result && !isTied(entry))
      return;
    if (value != result)
      visit(node.result, layout);
    for (unsigned other : node.operands)
      if (entries[other].value != value && isTied(other) &&
          !(epilogue && entries[other].value == node.op->getOperand(0)))
        visit(other, layout);
  };
  if (entries[entry].definition >= 0)
    visitNode(nodes[entries[entry].definition]);
  for (unsigned user : entries[entry].users)
    visitNode(nodes[user]);
}

/// Ops that follow their operand start with its layout; the others with the first candidate they can store. Without
/// costs, that is what their largest operand has, lest it be converted.
SmallVector<LayoutAttr> LayoutSearch::getPreferred(const Node &node) const {
  SmallVector<LayoutAttr> preferred;
  if (node.operands.empty())
    return preferred;
  forEachTie(node.operands.front(), entries[node.operands.front()].layout, [&](unsigned other, LayoutAttr layout) {
    if (static_cast<int>(other) == node.result)
      preferred.push_back(layout);
  });
  if (core)
    return preferred;
  auto sizeOf = [&](unsigned entry) { return llvm::product_of(getShape(entries[entry].value)); };
  const unsigned *largest =
      llvm::max_element(node.operands, [&](unsigned one, unsigned other) { return sizeOf(one) < sizeOf(other); });
  if (getShape(entries[*largest].value).size() == getShape(entries[node.result].value).size())
    preferred.push_back(entries[*largest].layout);
  return preferred;
}

LogicalResult LayoutSearch::assignFirst() {
  for (Node &node : nodes) {
    SmallVector<LayoutAttr> preferred = {nullptr};
    if (node.result >= 0) {
      preferred = getPreferred(node);
      llvm::append_range(preferred, entries[node.result].candidates);
    }
    auto isLegal = [&](LayoutAttr layout) {
      std::optional<Demand> demand = computeDemand(node, layout);
      if (demand)
        node.demand = std::move(*demand);
      return demand.has_value();
    };
    auto *layout = llvm::find_if(preferred, isLegal);
    if (layout == preferred.end()) {
      LayoutAttr likeliest = node.result >= 0 ? entries[node.result].candidates.front() : nullptr;
      StringRef reason;
      getLegalLayouts(node.op, likeliest, &reason);
      return refuseResult(node.op, likeliest, reason);
    }
    if (node.result >= 0)
      entries[node.result].layout = *layout;
  }
  return success();
}

double LayoutSearch::getConversions(unsigned entry) const {
  const Entry &stored = entries[entry];
  SmallVector<LayoutAttr, 4> needed;
  double cycles = 0;
  for (auto [user, number] : stored.uses) {
    LayoutAttr layout = nodes[user].demand.operands[number];
    if (!layout || layout == stored.layout || llvm::is_contained(needed, layout))
      continue;
    needed.push_back(layout);
    cycles += getConversionCycles(stored.value, stored.layout, layout, *core);
  }
  return cycles;
}

/// Makes the move if that lowers the cycles of the ops and edges it touches.
bool LayoutSearch::tryMove(const Move &move) {
  llvm::SetVector<unsigned> touchedNodes, touchedEntries;
  for (const auto &[entry, layout] : move) {
    if (entries[entry].definition >= 0)
      touchedNodes.insert(entries[entry].definition);
    touchedEntries.insert(entry);
    for (unsigned user : entries[entry].users)
      if (choosesInput(nodes[user].op))
        touchedNodes.insert(user);
  }
  for (unsigned node : touchedNodes)
    touchedEntries.insert(nodes[node].operands.begin(), nodes[node].operands.end());
  auto getCost = [&] {
    double cycles = 0;
    for (unsigned node : touchedNodes)
      cycles += nodes[node].demand.cycles;
    for (unsigned entry : touchedEntries)
      cycles += getConversions(entry);
    return cycles;
  };
  double before = getCost();
  Move undo;
  for (const auto &[entry, layout] : move) {
    undo.push_back({entry, entries[entry].layout});
    entries[entry].layout = layout;
  }
  std::vector<Demand> demands;
  bool possible = true;
  for (unsigned node : touchedNodes) {
    std::optional<Demand> demand =
        computeDemand(nodes[node], nodes[node].result < 0 ? LayoutAttr() : entries[nodes[node].result].layout);
    demands.push_back(nodes[node].demand);
    if (demand)
      nodes[node].demand = std::move(*demand);
    possible &= demand.has_value();
  }
  // Rounding must not make two plans of equal cost follow each other for ever.
  if (possible && getCost() < before * (1 - 1e-9))
    return true;
  for (const auto &[entry, layout] : undo)
    entries[entry].layout = layout;
  for (auto [node, demand] : llvm::zip_equal(touchedNodes, demands))
    nodes[node].demand = std::move(demand);
  return false;
}

/// The region around `entry` that takes `layout` along; values whose op cannot store it stay as they are.
LayoutSearch::Move LayoutSearch::spread(unsigned entry, LayoutAttr layout) const {
  Move move = {{entry, layout}};
  llvm::DenseSet<unsigned> seen = {entry};
  for (size_t next = 0; next < move.size(); ++next) {
    auto [from, fromLayout] = move[next];
    forEachTie(from, fromLayout, [&](unsigned other, LayoutAttr tied) {
      if (seen.insert(other).second && entries[other].layout != tied && canStore(other, tied))
        move.push_back({other, tied});
    });
  }
  return move;
}

bool LayoutSearch::improveRegions() {
  bool improved = false;
  llvm::DenseSet<unsigned> done;
  for (unsigned entry = 0; entry < entries.size(); ++entry) {
    if (done.contains(entry))
      continue;
    for (LayoutAttr layout : entries[entry].candidates) {
      if (layout == entries[entry].layout || !canStore(entry, layout))
        continue;
      Move move = spread(entry, layout);
      for (const auto &[member, memberLayout] : move)
        done.insert(member);
      improved |= tryMove(move);
    }
  }
  return improved;
}

bool LayoutSearch::improveValues() {
  bool improved = false;
  for (unsigned entry = 0; entry < entries.size(); ++entry)
    for (LayoutAttr layout : entries[entry].candidates)
      if (layout != entries[entry].layout)
        improved |= tryMove({{entry, layout}});
  return improved;
}

LogicalResult LayoutSearch::run() {
  if (failed(assignFirst()))
    return failure();
  for (int sweep = 0; core && sweep < kSweeps; ++sweep) {
    bool improved = improveRegions();
    improved |= improveValues();
    if (!improved)
      break;
  }
  return success();
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The search for the layouts of all activations of a function.
#ifndef CNNC_PASSES_LAYOUT_LAYOUTSEARCH_H
#define CNNC_PASSES_LAYOUT_LAYOUTSEARCH_H

#include "passes/layout/Demand.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace cnnc::layout {

/// Starts with blocked channels wherever the ops allow it; then changes the layouts of single values, and of regions of
/// values that ops tie together, for as long as the sum of the ops' cycles and of the conversions' falls. A plan always
/// exists where every op stores some layout: conversions do the rest. Order of the ops is the only order used, so the
/// same function has the same result.
///
/// Without a core there are no cycles to lower: the plan that it starts with stays, in which what need not be stored
/// otherwise is stored as what it is made of.
class LayoutSearch {
public:
  /// Feature maps may have their channels as `offered` says, the likeliest first, or be row major.
  LayoutSearch(mlir::func::FuncOp function, llvm::ArrayRef<Channels> offered, std::optional<CoreFacts> core);

  /// Fails, with a diagnostic, where an op can store its result as nothing that is offered.
  mlir::LogicalResult run();

  /// The layout of any f32 tensor: the chosen one, row major for arguments and constants.
  cnn::LayoutAttr getLayout(mlir::Value value) const;
  /// What `op` asks of its operands.
  const Demand &getDemand(mlir::Operation *op) const { return nodes[nodeIndex.lookup(op)].demand; }

private:
  struct Node {
    mlir::Operation *op;
    Demand demand;
    llvm::SmallVector<unsigned, 4> operands; ///< Values whose layouts matter here.
    int result = -1;                         ///< The activation it makes.
  };
  struct Entry {
    mlir::Value value;
    cnn::LayoutAttr layout;
    llvm::SmallVector<cnn::LayoutAttr, 4> candidates; ///< One: the layout is fixed.
    int definition = -1;
    llvm::SmallVector<unsigned, 4> users;
    llvm::SmallVector<std::pair<unsigned, unsigned>, 4> uses; ///< A user and the number of its operand.
  };
  /// A change of some values' layouts.
  using Move = std::vector<std::pair<unsigned, cnn::LayoutAttr>>;

  void addNode(mlir::Operation *op);
  unsigned getOrAddEntry(mlir::Value value);
  void findCandidates(llvm::ArrayRef<Channels> offered);
  void addCandidate(unsigned entry, cnn::LayoutAttr layout);
  llvm::SmallVector<cnn::LayoutAttr> getPreferred(const Node &node) const;
  mlir::LogicalResult assignFirst();
  std::optional<Demand> computeDemand(const Node &node, cnn::LayoutAttr result) const;
  bool canStore(unsigned entry, cnn::LayoutAttr layout) const;
  /// Layouts that the ops around `entry` want for their other values if it is stored as `layout`.
  void forEachTie(unsigned entry, cnn::LayoutAttr layout,
                  llvm::function_ref<void(unsigned, cnn::LayoutAttr)> visit) const;
  Move spread(unsigned entry, cnn::LayoutAttr layout) const;
  bool tryMove(const Move &move);
  double getConversions(unsigned entry) const;
  bool improveRegions();
  bool improveValues();

  std::optional<CoreFacts> core;
  std::vector<Node> nodes;
  std::vector<Entry> entries;
  llvm::DenseMap<mlir::Operation *, unsigned> nodeIndex;
  llvm::DenseMap<mlir::Value, unsigned> entryIndex;
};

} // namespace cnnc::layout

#endif

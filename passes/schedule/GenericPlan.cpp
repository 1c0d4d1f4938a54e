// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/GenericPlan.h"

#include "dialects/kernel/Address.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/schedule/Choose.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::schedule;
using kernel::Loop;

static int64_t getCost(Operation *op) {
#define INSTRUCTION(row, cost, value)                                                                                  \
  if (isa<row>(op))                                                                                                    \
    return cost;
#define FUNCTION(row, cost, value, name) INSTRUCTION(row, cost, value)
#include "dialects/cnn/Functions.def"
  return isa<memref::LoadOp>(op) ? 4 : 1;
}

/// Instructions of a body, roughly.
static int64_t getBodyCost(linalg::GenericOp op) {
  int64_t cost = 0;
  for (Operation &inner : *op.getBody())
    cost += getCost(&inner);
  return cost;
}

/// Cost of an element when lanes lie along `loop`: unit distances are vectors, others one scalar per lane.
static double getLaneCost(const Loop &loop, linalg::GenericOp op, int64_t lanes, bool reduces) {
  double cost = 0;
  size_t inputs = op.getNumDpsInputs();
  for (auto [number, operand] : llvm::enumerate(op->getOperands())) {
    int64_t pitch = loop.pitches[number];
    if (pitch == kernel::getElementBytes(getElementTypeOrSelf(operand.getType())))
      cost += 1;
    else if (pitch != 0)
      cost += lanes * (number < inputs ? 1 : 2);
    else
      cost += number < inputs ? 0.5 : 0;
  }
  // A reduction along lanes ends with shuffles.
  if (reduces)
    cost += 4.0 * lanes / loop.extent;
  int64_t padded = llvm::alignTo(loop.extent, lanes);
  return cost * padded / loop.extent;
}

/// A dimension of the loop of least cost; 0 where there are no loops.
static int64_t selectAlong(linalg::GenericOp op, const kernel::GenericWalk &walk, int64_t lanes) {
  int64_t along = 0;
  std::optional<double> best;
  auto consider = [&](ArrayRef<Loop> loops, bool reduces) {
    for (const Loop &loop : loops) {
      double cost = getLaneCost(loop, op, lanes, reduces);
      if (best && cost >= *best)
        continue;
      best = cost;
      along = loop.dims.back();
    }
  };
  consider(walk.parallel, false);
  if (walk.mayReorder())
    consider(walk.reduction, true);
  return along;
}

GenericPlan cnnc::schedule::planGeneric(linalg::GenericOp op, const kernel::GenericWalk &walk,
                                        const target::Level &level, const GenericPlan &pinned) {
  GenericPlan plan = pinned;
  int64_t cost = getBodyCost(op);
  choose(plan.along, selectAlong(op, walk, level.lanes()));
  choose(plan.vectors, cost <= 10 ? 4 : cost <= 45 ? 2 : 1);
  return plan;
}

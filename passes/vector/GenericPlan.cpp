// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/GenericPlan.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

/// Moves the loop over dimension `dim` out of `loops`; false where none of them walks it.
static bool takeLoop(SmallVectorImpl<Loop> &loops, int64_t dim, Loop &taken) {
  auto *found = llvm::find_if(loops, [&](const Loop &loop) { return llvm::is_contained(loop.dims, dim); });
  if (found == loops.end())
    return false;
  taken = *found;
  loops.erase(found);
  return true;
}

GenericPlan cnnc::to_vector::createGenericPlan(const kernel::GenericWalk &walk, kernel::GenericScheduleAttr schedule,
                                               int64_t lanes) {
  SmallVector<Loop> parallel = walk.parallel, reduction = walk.reduction;
  size_t operands = walk.byteOffsets.size();
  GenericPlan plan;
  plan.reduces = walk.reduces;
  plan.combiners = walk.combiners;
  plan.stream.row = plan.stream.vector = plan.inner = createUnitLoop(operands);
  int64_t vectors = schedule.getVectors();
  plan.lanesReduce = takeLoop(reduction, schedule.getAlong(), plan.inner);
  plan.stream.vectors = plan.lanesReduce ? 1 : vectors;
  if (plan.lanesReduce)
    plan.copies = std::min<int64_t>(vectors, llvm::divideCeil(plan.inner.extent, lanes));
  else
    takeLoop(parallel, schedule.getAlong(), plan.stream.vector);
  if (plan.reduces && !plan.lanesReduce && !reduction.empty())
    plan.inner = reduction.pop_back_val();
  if (!plan.reduces && !parallel.empty())
    plan.stream.row = parallel.pop_back_val();
  plan.stream.outer = parallel;
  plan.reduction = reduction;
  if (walk.mayReorder() && !plan.lanesReduce)
    plan.copies = std::clamp<int64_t>(vectors / getTileVectors(plan.stream, lanes), 1, plan.inner.extent);
  return plan;
}

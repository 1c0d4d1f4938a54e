// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operations whose results nobody reads go, constants with them; then the bytes of weights that folding replaced.
#include "dialects/cnn/Constants.h"
#include "passes/graph/Passes.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace cnnc::graph {
#define GEN_PASS_DEF_ELIMINATEDEADCODEPASS
#include "passes/graph/Passes.h.inc"

namespace {
class EliminateDeadCodePass : public impl::EliminateDeadCodePassBase<EliminateDeadCodePass> {
  void runOnOperation() override {
    getOperation().walk<WalkOrder::PostOrder>([](Block *block) {
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*block)))
        if (isOpTriviallyDead(&op))
          op.erase();
    });
    cnn::releaseUnusedConstants(getOperation());
  }
};
} // namespace
} // namespace cnnc::graph

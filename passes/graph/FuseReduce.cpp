// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.map(%x, %m) { subf; mulf }  ;  %2 = cnn.reduce sum(%1) axes = [2, 3] { identity }
// becomes
//   %2 = cnn.reduce sum(%x, %m) axes = [2, 3] { subf; mulf }
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_FUSEREDUCEPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// map -> reduce  =>  reduce
struct FuseMapIntoReduce : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp reduce, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> domain = getBroadcastShape(reduce.getInputs());
    for (Value input : reduce.getInputs()) {
      auto producer = input.getDefiningOp<MapOp>();
      // The inputs alone say what a reduction ranges over, so those of the producer must still span it.
      if (!producer || !isOnlyUsedBy(input, reduce) || getShape(input) != ArrayRef(domain) ||
          getBroadcastShape(producer.getInputs()) != domain ||
          !mayShareBody(producer.getBody().front(), reduce.getBody().front()))
        continue;
      Location location = joinLocations(producer.getLoc(), reduce.getLoc());
      Region body;
      SmallVector<Value> inputs =
          composeBodies(rewriter, location, producer, reduce.getInputs(), reduce.getBody().front(), body);
      auto fused = ReduceOp::create(rewriter, location, reduce.getOutput().getType(), inputs, reduce.getKindAttr(),
                                    reduce.getAxesAttr(), reduce.getScaleAttr());
      fused.getBody().takeBody(body);
      rewriter.replaceOp(reduce, fused);
      return success();
    }
    return rewriter.notifyMatchFailure(reduce, "no input is made by a map of the domain's shape for it alone");
  }
};

class FuseReducePass : public impl::FuseReducePassBase<FuseReducePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseMapIntoReduce>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

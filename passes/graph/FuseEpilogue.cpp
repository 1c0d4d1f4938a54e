// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.conv %x, %w  ;  %2 = cnn.map(%1, %r) { addf; maximumf }
// becomes
//   %2 = cnn.conv %x, %w extras(%r) epilogue { addf; maximumf }
#include "passes/graph/Passes.h"
#include "passes/graph/Rewriting.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::graph {
#define GEN_PASS_DEF_FUSEEPILOGUEPASS
#include "passes/graph/Passes.h.inc"

namespace {

/// More streams than this beside the accumulators would thrash the smallest first-level caches.
constexpr size_t kMaxExtras = 6;

bool mayFuse(EpilogueOp producer, MapOp map) {
  Value result = producer->getResult(0);
  // Floats, and bytes that stand for them.
  auto isReal = [](Value value) {
    Type element = getElementTypeOrSelf(value.getType());
    return element.isF32() || element.isInteger(8);
  };
  Region &epilogue = producer.getEpilogue();
  return (epilogue.empty() || mayShareBody(epilogue.front(), map.getBody().front())) &&
         getShape(result) == getShape(map.getOutput()) && isReal(map.getOutput()) && isOnlyUsedBy(result, map) &&
         llvm::all_of(map.getInputs(), isReal) &&
         producer.getExtras().size() + map.getInputs().size() <= kMaxExtras + 1;
}

/// Of several producers that could take the map, the last: the others' results are ready when it runs.
EpilogueOp findProducer(MapOp map) {
  EpilogueOp last;
  for (Value input : map.getInputs()) {
    auto producer = input.getDefiningOp<EpilogueOp>();
    if (producer && mayFuse(producer, map) && (!last || last->isBeforeInBlock(producer)))
      last = producer;
  }
  return last;
}

/// Fills `region` with the producer's epilogue, then the map's body; returns the values of its extra operands.
SmallVector<Value> composeEpilogue(OpBuilder &builder, EpilogueOp producer, MapOp map, Region &region) {
  Value result = producer->getResult(0);
  llvm::SetVector<Value> extras(producer.getExtras().begin(), producer.getExtras().end());
  for (Value input : map.getInputs())
    if (input != result)
      extras.insert(input);
  SmallVector<Value> inputs = {result};
  llvm::append_range(inputs, extras);
  OpBuilder::InsertionGuard guard(builder);
  Block *body = createBody(builder, region, inputs);
  body->getArgument(0).setType(getAccumulatorType(producer));
  auto argumentOf = [&](Value extra) -> Value { return body->getArgument(llvm::find(inputs, extra) - inputs.begin()); };
  Value accumulator = body->getArgument(0);
  if (!producer.getEpilogue().empty()) {
    SmallVector<Value> arguments = {accumulator};
    llvm::append_range(arguments, llvm::map_range(producer.getExtras(), argumentOf));
    accumulator = inlineBody(builder, producer.getEpilogue().front(), arguments);
  }
  SmallVector<Value> arguments = llvm::map_to_vector(
      map.getInputs(), [&](Value input) { return input == result ? accumulator : argumentOf(input); });
  YieldOp::create(builder, map.getLoc(), inlineBody(builder, map.getBody().front(), arguments));
  return extras.takeVector();
}

/// conv -> map  =>  conv with epilogue, at the place of the map (whose other operands are computed there)
struct FuseMapIntoProducer : OpRewritePattern<MapOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MapOp map, PatternRewriter &rewriter) const override {
    EpilogueOp producer = findProducer(map);
    if (!producer)
      return rewriter.notifyMatchFailure(map, "no producer of the map's shape whose result only the map reads");
    auto fused = cast<EpilogueOp>(rewriter.cloneWithoutRegions(*producer.getOperation()));
    SmallVector<Value> extras = composeEpilogue(rewriter, producer, map, fused.getEpilogue());
    fused.getExtrasMutable().assign(extras);
    fused->getResult(0).setType(map.getOutput().getType());
    fused->setLoc(joinLocations(producer.getLoc(), map.getLoc()));
    rewriter.replaceOp(map, fused);
    rewriter.eraseOp(producer);
    return success();
  }
};

class FuseEpiloguePass : public impl::FuseEpiloguePassBase<FuseEpiloguePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseMapIntoProducer>(&getContext());
    applyRewrites(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace cnnc::graph

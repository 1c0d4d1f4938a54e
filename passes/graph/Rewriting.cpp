// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/graph/Rewriting.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::graph;

/// Five times the longest body seen in a real network.
static constexpr size_t kMaxBodyOps = 64;

void cnnc::graph::applyRewrites(Operation *root, const FrozenRewritePatternSet &patterns) {
  GreedyRewriteConfig config;
  config.setUseTopDownTraversal(true).enableFolding(false).enableConstantCSE(false);
  config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
  // Not converging leaves a graph that is right, only less simple.
  (void)applyPatternsGreedily(root, patterns, config);
}

Value cnnc::graph::inlineBody(OpBuilder &builder, Block &body, ValueRange arguments) {
  IRMapping mapping;
  mapping.map(body.getArguments(), arguments);
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping);
  return mapping.lookupOrDefault(body.getTerminator()->getOperand(0));
}

Block *cnnc::graph::createBody(OpBuilder &builder, Region &region, ValueRange inputs) {
  SmallVector<Type> types;
  SmallVector<Location> locations;
  for (Value input : inputs) {
    types.push_back(getElementTypeOrSelf(input.getType()));
    locations.push_back(input.getLoc());
  }
  return builder.createBlock(&region, region.end(), types, locations);
}

cnn::MapOp cnnc::graph::createMap(OpBuilder &builder, Location location, Type type, ValueRange inputs,
                                  function_ref<Value(OpBuilder &, ValueRange)> emit) {
  auto map = cnn::MapOp::create(builder, location, type, inputs);
  OpBuilder::InsertionGuard guard(builder);
  Block *body = createBody(builder, map.getBody(), inputs);
  cnn::YieldOp::create(builder, location, emit(builder, body->getArguments()));
  return map;
}

SmallVector<Value> cnnc::graph::composeBodies(OpBuilder &builder, Location location, cnn::MapOp producer,
                                              ValueRange consumerInputs, Block &consumer, Region &region) {
  llvm::SetVector<Value> inputs;
  for (Value input : consumerInputs)
    if (input != producer.getOutput())
      inputs.insert(input);
  for (Value input : producer.getInputs())
    inputs.insert(input);
  OpBuilder::InsertionGuard guard(builder);
  Block *body = createBody(builder, region, inputs.getArrayRef());
  auto argumentOf = [&](Value input) -> Value { return body->getArgument(llvm::find(inputs, input) - inputs.begin()); };
  SmallVector<Value> producerArguments = llvm::map_to_vector(producer.getInputs(), argumentOf);
  Value produced = inlineBody(builder, producer.getBody().front(), producerArguments);
  SmallVector<Value> arguments = llvm::map_to_vector(
      consumerInputs, [&](Value input) { return input == producer.getOutput() ? produced : argumentOf(input); });
  cnn::YieldOp::create(builder, location, inlineBody(builder, consumer, arguments));
  return inputs.takeVector();
}

bool cnnc::graph::mayShareBody(Block &producer, Block &consumer) {
  return producer.getOperations().size() + consumer.getOperations().size() <= kMaxBodyOps;
}

Location cnnc::graph::joinLocations(Location first, Location second) {
  return FusedLoc::get(first.getContext(), {first, second});
}

bool cnnc::graph::isOnlyUsedBy(Value value, Operation *user) {
  return llvm::all_of(value.getUsers(), [&](Operation *other) { return other == user; });
}

SmallVector<int64_t> cnnc::graph::getBroadcastShape(ValueRange inputs) {
  SmallVector<int64_t> shape;
  for (Value input : inputs) {
    ArrayRef<int64_t> extents = getShape(input);
    shape.resize(extents.size(), 1);
    for (auto [dim, extent] : llvm::enumerate(extents))
      shape[dim] = extent == 1 ? shape[dim] : extent;
  }
  return shape;
}

ArrayRef<int64_t> cnnc::graph::getShape(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   @step_1(%arena, ..) { %x = llvm.getelementptr %arena[64] .. }     and the same with 128 in @step_2
//   =>  @step_1(%arena, ..) { llvm.call @step_1_shared(%arena, .., 64) }   and the same with 128 in @step_2
//       @step_1_shared(%arena, .., %distance) { %x = llvm.getelementptr %arena[%distance] .. }
#include "dialects/target/Role.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "passes/vector/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace cnnc::to_vector {
#define GEN_PASS_DEF_SHARESTEPSPASS
#include "passes/vector/Passes.h.inc"
} // namespace cnnc::to_vector

using namespace mlir;

static bool isStep(LLVM::LLVMFuncOp function) {
  Attribute role = Builder(function).getStrArrayAttr({cnnc::target::kRoleAttr, cnnc::target::kStepRole});
  ArrayAttr attributes = function.getPassthroughAttr();
  return attributes && llvm::is_contained(attributes, role);
}

/// Whether `op` finds an operand: at a constant distance from one of the pointers that the step gets or loads.
static bool findsOperand(Operation *op) {
  auto place = dyn_cast<LLVM::GEPOp>(op);
  return place && isa<LLVM::LLVMFuncOp>(op->getParentOp()) &&
         (isa<BlockArgument>(place.getBase()) || place.getBase().getDefiningOp<LLVM::LoadOp>()) &&
         place.getDynamicIndices().empty() && place.getRawConstantIndices().size() == 1;
}

static SmallVector<LLVM::GEPOp> getPlaces(LLVM::LLVMFuncOp step) {
  SmallVector<LLVM::GEPOp> places;
  for (Operation &op : step.getBody().front())
    if (findsOperand(&op))
      places.push_back(cast<LLVM::GEPOp>(op));
  return places;
}

/// Equal for steps that are alike.
static llvm::hash_code hashShape(LLVM::LLVMFuncOp step) {
  llvm::hash_code hash = llvm::hash_combine(step.getTargetCpu(), step.getTargetFeaturesAttr());
  step.walk([&](Operation *op) {
    bool counts = op != step && !findsOperand(op);
    hash = llvm::hash_combine(hash, op->getName().getAsOpaquePointer(),
                              counts ? op->getName().hashOpProperties(op->getPropertiesStorage()) : llvm::hash_code(0));
  });
  return hash;
}

namespace {

/// Compares two steps op by op. Only the distances of operands may differ.
struct Comparison {
  DenseMap<Value, Value> counterparts;

  bool areAlike(ValueRange a, ValueRange b) {
    return llvm::equal(a, b, [&](Value x, Value y) { return counterparts.lookup(x) == y; });
  }
  bool match(ValueRange a, ValueRange b) {
    if (a.getTypes() != b.getTypes())
      return false;
    for (auto [x, y] : llvm::zip_equal(a, b))
      counterparts[x] = y;
    return true;
  }
  bool areAlike(Operation &a, Operation &b) {
    bool areEqual = a.getName() == b.getName() && areAlike(a.getOperands(), b.getOperands()) &&
                    match(a.getResults(), b.getResults()) && a.getNumRegions() == b.getNumRegions();
    if (!areEqual || findsOperand(&a) != findsOperand(&b))
      return false;
    if (!findsOperand(&a) && !a.getName().compareOpProperties(a.getPropertiesStorage(), b.getPropertiesStorage()))
      return false;
    return a.getDiscardableAttrDictionary() == b.getDiscardableAttrDictionary() &&
           llvm::all_of(llvm::zip_equal(a.getRegions(), b.getRegions()),
                        [&](auto regions) { return areAlike(std::get<0>(regions), std::get<1>(regions)); });
  }
  bool areAlike(Region &a, Region &b) {
    if (a.empty() || b.empty())
      return a.empty() && b.empty();
    return a.hasOneBlock() && b.hasOneBlock() && match(a.getArguments(), b.getArguments()) &&
           llvm::equal(a.front(), b.front(), [&](Operation &x, Operation &y) { return areAlike(x, y); });
  }
};

bool areAlike(LLVM::LLVMFuncOp a, LLVM::LLVMFuncOp b) {
  return a.getTargetCpu() == b.getTargetCpu() && a.getTargetFeaturesAttr() == b.getTargetFeaturesAttr() &&
         Comparison().areAlike(a.getBody(), b.getBody());
}

/// Moves the body of `step` into a function that gets the distances of its operands.
LLVM::LLVMFuncOp createShared(LLVM::LLVMFuncOp step) {
  OpBuilder builder(step);
  auto shared = cast<LLVM::LLVMFuncOp>(builder.cloneWithoutRegions(*step));
  shared.setSymName((step.getSymName() + "_shared").str());
  shared.setNoInline(true);
  shared.getBody().takeBody(step.getBody());
  SmallVector<LLVM::GEPOp> places = getPlaces(shared);
  SmallVector<Type> types(shared.getArgumentTypes());
  types.append(places.size(), builder.getI64Type());
  SmallVector<DictionaryAttr> attributes;
  shared.getAllArgAttrs(attributes);
  attributes.append(places.size(), builder.getDictionaryAttr({}));
  shared.setFunctionType(LLVM::LLVMFunctionType::get(shared.getFunctionType().getReturnType(), types));
  shared.setAllArgAttrs(attributes);
  for (LLVM::GEPOp place : places) {
    LLVM::GEPArg distance = Value(shared.getBody().addArgument(builder.getI64Type(), place.getLoc()));
    builder.setInsertionPoint(place);
    place.replaceAllUsesWith(
        LLVM::GEPOp::create(builder, place.getLoc(), place.getType(), place.getElemType(), place.getBase(), distance)
            .getResult());
    place.erase();
  }
  return shared;
}

void callShared(LLVM::LLVMFuncOp step, LLVM::LLVMFuncOp shared, ArrayRef<int64_t> distances) {
  step.getBody().getBlocks().clear();
  OpBuilder builder(step);
  Block *block = step.addEntryBlock(builder);
  builder.setInsertionPointToStart(block);
  SmallVector<Value> arguments(block->getArguments());
  for (int64_t distance : distances)
    arguments.push_back(LLVM::ConstantOp::create(builder, step.getLoc(), builder.getI64IntegerAttr(distance)));
  LLVM::CallOp::create(builder, step.getLoc(), shared, arguments);
  LLVM::ReturnOp::create(builder, step.getLoc(), ValueRange());
}

void share(ArrayRef<LLVM::LLVMFuncOp> steps) {
  SmallVector<SmallVector<int64_t>> distances;
  for (LLVM::LLVMFuncOp step : steps)
    distances.push_back(llvm::map_to_vector(
        getPlaces(step), [](LLVM::GEPOp place) { return int64_t(place.getRawConstantIndices().front()); }));
  LLVM::LLVMFuncOp shared = createShared(steps.front());
  for (auto [step, own] : llvm::zip_equal(steps, distances))
    callShared(step, shared, own);
}

struct ShareSteps : cnnc::to_vector::impl::ShareStepsPassBase<ShareSteps> {
  void runOnOperation() override {
    // Alike steps, by the hash of the first and in the order of the module.
    llvm::MapVector<size_t, SmallVector<SmallVector<LLVM::LLVMFuncOp>>> groups;
    for (auto step : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      if (!isStep(step) || step.isExternal())
        continue;
      auto &candidates = groups[hashShape(step)];
      auto *group = llvm::find_if(candidates, [&](auto &steps) { return areAlike(steps.front(), step); });
      (group == candidates.end() ? candidates.emplace_back() : *group).push_back(step);
    }
    for (auto &[hash, candidates] : groups)
      for (ArrayRef<LLVM::LLVMFuncOp> steps : candidates)
        if (steps.size() > 1)
          share(steps);
  }
};

} // namespace

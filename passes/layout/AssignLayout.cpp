// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   %1 = cnn.conv %x, %w {algorithm = first_layer} : (...) -> tensor<1x64x56x56xf32>
//   return %1
// becomes
//   %1 = cnn.conv %x, %w {algorithm = first_layer} : (...) -> tensor<1x64x56x56xf32, #cnn.layout<[0, 1, 2, 3], block =
//   1>> %2 = cnn.convert_layout %1 : tensor<1x64x56x56xf32, #cnn.layout<...>> to tensor<1x64x56x56xf32> return %2
#include "passes/layout/ConvFacts.h"
#include "passes/layout/LayoutSearch.h"
#include "passes/layout/Passes.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::layout {
#define GEN_PASS_DEF_ASSIGNLAYOUTPASS
#include "passes/layout/Passes.h.inc"

namespace {

RankedTensorType withLayout(Type type, LayoutAttr layout) {
  auto tensor = cast<RankedTensorType>(type);
  return RankedTensorType::get(tensor.getShape(), tensor.getElementType(), layout);
}

/// Writes the plan into the IR.
class Writer {
public:
  Writer(func::FuncOp function, const LayoutSearch &search) : function(function), search(search) {}

  void run() {
    SmallVector<Operation *> ops;
    for (Operation &op : function.getBody().front())
      if (!op.hasTrait<OpTrait::ConstantLike>())
        ops.push_back(&op);
    for (Operation *op : ops)
      writeOperands(op);
    for (Operation *op : ops)
      for (Value result : op->getResults())
        if (isActivation(result) && !isa<ConvertLayoutOp>(op))
          result.setType(withLayout(result.getType(), search.getLayout(result)));
  }

private:
  void writeOperands(Operation *op) {
    const Demand &demand = search.getDemand(op);
    bool returns = isa<func::ReturnOp>(op);
    for (auto [operand, layout] : llvm::zip_equal(op->getOpOperands(), demand.operands)) {
      if (!layout)
        continue;
      Value value = operand.get();
      // What has no encoding is row major already; at the boundary nothing may have one.
      bool plain = !isActivation(value);
      if (plain ? layout.isRowMajor() : !returns && layout == search.getLayout(value))
        continue;
      operand.set(convert(op, value, returns ? LayoutAttr() : layout));
    }
    // A map that arrives with its channels last is read like any other.
    if (auto conv = dyn_cast<ConvOp>(op); conv && conv.getAlgorithm() == Algorithm::first_layer)
      if (!demand.operands.front().isRowMajor())
        conv.setAlgorithm(Algorithm::direct);
  }

  Value convert(Operation *user, Value value, LayoutAttr layout) {
    Value &converted = conversions[{value, layout}];
    if (converted)
      return converted;
    OpBuilder builder(user);
    // The search knows the encoding that `value` will get; types follow after all operands.
    converted = ConvertLayoutOp::create(builder, value.getLoc(), withLayout(value.getType(), layout), value);
    return converted;
  }

  func::FuncOp function;
  const LayoutSearch &search;
  llvm::DenseMap<std::pair<Value, Attribute>, Value> conversions;
};

class AssignLayoutPass : public impl::AssignLayoutPassBase<AssignLayoutPass> {
  void runOnOperation() override {
    target::TargetAttr target = target::requireTarget(getOperation());
    if (!target)
      return signalPassFailure();
    SmallVector<Channels, 2> offered = getOfferedChannels(target);
    std::optional<CoreFacts> core = getCoreFacts(target);
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isDeclaration())
        continue;
      LayoutSearch search(function, offered, core);
      if (failed(search.run()))
        return signalPassFailure();
      Writer(function, search).run();
    }
  }
};

} // namespace
} // namespace cnnc::layout

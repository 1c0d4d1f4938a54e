// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A check, no rewrite: an encoding that an upstream rewrite dropped, or that changed from operand to result by any op
// but cnn.convert_layout, would be read wrongly at the doors.
#include "passes/layout/Demand.h"
#include "passes/layout/LayoutMath.h"
#include "passes/layout/Passes.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::layout {
#define GEN_PASS_DEF_VERIFYLAYOUTPASS
#include "passes/layout/Passes.h.inc"

namespace {

LayoutAttr getLayout(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  if (auto layout = dyn_cast_or_null<LayoutAttr>(type.getEncoding()))
    return layout;
  return LayoutAttr::getRowMajor(type.getContext(), type.getRank());
}

LogicalResult verifyResult(Operation *op) {
  if (isa<ConvertLayoutOp>(op))
    return success();
  for (Value result : op->getResults())
    if (isActivation(result) && !isa_and_present<LayoutAttr>(cast<RankedTensorType>(result.getType()).getEncoding()))
      return op->emitOpError() << "requires a layout on its result, but found " << result.getType();
  return success();
}

LogicalResult verifyOperands(Operation *op) {
  if (!isa<CnnDialect>(op->getDialect()) || isa<ConvertLayoutOp>(op))
    return success();
  LayoutAttr result;
  if (op->getNumResults() == 1 && isActivation(op->getResult(0)))
    result = getLayout(op->getResult(0));
  std::optional<Demand> demand = getDemand(op, result, getLayout, /*core=*/nullptr);
  if (!demand)
    return op->emitOpError() << "cannot store its result as " << result;
  for (auto [operand, layout] : llvm::zip_equal(op->getOperands(), demand->operands))
    if (layout && layout != getLayout(operand))
      return op->emitOpError() << "requires an operand stored as " << layout << ", but found " << operand.getType();
  return success();
}

class VerifyLayoutPass : public impl::VerifyLayoutPassBase<VerifyLayoutPass> {
  void runOnOperation() override {
    for (Operation &op : getOperation().getBody().front())
      if (failed(verifyResult(&op)) || failed(verifyOperands(&op)))
        return signalPassFailure();
  }
};

} // namespace
} // namespace cnnc::layout

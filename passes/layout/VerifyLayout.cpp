// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A check, no rewrite: each activation has an encoding, and those of each op are legal together; none was dropped, nor
// changed from operand to result by any op but cnn.convert_layout.
#include "passes/layout/Demand.h"
#include "passes/layout/Passes.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::layout {
#define GEN_PASS_DEF_VERIFYLAYOUTPASS
#include "passes/layout/Passes.h.inc"

namespace {

LogicalResult verifyResult(Operation *op) {
  if (isa<ConvertLayoutOp>(op))
    return success();
  for (Value result : op->getResults())
    if (isActivation(result) && !isa_and_present<LayoutAttr>(cast<RankedTensorType>(result.getType()).getEncoding()))
      return op->emitOpError() << "requires a layout on its result, but found " << result.getType();
  return success();
}

class VerifyLayoutPass : public impl::VerifyLayoutPassBase<VerifyLayoutPass> {
  void runOnOperation() override {
    bool valid = true;
    for (Operation &op : getOperation().getBody().front())
      valid &= succeeded(verifyResult(&op));
    if (!valid || failed(verifyAllLayouts(getOperation())))
      signalPassFailure();
  }
};

} // namespace
} // namespace cnnc::layout

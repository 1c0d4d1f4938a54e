// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// %2 = kernel.concat(%0, %1) ; ... ; %4 = kernel.concat(%0, %1, %3)
//   =>  %2 = kernel.concat(%0, %1) ; ... ; %4 = kernel.concat(%2, %3)
#include "passes/buffer/Passes.h"

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cnnc {
#define GEN_PASS_DEF_NESTCONCATSPASS
#include "passes/buffer/Passes.h.inc"
} // namespace cnnc

using namespace mlir;
using namespace cnnc;

static bool isLeadingPart(ArrayRef<Value> part, ArrayRef<Value> whole) {
  return part.size() > 1 && part.size() <= whole.size() && whole.take_front(part.size()) == part;
}

namespace {

struct NestConcats : cnnc::impl::NestConcatsPassBase<NestConcats> {
  void runOnOperation() override {
    struct Earlier {
      kernel::ConcatOp op;
      SmallVector<Value> inputs; ///< as the model lists them
    };
    SmallVector<Earlier> all;
    for (kernel::ConcatOp op : getOperation().getOps<kernel::ConcatOp>()) {
      SmallVector<Value> inputs(op.getInputs());
      Earlier *longest = nullptr;
      for (Earlier &earlier : all)
        if (earlier.op.getAxis() == op.getAxis() && isLeadingPart(earlier.inputs, inputs) &&
            (!longest || earlier.inputs.size() > longest->inputs.size()))
          longest = &earlier;
      if (longest) {
        SmallVector<Value> nested = {Value(longest->op.getOutput())};
        llvm::append_range(nested, ArrayRef(inputs).drop_front(longest->inputs.size()));
        op.getInputsMutable().assign(nested);
      }
      all.push_back({op, inputs});
    }
  }
};

} // namespace

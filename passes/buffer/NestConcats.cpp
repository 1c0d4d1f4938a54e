// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// %2 = kernel.concat(%0, %1) ; ... ; %4 = kernel.concat(%0, %1, %3)
//   =>  %2 = kernel.concat(%0, %1) ; ... ; %4 = kernel.concat(%2, %3)
// %1 = extract_slice %0[0] [8] ; %2 = extract_slice %0[8] [8] ; ... ; %4 = kernel.concat(%1, %2, %3)
//   =>  %4 = kernel.concat(%0, %3)
#include "passes/buffer/Passes.h"

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace cnnc::buffer {
#define GEN_PASS_DEF_NESTCONCATSPASS
#include "passes/buffer/Passes.h.inc"
} // namespace cnnc::buffer

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;

static bool isLeadingPart(ArrayRef<Value> part, ArrayRef<Value> whole) {
  return part.size() > 1 && part.size() <= whole.size() && whole.take_front(part.size()) == part;
}

/// `slice` takes all of its source but along `axis`, where it takes what follows `offset`; returns where it ends.
static std::optional<int64_t> getEnd(tensor::ExtractSliceOp slice, int64_t axis, int64_t offset) {
  ArrayRef<int64_t> whole = slice.getSourceType().getShape(), part = slice.getStaticSizes();
  if (slice.getType().getShape() != part)
    return std::nullopt;
  for (auto [dim, step] : llvm::enumerate(slice.getStaticStrides())) {
    bool isAxis = int64_t(dim) == axis;
    if (step != 1 || slice.getStaticOffsets()[dim] != (isAxis ? offset : 0) || (!isAxis && part[dim] != whole[dim]))
      return std::nullopt;
  }
  return offset + part[axis];
}

/// The tensor of which the first inputs are all the slices, in order, and how many they are.
static std::pair<Value, size_t> findSplitTensor(ArrayRef<Value> inputs, int64_t axis) {
  auto first = inputs.front().getDefiningOp<tensor::ExtractSliceOp>();
  if (!first)
    return {};
  int64_t end = 0;
  for (auto [number, input] : llvm::enumerate(inputs)) {
    auto slice = input.getDefiningOp<tensor::ExtractSliceOp>();
    std::optional<int64_t> next;
    if (slice && slice.getSource() == first.getSource())
      next = getEnd(slice, axis, end);
    if (!next)
      return {};
    end = *next;
    if (end == first.getSourceType().getDimSize(axis))
      return {first.getSource(), number + 1};
  }
  return {};
}

/// A tensor that was split, and whose parts follow one another, is an input as a whole.
static SmallVector<Value> joinSlices(ArrayRef<Value> inputs, int64_t axis) {
  SmallVector<Value> joined;
  while (!inputs.empty()) {
    auto [whole, count] = findSplitTensor(inputs, axis);
    joined.push_back(whole ? whole : inputs.front());
    inputs = inputs.drop_front(whole ? count : 1);
  }
  return joined;
}

namespace {

struct NestConcats : cnnc::buffer::impl::NestConcatsPassBase<NestConcats> {
  void runOnOperation() override {
    struct Earlier {
      kernel::ConcatOp op;
      SmallVector<Value> inputs; ///< as the model lists them
    };
    SmallVector<Earlier> all;
    for (kernel::ConcatOp op : getOperation().getOps<kernel::ConcatOp>()) {
      SmallVector<Value> inputs = joinSlices(SmallVector<Value>(op.getInputs()), op.getAxis());
      Earlier *longest = nullptr;
      for (Earlier &earlier : all)
        if (earlier.op.getAxis() == op.getAxis() && isLeadingPart(earlier.inputs, inputs) &&
            (!longest || earlier.inputs.size() > longest->inputs.size()))
          longest = &earlier;
      SmallVector<Value> nested = inputs;
      if (longest) {
        nested = {Value(longest->op.getOutput())};
        llvm::append_range(nested, ArrayRef(inputs).drop_front(longest->inputs.size()));
      }
      op.getInputsMutable().assign(nested);
      all.push_back({op, inputs});
    }
  }
};

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// %1 = kernel.pad %0 {low = [1, 1], ..} ; %2 = kernel.pad %0 {low = [2, 2], ..}
//   =>  %2 = kernel.pad %0 {low = [2, 2], ..} ; %1 = tensor.extract_slice %2[1, 1]
#include "passes/buffer/Passes.h"

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/MapVector.h"

namespace cnnc::buffer {
#define GEN_PASS_DEF_SHAREBORDERSPASS
#include "passes/buffer/Passes.h.inc"
} // namespace cnnc::buffer

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;

static SmallVector<int64_t> getLargest(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  return llvm::map_to_vector(llvm::zip_equal(a, b),
                             [](auto pair) { return std::max(std::get<0>(pair), std::get<1>(pair)); });
}

/// Replaces `pads`, of one tensor with one value, by one with the widest border and slices of it.
static void shareBorder(ArrayRef<kernel::PadOp> pads) {
  kernel::PadOp first = pads.front();
  SmallVector<int64_t> low(first.getLow()), high(first.getHigh());
  for (kernel::PadOp pad : pads.drop_front()) {
    low = getLargest(low, pad.getLow());
    high = getLargest(high, pad.getHigh());
  }
  auto input = cast<RankedTensorType>(first.getInput().getType());
  SmallVector<int64_t> shape(input.getShape());
  for (auto [extent, before, after] : llvm::zip_equal(shape, low, high))
    extent += before + after;
  OpBuilder builder(first);
  Value widest = kernel::PadOp::create(builder, first.getLoc(), RankedTensorType::get(shape, input.getElementType()),
                                       first.getInput(), low, high, first.getValueAttr());
  for (kernel::PadOp pad : pads) {
    auto type = cast<RankedTensorType>(pad.getType());
    Value part = widest;
    if (type != widest.getType()) {
      auto asFolded = [&](ArrayRef<int64_t> values) { return getAsIndexOpFoldResult(builder.getContext(), values); };
      SmallVector<int64_t> offsets, ones(low.size(), 1);
      for (auto [wide, own] : llvm::zip_equal(low, pad.getLow()))
        offsets.push_back(wide - own);
      builder.setInsertionPoint(pad);
      part = tensor::ExtractSliceOp::create(builder, pad.getLoc(), type, widest, asFolded(offsets),
                                            asFolded(type.getShape()), asFolded(ones));
    }
    pad.replaceAllUsesWith(part);
    pad.erase();
  }
}

namespace {

struct ShareBorders : cnnc::buffer::impl::ShareBordersPassBase<ShareBorders> {
  void runOnOperation() override {
    llvm::MapVector<std::pair<Value, Attribute>, SmallVector<kernel::PadOp>> groups;
    for (kernel::PadOp pad : getOperation().getOps<kernel::PadOp>())
      groups[{pad.getInput(), pad.getValueAttr()}].push_back(pad);
    for (auto &[key, pads] : groups)
      if (pads.size() > 1)
        shareBorder(pads);
  }
};

} // namespace

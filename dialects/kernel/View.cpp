// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/View.h"

#include "dialects/kernel/Kernel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc::kernel;

bool cnnc::kernel::isDenseFrom(int64_t first, ArrayRef<int64_t> shape, ArrayRef<int64_t> strides) {
  int64_t expected = 1;
  for (int64_t dim = int64_t(shape.size()) - 1; dim >= first; --dim) {
    if (shape[dim] != 1 && strides[dim] != expected)
      return false;
    expected *= shape[dim];
  }
  return true;
}

static bool isOne(OpOperand &operand, MutableOperandRange range) { return !range.empty() && &range[0] == &operand; }

int64_t cnnc::kernel::getFirstDenseDim(OpOperand &operand) {
  int64_t rank = cast<ShapedType>(operand.get().getType()).getRank();
  // Vectors of channels, or of their lanes.
  int64_t vectors = std::max<int64_t>(0, rank - 1);
  return llvm::TypeSwitch<Operation *, int64_t>(operand.getOwner())
      .Case([&](ContractOp op) {
        if (&op.getAMutable() == &operand)
          return op.getAOrder() == ChannelOrder::first ? rank : vectors;
        // Pointers walk along panels; images have a pitch of their own.
        if (&op.getFilterMutable() == &operand)
          return int64_t(op.getBatchedFilter());
        return isOne(operand, op.getBiasMutable()) ? 0 : vectors;
      })
      .Case([&](WinogradOp op) {
        bool isWalked = &op.getFilterMutable() == &operand || isOne(operand, op.getBiasMutable());
        return isWalked ? 0 : vectors;
      })
      .Case([&](WindowOp op) { return isOne(operand, op.getBiasMutable()) ? 0 : vectors; })
      .Case([&](RelayoutOp op) { return &op.getAMutable() == &operand ? rank : vectors; })
      .Default(rank);
}

bool cnnc::kernel::canView(OpOperand &operand, ArrayRef<int64_t> strides) {
  return isDenseFrom(getFirstDenseDim(operand), cast<ShapedType>(operand.get().getType()).getShape(), strides);
}

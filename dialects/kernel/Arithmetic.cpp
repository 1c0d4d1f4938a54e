// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/Arithmetic.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace cnnc::kernel;

std::optional<Arithmetic> cnnc::kernel::findArithmetic(Type a, Type filter) {
  Builder builder(a.getContext());
  Type f32 = builder.getF32Type(), bf16 = builder.getBF16Type();
  Type i8 = builder.getI8Type(), i16 = builder.getI16Type(), i32 = builder.getI32Type();
#define ARITHMETIC(name, aType, filterType, accumulator, group)                                                        \
  if (a == aType && filter == filterType)                                                                              \
    return Arithmetic{Product::name, #name, group, accumulator};
#include "dialects/kernel/Arithmetic.def"
  return std::nullopt;
}

Arithmetic cnnc::kernel::getArithmetic(ContractOp op) {
  return *findArithmetic(getElementTypeOrSelf(op.getA().getType()), getElementTypeOrSelf(op.getFilter().getType()));
}

bool cnnc::kernel::isDotOf(Product product, target::Dots dots) {
  switch (dots) {
  case target::Dots::None:
    return false;
  case target::Dots::Vnni:
    return product == Product::u8s8 || product == Product::s16;
  case target::Dots::Sdot:
    return product == Product::u8s8;
  }
  llvm_unreachable("all dots");
}

bool cnnc::kernel::usesDots(Operation *op, target::Dots dots) {
  auto result = op->walk([&](ContractOp contract) {
    return isDotOf(getArithmetic(contract).product, dots) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return result.wasInterrupted();
}

PackedFilter cnnc::kernel::getPackedFilter(ContractOp op) {
  ArrayRef<int64_t> shape = cast<ShapedType>(op.getFilter().getType()).getShape();
  shape = shape.drop_front(op.getBatchedFilter() ? 1 : 0);
  return {shape[0], shape[1], shape[2]};
}

bool cnnc::kernel::isOfFloats(ContractOp op) {
  return llvm::all_of(op->getOperandTypes(), [](Type type) { return getElementTypeOrSelf(type).isF32(); });
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/Address.h"

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::kernel;

int64_t cnnc::kernel::getElementBytes(Type elementType) {
  return elementType.isIndex() ? 8 : llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

/// An argument of the model is one of the step's pointers, or one of those that a pointer of it leads to.
static FailureOr<Address> resolveArgument(BlockArgument argument) {
  auto model = dyn_cast<kernel::ModelOp>(argument.getOwner()->getParentOp());
  if (!model)
    return failure();
  int64_t number = argument.getArgNumber(), inputs = model.getInputs().size();
  Address address;
  for (auto [memory, root] :
       {std::pair(kernel::ModelOp::Arena, Address::Arena), std::pair(kernel::ModelOp::Scratch, Address::Scratch),
        std::pair(kernel::ModelOp::Weights, Address::Weights)})
    if (number == model.getMemoryArgument(memory)) {
      address.root = root;
      return address;
    }
  address.root = number < inputs ? Address::Input : Address::Output;
  address.index = number < inputs ? number : number - inputs;
  return address;
}

/// The start of the buffer that `memref` is a strided part of. Below memref.view, layouts count from that start.
static FailureOr<Address> resolveBase(Value memref) {
  if (auto argument = dyn_cast<BlockArgument>(memref))
    return resolveArgument(argument);
  if (auto op = memref.getDefiningOp<memref::ViewOp>()) {
    FailureOr<Address> base = resolveBase(op.getSource());
    std::optional<int64_t> shift = getConstantIntValue(op.getByteShift());
    if (failed(base) || !shift)
      return failure();
    base->byteOffset += *shift;
    return base;
  }
  if (auto op = memref.getDefiningOp<ViewLikeOpInterface>())
    return resolveBase(op.getViewSource());
  return failure();
}

FailureOr<Address> cnnc::kernel::resolveAddress(Value memref) {
  auto type = dyn_cast<MemRefType>(memref.getType());
  if (!type || !type.hasStaticShape())
    return failure();
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)) || ShapedType::isDynamic(offset) ||
      llvm::any_of(strides, ShapedType::isDynamic))
    return failure();
  FailureOr<Address> address = resolveBase(memref);
  if (failed(address))
    return failure();
  address->byteOffset += offset * getElementBytes(type.getElementType());
  address->shape.assign(type.getShape().begin(), type.getShape().end());
  address->strides = std::move(strides);
  address->elementType = type.getElementType();
  return address;
}

/// As resolveAddress, but a part that moves is placed where its source starts.
static FailureOr<Address> resolveFirstPlace(Value memref) {
  FailureOr<Address> address = resolveAddress(memref);
  auto part = memref.getDefiningOp<memref::SubViewOp>();
  if (succeeded(address) || !part)
    return address;
  address = resolveFirstPlace(part.getSource());
  auto type = part.getType();
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(address) || !type.hasStaticShape() || failed(type.getStridesAndOffset(strides, offset)) ||
      llvm::any_of(strides, ShapedType::isDynamic))
    return failure();
  address->shape.assign(type.getShape().begin(), type.getShape().end());
  address->strides = std::move(strides);
  return address;
}

std::optional<bool> cnnc::kernel::overlap(Value a, Value b) {
  if (a == b)
    return true;
  FailureOr<Address> first = resolveFirstPlace(a), second = resolveFirstPlace(b);
  if (failed(first) || failed(second))
    return std::nullopt;
  auto end = [](const Address &address) {
    int64_t last = 1;
    for (auto [extent, stride] : llvm::zip_equal(address.shape, address.strides))
      last += (extent - 1) * stride;
    return address.byteOffset + last * getElementBytes(address.elementType);
  };
  return first->root == second->root && first->index == second->index && first->byteOffset < end(*second) &&
         second->byteOffset < end(*first);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/vector/Address.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_vector;

int64_t cnnc::to_vector::getElementBytes(Type elementType) {
  return elementType.isIndex() ? 8 : llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

/// An argument of @main says by its attribute which of the step's pointers it is.
static FailureOr<Address> resolveArgument(BlockArgument argument) {
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  if (!function)
    return failure();
  unsigned number = argument.getArgNumber();
  Address address;
  auto hasAttr = [&](unsigned position, StringRef name) { return bool(function.getArgAttr(position, name)); };
  if (hasAttr(number, "cnnc.arena")) {
    address.root = Address::Arena;
  } else if (hasAttr(number, "cnnc.scratch")) {
    address.root = Address::Scratch;
  } else if (hasAttr(number, "cnnc.output")) {
    address.root = Address::Output;
    address.index = llvm::count_if(llvm::seq(number), [&](unsigned other) { return hasAttr(other, "cnnc.output"); });
  } else {
    address.root = Address::Input;
    address.index = number;
  }
  return address;
}

static FailureOr<Address> resolveGlobal(memref::GetGlobalOp op) {
  auto global = SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(op, op.getNameAttr());
  auto offset = global ? global->getAttrOfType<IntegerAttr>("cnnc.offset") : IntegerAttr();
  if (!offset)
    return failure();
  Address address;
  address.root = Address::Weights;
  address.byteOffset = offset.getInt();
  return address;
}

/// The start of the buffer that `memref` is a strided part of. Below memref.view, layouts count from that start.
static FailureOr<Address> resolveBase(Value memref) {
  if (auto argument = dyn_cast<BlockArgument>(memref))
    return resolveArgument(argument);
  if (auto op = memref.getDefiningOp<memref::GetGlobalOp>())
    return resolveGlobal(op);
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

FailureOr<Address> cnnc::to_vector::resolveAddress(Value memref) {
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

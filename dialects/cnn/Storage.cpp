// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Storage.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace cnnc::cnn;

LayoutAttr cnnc::cnn::getLayout(RankedTensorType type) {
  if (auto layout = dyn_cast_or_null<LayoutAttr>(type.getEncoding()))
    return layout;
  return LayoutAttr::getRowMajor(type.getContext(), type.getRank());
}

RankedTensorType cnnc::cnn::getStoredType(RankedTensorType type) {
  return RankedTensorType::get(getLayout(type).getPhysicalShape(type.getShape()), type.getElementType());
}

int64_t cnnc::cnn::getStoredDim(LayoutAttr layout, int64_t dim) {
  return std::distance(layout.getOrder().begin(), llvm::find(layout.getOrder(), dim));
}

bool cnnc::cnn::isStoredRowMajor(LayoutAttr layout, ArrayRef<int64_t> shape) {
  if (hasPaddingLanes(layout, shape))
    return false;
  auto varies = [&](int64_t dim) { return shape[dim] != 1; };
  SmallVector<int64_t> order(llvm::make_filter_range(layout.getOrder(), varies));
  if (!llvm::is_sorted(order))
    return false;
  if (!layout.isBlocked() || order.empty())
    return true;
  // The lanes come last: nothing that varies may stand between them and their block number.
  return order.back() == layout.getBlock();
}

bool cnnc::cnn::hasPaddingLanes(LayoutAttr layout, ArrayRef<int64_t> shape) {
  return layout.isBlocked() && shape[layout.getBlock()] % LayoutAttr::kBlock != 0;
}

StorageTypeConverter::StorageTypeConverter() {
  addConversion([](Type type) { return type; });
  addConversion([](RankedTensorType type) -> Type {
    return isa_and_nonnull<LayoutAttr>(type.getEncoding()) ? getStoredType(type) : type;
  });
  auto cast = [](OpBuilder &builder, Type type, ValueRange inputs, Location location) -> Value {
    return UnrealizedConversionCastOp::create(builder, location, type, inputs).getResult(0);
  };
  addSourceMaterialization(cast);
  addTargetMaterialization(cast);
}

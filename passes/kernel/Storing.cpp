// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Storing.h"

#include "dialects/cnn/Layouts.h"
#include "dialects/cnn/Storage.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;
using cnn::LayoutAttr;
using kernel::ChannelOrder;

Value cnnc::to_kernel::createEmpty(OpBuilder &builder, Location location, RankedTensorType type) {
  return tensor::EmptyOp::create(builder, location, type.getShape(), type.getElementType());
}

Value cnnc::to_kernel::createReshape(OpBuilder &builder, Location location, Value stored, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(stored.getType());
  if (type.getShape() == shape)
    return stored;
  return kernel::ReshapeOp::create(builder, location, RankedTensorType::get(shape, type.getElementType()), stored);
}

Value cnnc::to_kernel::createRelayout(OpBuilder &builder, Location location, Value stored, ArrayRef<int64_t> shape,
                                      LayoutAttr from, LayoutAttr to) {
  SmallVector<int64_t> physical = to.getPhysicalShape(shape);
  if (from == to || (cnn::isStoredRowMajor(from, shape) && cnn::isStoredRowMajor(to, shape)))
    return createReshape(builder, location, stored, physical);
  auto type = RankedTensorType::get(physical, getElementTypeOrSelf(stored));
  return kernel::RelayoutOp::create(builder, location, TypeRange(type), stored, createEmpty(builder, location, type),
                                    shape, from.getOrder(), from.getBlock(), to.getOrder(), to.getBlock())
      .getResult(0);
}

Value cnnc::to_kernel::createPad(OpBuilder &builder, Location location, Value stored, ArrayRef<int64_t> low,
                                 ArrayRef<int64_t> high, TypedAttr value) {
  auto type = cast<RankedTensorType>(stored.getType());
  auto isZero = [](int64_t extent) { return extent == 0; };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero))
    return stored;
  SmallVector<int64_t> shape(type.getShape());
  for (auto [extent, before, after] : llvm::zip_equal(shape, low, high))
    extent += before + after;
  auto padded = RankedTensorType::get(shape, type.getElementType());
  return kernel::PadOp::create(builder, location, padded, stored, low, high,
                               value ? value : builder.getZeroAttr(type.getElementType()));
}

ChannelOrder cnnc::to_kernel::getChannelOrder(LayoutAttr layout) {
  switch (cnn::getChannels(layout).value_or(cnn::Channels::first)) {
  case cnn::Channels::blocked:
    return ChannelOrder::blocked;
  case cnn::Channels::last:
    return ChannelOrder::last;
  case cnn::Channels::first:
    return ChannelOrder::first;
  }
  llvm_unreachable("unknown place of channels");
}

int64_t cnnc::to_kernel::getFirstSpatialDim(ChannelOrder order) { return order == ChannelOrder::last ? 1 : 2; }

Value cnnc::to_kernel::createExtra(OpBuilder &builder, Location location, Value stored, RankedTensorType logical,
                                   LayoutAttr layout) {
  ArrayRef<int64_t> shape = logical.getShape();
  bool alongBlock = layout.isBlocked() && shape[layout.getBlock()] != 1;
  auto wanted = LayoutAttr::get(layout.getContext(), layout.getOrder(), alongBlock ? layout.getBlock() : -1);
  LayoutAttr present = cnn::getLayout(logical);
  // A tensor of one channel may be stored in blocks too: its first lane is the broadcast value.
  Value extra = createRelayout(builder, location, stored, shape, present, wanted);
  if (!layout.isBlocked() || alongBlock)
    return extra;
  SmallVector<int64_t> physical = wanted.getPhysicalShape(shape);
  physical.push_back(1);
  return createReshape(builder, location, extra, physical);
}

SmallVector<Value> cnnc::to_kernel::createExtras(OpBuilder &builder, Location location, OperandRange logical,
                                                 ValueRange stored, RankedTensorType result) {
  SmallVector<Value> extras;
  for (auto [operand, value] : llvm::zip_equal(logical, stored))
    extras.push_back(
        createExtra(builder, location, value, cast<RankedTensorType>(operand.getType()), cnn::getLayout(result)));
  return extras;
}

Value cnnc::to_kernel::createSpatialPad(OpBuilder &builder, Location location, Value stored, ChannelOrder order,
                                        ArrayRef<int64_t> low, ArrayRef<int64_t> high, TypedAttr value) {
  int64_t rank = cast<RankedTensorType>(stored.getType()).getRank(), first = getFirstSpatialDim(order);
  SmallVector<int64_t> storedLow(rank, 0), storedHigh(rank, 0);
  for (size_t i = 0; i < low.size(); ++i) {
    storedLow[first + i] = low[i];
    storedHigh[first + i] = std::max<int64_t>(high[i], 0);
  }
  return createPad(builder, location, stored, storedLow, storedHigh, value);
}

SmallVector<int64_t> cnnc::to_kernel::getHighPads(ArrayRef<int64_t> input, ArrayRef<int64_t> output,
                                                  ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                                                  ArrayRef<int64_t> dilations, ArrayRef<int64_t> low) {
  SmallVector<int64_t> high;
  for (size_t i = 0; i < kernel.size(); ++i)
    high.push_back((output[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - input[i] - low[i]);
  return high;
}

StringRef cnnc::to_kernel::getAlgorithmName(std::optional<cnn::Algorithm> algorithm) {
  return cnn::stringifyAlgorithm(algorithm.value_or(cnn::Algorithm::direct));
}

void cnnc::to_kernel::copyEpilogue(RewriterBase &rewriter, Region &from, Region &to) {
  if (from.empty())
    return;
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.cloneRegionBefore(from, to, to.end());
  auto yield = cast<cnn::YieldOp>(to.front().getTerminator());
  rewriter.setInsertionPoint(yield);
  rewriter.replaceOpWithNewOp<kernel::YieldOp>(yield, yield.getValue());
}

void cnnc::to_kernel::describe(Operation *op, StringRef algorithm, int64_t multiplyAdds) {
  Builder builder(op->getContext());
  op->setAttr("algorithm", builder.getStringAttr(algorithm));
  op->setAttr("macs", builder.getI64IntegerAttr(multiplyAdds));
}

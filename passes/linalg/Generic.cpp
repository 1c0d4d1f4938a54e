// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/linalg/Generic.h"

#include "dialects/cnn/Storage.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_linalg;
using cnn::LayoutAttr;

Space::Space(RankedTensorType type) : shape(type.getShape()), layout(cnn::getLayout(type)) {}

AffineMap cnnc::to_linalg::getIndexingMap(const Space &space, RankedTensorType type) {
  LayoutAttr layout = cnn::getLayout(type);
  MLIRContext *context = type.getContext();
  AffineExpr zero = getAffineConstantExpr(0, context), lane = getAffineDimExpr(space.getDims() - 1, context);
  SmallVector<AffineExpr> results;
  for (int64_t dim : layout.getOrder()) {
    bool lacksBlock = dim == space.layout.getBlock() && dim != layout.getBlock();
    bool broadcast = type.getDimSize(dim) == 1 && (space.shape[dim] != 1 || lacksBlock);
    results.push_back(broadcast ? zero : getAffineDimExpr(cnn::getStoredDim(space.layout, dim), context));
  }
  if (layout.isBlocked())
    results.push_back(lane);
  return AffineMap::get(space.getDims(), 0, results, context);
}

Value cnnc::to_linalg::createDestination(OpBuilder &builder, Location location, RankedTensorType logical) {
  RankedTensorType stored = cnn::getStoredType(logical);
  return tensor::EmptyOp::create(builder, location, stored.getShape(), stored.getElementType());
}

/// The point's index of the blocked dimension.
static Value getBlockedIndex(OpBuilder &builder, Location location, const Space &space) {
  int64_t stored = cnn::getStoredDim(space.layout, space.layout.getBlock());
  Value block = linalg::IndexOp::create(builder, location, stored);
  Value lane = linalg::IndexOp::create(builder, location, space.getDims() - 1);
  Value lanes = arith::ConstantIndexOp::create(builder, location, LayoutAttr::kBlock);
  Value first = arith::MulIOp::create(builder, location, block, lanes);
  return arith::AddIOp::create(builder, location, first, lane);
}

Value cnnc::to_linalg::maskLanes(OpBuilder &builder, Location location, Value value, const Space &space) {
  if (!cnn::hasPaddingLanes(space.layout, space.shape))
    return value;
  Value index = getBlockedIndex(builder, location, space);
  Value extent = arith::ConstantIndexOp::create(builder, location, space.shape[space.layout.getBlock()]);
  Value inside = arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ult, index, extent);
  Value zero = arith::ConstantOp::create(builder, location, builder.getZeroAttr(value.getType()));
  return arith::SelectOp::create(builder, location, inside, value, zero);
}

void cnnc::to_linalg::describeGeneric(Operation *op, StringRef algorithm) {
  Builder builder(op->getContext());
  op->setAttr("algorithm", builder.getStringAttr(algorithm));
  op->setAttr("macs", builder.getI64IntegerAttr(0));
}

linalg::GenericOp cnnc::to_linalg::createIndexed(RewriterBase &rewriter, Location location, RankedTensorType logical,
                                                 StringRef algorithm, llvm::function_ref<Value(OpBuilder &)> body) {
  Value destination = createDestination(rewriter, location, logical);
  Space space(logical);
  SmallVector<AffineMap> maps = {rewriter.getMultiDimIdentityMap(space.getDims())};
  SmallVector<utils::IteratorType> iterators(space.getDims(), utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(rewriter, location, TypeRange(destination.getType()), ValueRange(),
                                           ValueRange(destination), maps, iterators,
                                           [&](OpBuilder &builder, Location location, ValueRange) {
                                             linalg::YieldOp::create(builder, location, body(builder));
                                           });
  describeGeneric(generic, algorithm);
  return generic;
}

Value cnnc::to_linalg::getLogicalIndex(OpBuilder &builder, Location location, const Space &space, int64_t dim) {
  if (dim != space.layout.getBlock())
    return linalg::IndexOp::create(builder, location, cnn::getStoredDim(space.layout, dim));
  Value index = getBlockedIndex(builder, location, space);
  if (!cnn::hasPaddingLanes(space.layout, space.shape))
    return index;
  Value last = arith::ConstantIndexOp::create(builder, location, space.shape[dim] - 1);
  return arith::MinUIOp::create(builder, location, index, last);
}

Value cnnc::to_linalg::extractStored(OpBuilder &builder, Location location, const Space &space, Value stored,
                                     RankedTensorType logical, ArrayRef<Index> indices) {
  LayoutAttr layout = cnn::getLayout(logical);
  SmallVector<Value> storedIndices;
  Value lane;
  for (int64_t dim : layout.getOrder()) {
    const Index &index = indices[dim];
    bool blocked = dim == layout.getBlock();
    if (blocked && index.same >= 0 && index.same == space.layout.getBlock()) {
      storedIndices.push_back(linalg::IndexOp::create(builder, location, cnn::getStoredDim(space.layout, index.same)));
      lane = linalg::IndexOp::create(builder, location, space.getDims() - 1);
      continue;
    }
    Value value = index.same >= 0 ? getLogicalIndex(builder, location, space, index.same) : index.value;
    if (blocked) {
      Value lanes = arith::ConstantIndexOp::create(builder, location, LayoutAttr::kBlock);
      lane = arith::RemUIOp::create(builder, location, value, lanes);
      value = arith::DivUIOp::create(builder, location, value, lanes);
    }
    storedIndices.push_back(value);
  }
  if (lane)
    storedIndices.push_back(lane);
  return tensor::ExtractOp::create(builder, location, stored, storedIndices);
}

Value cnnc::to_linalg::lookUpIndex(OpBuilder &builder, Location location, Value table, Value index) {
  Value entry = tensor::ExtractOp::create(builder, location, table, index);
  return arith::IndexCastOp::create(builder, location, builder.getIndexType(), entry);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Im2Col.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;
using cnn::LayoutAttr;
using kernel::ChannelOrder;

static Value createIndex(OpBuilder &builder, Location location, int64_t value) {
  return arith::ConstantIndexOp::create(builder, location, value);
}

/// Where a stored input holds the element of a window. The point is: image, output pixel..., kernel position...,
/// channel.
static SmallVector<Value> getInputIndices(OpBuilder &builder, const Convolution &convolution) {
  Location location = convolution.location;
  int64_t rank = convolution.kernel().size();
  SmallVector<Value> spatial;
  for (int64_t i = 0; i < rank; ++i) {
    Value pixel = linalg::IndexOp::create(builder, location, 1 + i);
    Value position = linalg::IndexOp::create(builder, location, 1 + rank + i);
    Value start =
        arith::MulIOp::create(builder, location, pixel, createIndex(builder, location, convolution.strides[i]));
    Value distance =
        arith::MulIOp::create(builder, location, position, createIndex(builder, location, convolution.dilations[i]));
    spatial.push_back(arith::AddIOp::create(builder, location, start, distance));
  }
  SmallVector<Value> indices = {linalg::IndexOp::create(builder, location, 0)};
  Value channel = linalg::IndexOp::create(builder, location, 1 + 2 * rank), lane;
  if (convolution.inputOrder == ChannelOrder::blocked) {
    Value lanes = createIndex(builder, location, LayoutAttr::kBlock);
    lane = arith::RemUIOp::create(builder, location, channel, lanes);
    channel = arith::DivUIOp::create(builder, location, channel, lanes);
  }
  bool last = convolution.inputOrder == ChannelOrder::last;
  if (!last)
    indices.push_back(channel);
  llvm::append_range(indices, spatial);
  if (last)
    indices.push_back(channel);
  if (lane)
    indices.push_back(lane);
  return indices;
}

/// Output pixels of a stored feature map.
static ArrayRef<int64_t> getPixels(Value stored, ChannelOrder order, size_t rank) {
  return cast<RankedTensorType>(stored.getType()).getShape().slice(getFirstSpatialDim(order), rank);
}

Convolution cnnc::to_kernel::createColumns(RewriterBase &rewriter, const Convolution &convolution) {
  Location location = convolution.location;
  RankedTensorType filter = convolution.filterType();
  int64_t rank = convolution.kernel().size(), outChannels = convolution.outChannels();
  int64_t depth = filter.getNumElements() / outChannels;
  SmallVector<int64_t> shape = {cast<RankedTensorType>(convolution.output.getType()).getDimSize(0)};
  llvm::append_range(shape, getPixels(convolution.output, convolution.outputOrder, rank));
  SmallVector<int64_t> flat = shape;
  flat.push_back(depth);
  llvm::append_range(shape, convolution.kernel());
  shape.push_back(convolution.inChannelsOfGroup());
  Value empty = createEmpty(rewriter, location, RankedTensorType::get(shape, filter.getElementType()));
  SmallVector<AffineMap> maps = {rewriter.getMultiDimIdentityMap(shape.size())};
  SmallVector<utils::IteratorType> iterators(shape.size(), utils::IteratorType::parallel);
  auto copy = linalg::GenericOp::create(rewriter, location, TypeRange(empty.getType()), ValueRange(), ValueRange(empty),
                                        maps, iterators, [&](OpBuilder &builder, Location location, ValueRange) {
                                          Value element =
                                              tensor::ExtractOp::create(builder, location, convolution.input,
                                                                        getInputIndices(builder, convolution));
                                          linalg::YieldOp::create(builder, location, element);
                                        });
  describe(copy, "im2col", 0);

  Convolution pointwise = convolution;
  pointwise.input = createReshape(rewriter, location, copy.getResult(0), flat);
  pointwise.inputOrder = ChannelOrder::last;
  pointwise.strides.assign(rank, 1);
  pointwise.dilations.assign(rank, 1);
  auto order = llvm::to_vector(llvm::seq<int64_t>(2, rank + 2));
  order.insert(order.begin(), 0);
  order.push_back(1);
  Value rows = createRelayout(rewriter, location, convolution.filter, filter.getShape(),
                              LayoutAttr::getRowMajor(rewriter.getContext(), rank + 2),
                              LayoutAttr::get(rewriter.getContext(), order, -1));
  SmallVector<int64_t> filterShape = {outChannels, depth};
  filterShape.append(rank, 1);
  pointwise.filter = createReshape(rewriter, location, rows, filterShape);
  return pointwise;
}

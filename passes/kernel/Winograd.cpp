// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Winograd.h"

#include "passes/kernel/Convolution.h"

#include "dialects/cnn/Constants.h"
#include "dialects/cnn/Storage.h"
#include "dialects/cnn/Winograd.h"

#include "mlir/IR/Threading.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::to_kernel;

static constexpr int64_t kLanes = cnn::LayoutAttr::kBlock;

std::vector<float> cnnc::to_kernel::transformWinogradFilters(MLIRContext *context, ArrayRef<float> filter,
                                                             const kernel::WinogradPlane &plane, int64_t outChannels,
                                                             int64_t inChannels, int64_t depth) {
  int64_t positions = plane.positions(), taps = plane.vertical.r * plane.horizontal.r;
  int64_t panels = llvm::divideCeilSigned(outChannels, kLanes), blocks = llvm::divideCeilSigned(inChannels, kLanes);
  int64_t pitch = panels * depth * blocks * kLanes * kLanes;
  std::vector<float> transformed(positions * pitch, 0.0f);
  parallelFor(context, 0, panels, [&](size_t panel) {
    SmallVector<float> tile(positions);
    for (int64_t out = panel * kLanes; out < std::min<int64_t>((panel + 1) * kLanes, outChannels); ++out)
      for (int64_t row = 0; row < inChannels * depth; ++row) {
        int64_t in = row / depth, block = row % depth * blocks + in / kLanes;
        kernel::transformWinogradFilter(plane, filter.data() + (out * inChannels * depth + row) * taps, tile.data());
        int64_t element = (((panel * depth * blocks + block) * kLanes) + in % kLanes) * kLanes + out % kLanes;
        for (int64_t position = 0; position < positions; ++position)
          transformed[position * pitch + element] = tile[position];
      }
  });
  return transformed;
}

std::vector<float> cnnc::to_kernel::packWinogradFilters(ArrayRef<float> filter, int64_t taps, int64_t outChannels,
                                                        int64_t inChannels) {
  int64_t panels = llvm::divideCeilSigned(outChannels, kLanes), blocks = llvm::divideCeilSigned(inChannels, kLanes);
  std::vector<float> packed(panels * blocks * kLanes * taps * kLanes, 0.0f);
  for (int64_t out = 0; out < outChannels; ++out)
    for (int64_t in = 0; in < inChannels; ++in)
      for (int64_t tap = 0; tap < taps; ++tap)
        packed[((out / kLanes * blocks * kLanes + in) * taps + tap) * kLanes + out % kLanes] =
            filter[(out * inChannels + in) * taps + tap];
  return packed;
}

/// What kernel.winograd reads (null if the numbers are missing), of an OC x IC x depth x taps of `plane`.
static Value createFilter(RewriterBase &rewriter, cnn::ConvOp op, const kernel::WinogradPlane &plane, int64_t depth,
                          bool raw) {
  RankedTensorType filter = op.getFilter().getType();
  std::optional<cnn::Floats> floats = cnn::getFloats(op.getFilter());
  if (!floats)
    return {};
  int64_t outChannels = filter.getDimSize(0), inChannels = filter.getDimSize(1);
  int64_t taps = plane.vertical.r * plane.horizontal.r;
  int64_t panels = llvm::divideCeilSigned(outChannels, kLanes), blocks = llvm::divideCeilSigned(inChannels, kLanes);
  SmallVector<int64_t> shape = {plane.positions(), panels, depth * blocks, kLanes, kLanes};
  if (raw)
    shape = {panels, blocks, kLanes, taps, kLanes};
  return cnn::createFloats(
      rewriter, op.getLoc(), RankedTensorType::get(shape, filter.getElementType()),
      raw ? packWinogradFilters(*floats, taps, outChannels, inChannels)
          : transformWinogradFilters(rewriter.getContext(), *floats, plane, outChannels, inChannels, depth),
      "winograd");
}

Value cnnc::to_kernel::createWinograd(RewriterBase &rewriter, cnn::ConvOp op, Value input, Value bias,
                                      ValueRange extras) {
  Location location = op.getLoc();
  RankedTensorType filter = op.getFilter().getType(), output = op.getOutput().getType();
  int64_t outChannels = filter.getDimSize(0), inChannels = filter.getDimSize(1);
  int64_t depth = filter.getRank() == 5 ? filter.getDimSize(2) : 1;
  SmallVector<int64_t> kernel(cnn::getPlane(filter.getShape().drop_front(2)));
  cnn::WinogradSize size = *cnn::getWinogradSize(op.getAlgorithm());
  auto tile = llvm::map_to_vector(kernel, [&](int64_t taps) { return taps == 1 ? 1 : size.m; });
  Value packed = createFilter(rewriter, op, kernel::getWinogradPlane(tile, kernel), depth, size.raw);
  if (!packed)
    return {};
  Value destination = createEmpty(rewriter, location, cnn::getStoredType(output));
  auto kernelOp = kernel::WinogradOp::create(rewriter, location, TypeRange(destination.getType()), input, packed,
                                             packBias(rewriter, location, bias, 1, kLanes),
                                             createExtras(rewriter, location, op.getExtras(), extras, output),
                                             destination, tile, kernel, op.getPads(), inChannels, outChannels,
                                             /*schedule=*/ArrayAttr());
  copyEpilogue(rewriter, op.getEpilogue(), kernelOp.getEpilogue());
  int64_t pixels = output.getNumElements() / outChannels;
  describe(kernelOp, getAlgorithmName(op.getAlgorithm()), pixels * filter.getNumElements());
  return kernelOp.getResult(0);
}

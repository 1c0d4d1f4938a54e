// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Winograd.h"

#include "passes/kernel/Convolution.h"

#include "dialects/cnn/Constants.h"
#include "dialects/cnn/Storage.h"
#include "dialects/kernel/Winograd.h"

#include "mlir/IR/Threading.h"

using namespace mlir;
using namespace cnnc;

static constexpr int64_t kLanes = cnn::LayoutAttr::kBlock;

/// Outputs of a tile in one dimension; 0 if the algorithm is another.
static int64_t getTileSize(std::optional<cnn::Algorithm> algorithm) {
  switch (algorithm.value_or(cnn::Algorithm::direct)) {
  case cnn::Algorithm::winograd2:
    return 2;
  case cnn::Algorithm::winograd4:
    return 4;
  case cnn::Algorithm::winograd6:
    return 6;
  default:
    return 0;
  }
}

bool cnnc::isWinograd(cnn::ConvOp op) {
  auto allOnes = [](ArrayRef<int64_t> values) {
    return llvm::all_of(values, [](int64_t value) { return value == 1; });
  };
  ArrayRef<int64_t> filter = op.getFilter().getType().getShape();
  return getTileSize(op.getAlgorithm()) && op.getGroup() == 1 && allOnes(op.getStrides()) &&
         allOnes(op.getDilations()) && (filter.size() == 4 || filter.size() == 5) &&
         filter.take_back(2) == ArrayRef<int64_t>{3, 3} && cnn::getFloats(op.getFilter());
}

std::vector<float> cnnc::transformWinogradFilters(MLIRContext *context, ArrayRef<float> filter, int64_t m,
                                                  int64_t outChannels, int64_t inChannels, int64_t depth) {
  kernel::WinogradMatrices matrices = kernel::getWinogradMatrices(m);
  int64_t positions = (m + 2) * (m + 2);
  int64_t panels = llvm::divideCeilSigned(outChannels, kLanes), blocks = llvm::divideCeilSigned(inChannels, kLanes);
  int64_t plane = panels * depth * blocks * kLanes * kLanes;
  std::vector<float> transformed(positions * plane, 0.0f);
  parallelFor(context, 0, panels, [&](size_t panel) {
    SmallVector<float> tile(positions);
    for (int64_t out = panel * kLanes; out < std::min<int64_t>((panel + 1) * kLanes, outChannels); ++out)
      for (int64_t row = 0; row < inChannels * depth; ++row) {
        int64_t in = row / depth, block = row % depth * blocks + in / kLanes;
        kernel::transformWinogradFilter(matrices, filter.data() + (out * inChannels * depth + row) * 9, tile.data());
        int64_t element = (((panel * depth * blocks + block) * kLanes) + in % kLanes) * kLanes + out % kLanes;
        for (int64_t position = 0; position < positions; ++position)
          transformed[position * plane + element] = tile[position];
      }
  });
  return transformed;
}

Value cnnc::createWinograd(RewriterBase &rewriter, cnn::ConvOp op, Value input, Value bias, ValueRange extras) {
  Location location = op.getLoc();
  int64_t m = getTileSize(op.getAlgorithm());
  RankedTensorType filter = op.getFilter().getType(), output = op.getOutput().getType();
  int64_t outChannels = filter.getDimSize(0), inChannels = filter.getDimSize(1);
  int64_t depth = filter.getRank() == 5 ? filter.getDimSize(2) : 1;
  std::optional<cnn::Floats> floats = cnn::getFloats(op.getFilter());
  auto packed = RankedTensorType::get({(m + 2) * (m + 2), llvm::divideCeilSigned(outChannels, kLanes),
                                       depth * llvm::divideCeilSigned(inChannels, kLanes), kLanes, kLanes},
                                      filter.getElementType());
  Value transformed = cnn::createFloats(
      rewriter, location, packed,
      transformWinogradFilters(rewriter.getContext(), *floats, m, outChannels, inChannels, depth), "winograd");
  Value destination = createEmpty(rewriter, location, cnn::getStoredType(output));
  auto kernelOp = kernel::WinogradOp::create(
      rewriter, location, TypeRange(destination.getType()), input, transformed,
      packBias(rewriter, location, bias, 1, kLanes), createExtras(rewriter, location, op.getExtras(), extras, output),
      destination, m, op.getPads(), inChannels, outChannels, /*tiles=*/ArrayAttr(), /*split=*/DenseI64ArrayAttr(),
      /*tile_block=*/IntegerAttr(), /*depth_block=*/IntegerAttr());
  copyEpilogue(rewriter, op.getEpilogue(), kernelOp.getEpilogue());
  int64_t pixels = output.getNumElements() / outChannels;
  describe(kernelOp, getAlgorithmName(op.getAlgorithm()), pixels * filter.getNumElements());
  return kernelOp.getResult(0);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   cnn.conv %x, %w {...} : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> ...
// becomes
//   cnn.conv %x, %w {algorithm = winograd_4_3, ...}
#include "dialects/cnn/Winograd.h"
#include "passes/layout/ConvFacts.h"
#include "passes/layout/Passes.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc::layout {
#define GEN_PASS_DEF_SELECTALGORITHMPASS
#include "passes/layout/Passes.h.inc"

namespace {

/// Up to this many input channels fill too little of a block; their map is read as it comes, channels first.
constexpr int64_t kFirstLayerChannels = 4;

/// The phase graph has written these as maps.
LogicalResult verifyLowered(ModuleOp module) {
  WalkResult result = module.walk([&](Operation *op) -> WalkResult {
    if (isa<QuantizeOp, DequantizeOp>(op))
      return op->emitOpError("is of the phases up to graph, but the text has passed it");
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// From here on costs and loops divide by extents: the phase graph leaves none of 0.
LogicalResult verifyNoneEmpty(ModuleOp module) {
  auto isEmpty = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && llvm::is_contained(tensor.getShape(), 0);
  };
  WalkResult result = module.walk([&](Operation *op) {
    if (!isa<CnnDialect>(op->getDialect()))
      return WalkResult::advance();
    SmallVector<Type> types(op->getOperandTypes());
    llvm::append_range(types, op->getResultTypes());
    for (Type type : types)
      if (isEmpty(type)) {
        op->emitOpError("requires elements in each tensor, but found ") << type;
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

class SelectAlgorithmPass : public impl::SelectAlgorithmPassBase<SelectAlgorithmPass> {
public:
  using Base::Base;

private:
  void runOnOperation() override {
    ModuleOp module = getOperation();
    target::TargetAttr target = target::requireTarget(module);
    if (!target || failed(verifyLowered(module)) || failed(verifyNoneEmpty(module)))
      return signalPassFailure();
    SmallVector<CoreFacts> cores = getCommonCores(target);
    SmallVector<int64_t> winograds = {2, 4, 6};
    auto winograd = module->getAttrOfType<StringAttr>("cnnc.winograd");
    if (cores.empty() || (winograd && winograd.getValue() == "off"))
      winograds.clear();
    keepsFirst = !target.storesChannelsLast();
    module.walk([&](ConvTransposeOp op) { op.setAlgorithm(Algorithm::phases); });
    module.walk([&](ConvOp op) {
      if (!op.getAlgorithm())
        op.setAlgorithm(select(op, winograds, cores));
    });
  }

  Algorithm select(ConvOp op, ArrayRef<int64_t> winograds, ArrayRef<CoreFacts> cores) {
    ConvShape shape = getConvShape(op);
    // A step takes several integers of one pixel, so that its channels have to lie side by side.
    bool isOfFloats = op.getInput().getType().getElementType().isF32();
    if (im2col && isOfFloats)
      return Algorithm::im2col;
    if (shape.group > 1)
      return hasNarrowGroups(shape) && shape.group == shape.inChannels ? Algorithm::depthwise : Algorithm::grouped;
    bool isPoint = llvm::all_of(shape.kernel, [](int64_t extent) { return extent == 1; });
    if (keepsFirst && isOfFloats && shape.inChannels <= kFirstLayerChannels && !shape.kernel.empty())
      return Algorithm::first_layer;
    if (isPoint)
      return Algorithm::pointwise;
    if (isOfFloats && matchPattern(op.getFilter(), m_Constant()))
      if (int64_t m = selectWinograd(shape, winograds, cores))
        return selectFilters(shape, m, cores);
    return Algorithm::direct;
  }

  Algorithm selectFilters(const ConvShape &shape, int64_t m, ArrayRef<CoreFacts> cores) {
    Algorithm selected = Algorithm::direct;
    for (const WinogradSize &size : getWinogradSizes())
      if (size.m == m && canTransform(shape, size) && (!size.raw || prefersRawFilters(shape, m, cores)))
        selected = size.algorithm;
    return selected;
  }

  bool keepsFirst = true; ///< A first layer may read its map with its channels first.
};

} // namespace
} // namespace cnnc::layout

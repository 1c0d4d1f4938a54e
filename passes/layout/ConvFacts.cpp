// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/layout/ConvFacts.h"

#include "dialects/cnn/Winograd.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::layout;
using cnn::Algorithm;

template <typename ConvLike> static ConvShape getShape(ConvLike op) {
  auto shapeOf = [](Value value) { return cast<RankedTensorType>(value.getType()).getShape(); };
  ArrayRef<int64_t> input = shapeOf(op.getInput()), output = shapeOf(op.getOutput()), filter = shapeOf(op.getFilter());
  ConvShape shape;
  static_cast<cnn::ConvChannels &>(shape) = cnn::getConvChannels(op);
  shape.images = input[0];
  shape.input.assign(input.begin() + 2, input.end());
  shape.output.assign(output.begin() + 2, output.end());
  shape.kernel.assign(filter.begin() + 2, filter.end());
  shape.strides.assign(op.getStrides().begin(), op.getStrides().end());
  shape.dilations.assign(op.getDilations().begin(), op.getDilations().end());
  return shape;
}

ConvShape cnnc::layout::getConvShape(cnn::ConvOp op) { return getShape(op); }

ConvShape cnnc::layout::getConvShape(cnn::ConvTransposeOp op) { return getShape(op); }

CoreFacts cnnc::layout::getCoreFacts(const target::Level &level) {
  return {level.lanes(), level.fusedMultiplyAdd, level.l2Bytes};
}

SmallVector<target::Level> cnnc::layout::getCommonLevels(target::TargetAttr target) {
  constexpr size_t kCommon = 2;
  SmallVector<target::Level> levels = target.getCpuLevels();
  SmallVector<target::Level> common;
  for (const target::Level &level : levels)
    if (!target::findWithoutDots(levels, level))
      common.push_back(level);
  common.erase(common.begin(), common.end() - std::min(common.size(), kCommon));
  return common;
}

SmallVector<CoreFacts> cnnc::layout::getCommonCores(target::TargetAttr target) {
  return llvm::map_to_vector(getCommonLevels(target), [](const target::Level &level) { return getCoreFacts(level); });
}

std::optional<CoreFacts> cnnc::layout::getCoreFacts(target::TargetAttr target) {
  SmallVector<CoreFacts> cores = getCommonCores(target);
  return cores.empty() ? std::nullopt : std::optional(cores.back());
}

SmallVector<Channels, 2> cnnc::layout::getOfferedChannels(target::TargetAttr target) {
  if (target.storesChannelsLast())
    return {Channels::last};
  return {Channels::blocked, Channels::last};
}

SmallVector<Algorithm> cnnc::layout::getAlgorithms(const ConvShape &shape, Algorithm chosen) {
  SmallVector<Algorithm> algorithms = {cnn::getWinogradSize(chosen) ? Algorithm::direct : chosen};
  if (algorithms[0] == Algorithm::direct)
    for (const cnn::WinogradSize &size : cnn::getWinogradSizes())
      if (canTransform(shape, size))
        algorithms.push_back(size.algorithm);
  return algorithms;
}

double cnnc::layout::getConvCycles(const ConvShape &shape, Algorithm algorithm, Channels input, Channels output,
                                   const CoreFacts &core) {
  if (std::optional<cnn::WinogradSize> size = cnn::getWinogradSize(algorithm))
    return getWinogradCycles(shape, size->m, core, size->raw);
  if (isWindow(shape, output))
    return getWindowCycles(shape, output, core);
  if (algorithm != Algorithm::phases)
    return getDirectCycles(shape, input, output, core);
  // An output sees the taps of its phase.
  ConvShape phase = shape;
  for (auto [extent, stride] : llvm::zip_equal(phase.kernel, shape.strides))
    extent = llvm::divideCeil(extent, stride);
  return getDirectCycles(phase, input, output, core);
}

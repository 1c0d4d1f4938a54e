// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/layout/ConvFacts.h"

#include "dialects/target/Target.h"

using namespace mlir;
using namespace cnnc;
using cnn::LayoutAttr;

template <typename ConvLike> static ConvShape getShape(ConvLike op) {
  auto shapeOf = [](Value value) { return cast<RankedTensorType>(value.getType()).getShape(); };
  ArrayRef<int64_t> input = shapeOf(op.getInput()), output = shapeOf(op.getOutput()), filter = shapeOf(op.getFilter());
  ConvShape shape;
  shape.images = input[0];
  shape.inChannels = input[1];
  shape.outChannels = output[1];
  shape.group = op.getGroup();
  shape.input.assign(input.begin() + 2, input.end());
  shape.output.assign(output.begin() + 2, output.end());
  shape.kernel.assign(filter.begin() + 2, filter.end());
  shape.strides.assign(op.getStrides().begin(), op.getStrides().end());
  shape.dilations.assign(op.getDilations().begin(), op.getDilations().end());
  return shape;
}

ConvShape cnnc::getConvShape(cnn::ConvOp op) { return getShape(op); }

ConvShape cnnc::getConvShape(cnn::ConvTransposeOp op) { return getShape(op); }

static CoreFacts getFacts(const target::Level &level) { return {level.lanes(), level.fusedMultiplyAdd, level.l2Bytes}; }

SmallVector<CoreFacts> cnnc::getCommonCores(ModuleOp module) {
  constexpr size_t kCommon = 2;
  target::CpuAttr cpu = target::getTarget(module);
  SmallVector<target::Level> levels =
      cpu && !cpu.getLevels().empty() ? target::getLevels(cpu) : SmallVector{target::getLevels().front()};
  return llvm::map_to_vector(ArrayRef(levels).take_back(kCommon), getFacts);
}

CoreFacts cnnc::getCoreFacts(ModuleOp module) { return getCommonCores(module).back(); }

bool cnnc::hasNarrowGroups(const ConvShape &conv) {
  int64_t width = conv.inChannels / conv.group;
  return conv.group > 1 && conv.inChannels == conv.outChannels && llvm::is_contained({1, 2, 4, 8}, width);
}

bool cnnc::hasWholeBlocks(const ConvShape &conv) {
  return conv.group == 1 || ((conv.inChannels / conv.group) % LayoutAttr::kBlock == 0 &&
                             (conv.outChannels / conv.group) % LayoutAttr::kBlock == 0);
}

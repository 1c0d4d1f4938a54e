// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From IR to the plain structs of ConvCost.h.
#ifndef CNNC_PASSES_LAYOUT_CONVFACTS_H
#define CNNC_PASSES_LAYOUT_CONVFACTS_H

#include "dialects/cnn/Cnn.h"
#include "dialects/target/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/layout/ConvCost.h"

#include <optional>

namespace cnnc::layout {

ConvShape getConvShape(cnn::ConvOp op);
ConvShape getConvShape(cnn::ConvTransposeOp op);

CoreFacts getCoreFacts(const target::Level &level);

/// The core of the target's highest level, for which choices are made; all levels share layouts and packed weights.
/// None where the target is no CPU: the costs of a core say nothing of it.
std::optional<CoreFacts> getCoreFacts(target::TargetAttr target);

/// The target's two highest levels, lowest first, of those that differ in more than their dots: what most machines that
/// run a library of several levels are. None where the target is no CPU.
llvm::SmallVector<target::Level> getCommonLevels(target::TargetAttr target);

/// Their cores, for choices where levels differ more than a little.
llvm::SmallVector<CoreFacts> getCommonCores(target::TargetAttr target);

/// Where kernels for the target keep the channels of feature maps, the likeliest first.
llvm::SmallVector<Channels, 2> getOfferedChannels(target::TargetAttr target);

/// What computes the same as `chosen`: the algorithm that the shape gives without Winograd, then Winograd where it can
/// and is accurate. Winograd packs or transforms its filter at compile time, which therefore has to be a constant.
llvm::SmallVector<cnn::Algorithm> getAlgorithms(const ConvShape &shape, cnn::Algorithm chosen);

double getConvCycles(const ConvShape &shape, cnn::Algorithm algorithm, Channels input, Channels output,
                     const CoreFacts &core);

} // namespace cnnc::layout

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A library that holds one convolution of a model several times, each computed another way, to be timed here.
#ifndef CNNC_COMPILER_TUNE_TRIAL_H
#define CNNC_COMPILER_TUNE_TRIAL_H

#include "compiler/output/OutputFile.h"
#include "dialects/cnn/Cnn.h"
#include "dialects/target/Target.h"
#include "passes/schedule/ContractPlan.h"

#include "llvm/Support/Error.h"
#include <functional>
#include <vector>

namespace cnnc::tune {

/// How a trial becomes a library to be loaded: a module that has passed the graph phase, for one level.
using CompileTrial = std::function<llvm::Expected<output::OutputFile>(mlir::ModuleOp)>;

/// Whether a trial can stand for the convolution: it knows fp32 of constant filters.
bool isTrialPossible(cnn::ConvOp op);

/// A way to compute a convolution.
struct Variant {
  std::string name;
  cnn::Algorithm algorithm;
  schedule::ContractPlan pins; ///< of its contraction, if it becomes one
};

/// Compiles and runs it in each of the ways in turn, round after round, on one thread: with more, the first step waits
/// for the others to wake. Weights are cold, as they are after the other layers of a model. `target` has one level,
/// which this machine runs. Returns for each way the nanoseconds of each round.
llvm::Expected<std::vector<std::vector<double>>> timeVariants(cnn::ConvOp op, llvm::ArrayRef<Variant> variants,
                                                              target::CpuAttr target, const CompileTrial &compile);

} // namespace cnnc::tune

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Choosing algorithms and schedules by time on this machine, where the cost model sees several that are about as quick.
//
// An algorithm holds for all levels of the library, as the cost model's own does, for they share the packed weights; a
// schedule for the level that was timed.
#ifndef CNNC_COMPILER_TUNE_TUNE_H
#define CNNC_COMPILER_TUNE_TUNE_H

#include "compiler/tune/Trial.h"
#include "dialects/target/Target.h"

#include <chrono>
#include <optional>

namespace cnnc::tune {

struct TuneOptions {
  /// The code that is timed: one level.
  target::CpuAttr target;
  /// LLVM's name of this machine's CPU.
  std::string cpu;
  /// Where measurements are kept; empty: nowhere else than in what is returned.
  std::string record;
  CompileTrial compile;
  /// Told in one line what is being done, and "" at the end.
  std::function<void(const llvm::Twine &)> progress;
  /// Of the wall's clock; layers for which it does not suffice keep the cost model's choice.
  std::chrono::seconds budget{60};
};

/// What to time for a library of `target` on `machine`, whose own level `machine` names: the last level of the library
/// whose needs that level has. Null if there is none.
target::CpuAttr getTunedTarget(target::CpuAttr target, target::CpuAttr machine);

/// Writes the attribute `algorithm` of every convolution, and what is pinned of its schedule, of a module that has
/// passed the graph phase: as the record says for this machine, else by timing. Returns the record with what is new, to
/// be committed with the output; none where nothing was timed.
llvm::Expected<std::optional<output::OutputFile>> tuneAlgorithms(mlir::ModuleOp module, const TuneOptions &options);

} // namespace cnnc::tune

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Schedules of a contraction that may be as quick as the chosen one. A machine may try them; here nothing is timed.
#ifndef CNNC_PASSES_SCHEDULE_CANDIDATES_H
#define CNNC_PASSES_SCHEDULE_CANDIDATES_H

#include "passes/schedule/ContractPlan.h"
#include "passes/schedule/TileCost.h"

#include <string>

namespace cnnc::schedule {

/// `pins` says only in what it differs from what is chosen. Any contraction can follow it, wherever its operands lie.
struct Candidate {
  std::string name;
  ContractPlan pins;
};

/// Tiles of nearly the least cycles, the quickest first; then other orders, blocks of pixels, and weights that come as
/// they are read.
llvm::SmallVector<Candidate> rankCandidates(const ContractShape &shape, const target::Level &level);

/// The contraction that `op`, a convolution, becomes will have `pins` at the level of that name.
void pinSchedule(mlir::Operation *op, llvm::StringRef level, const ContractPlan &pins);

} // namespace cnnc::schedule

#endif

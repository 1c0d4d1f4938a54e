// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which algorithms of a convolution are worth timing, and which of the timed ones to take: pure functions.
#ifndef CNNC_COMPILER_TUNE_CANDIDATES_H
#define CNNC_COMPILER_TUNE_CANDIDATES_H

#include "passes/layout/ConvFacts.h"
#include "passes/schedule/Candidates.h"

#include <vector>

namespace cnnc::tune {

/// What computes the same as `chosen` and is predicted not to be far behind the quickest: `chosen` first, the others
/// quickest first.
llvm::SmallVector<cnn::Algorithm> rankCandidates(const layout::ConvShape &shape, cnn::Algorithm chosen,
                                                 const layout::CoreFacts &core);

double getMedian(std::vector<double> values);

/// The candidate to take, given the times of each in the same rounds: the first one, which the cost model chose, unless
/// another beats it by more than noise.
size_t selectQuickest(llvm::ArrayRef<std::vector<double>> times);

/// How the contraction may be scheduled that the algorithm makes of a convolution; none where it makes none.
llvm::SmallVector<schedule::Candidate> rankSchedules(const layout::ConvShape &shape, cnn::Algorithm algorithm,
                                                     const target::Level &level);

} // namespace cnnc::tune

#endif

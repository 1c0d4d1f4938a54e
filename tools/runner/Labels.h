// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CNNC_TOOLS_RUNNER_LABELS_H
#define CNNC_TOOLS_RUNNER_LABELS_H

#include <string>
#include <string_view>
#include <vector>

namespace cnnc::runner {

/// A label per line. A number in front that counts the lines, as in "281,tabby, tabby cat", is left out.
std::vector<std::string> parseLabels(std::string_view text);

/// The scores themselves when they are none below 0 and sum to 1, else their softmax.
std::vector<double> toProbabilities(std::vector<double> scores);

/// Indices of the greatest, in falling order; of equals the first comes first.
std::vector<size_t> greatest(const std::vector<double> &values, size_t count);

} // namespace cnnc::runner

#endif

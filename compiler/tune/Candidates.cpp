// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/tune/Candidates.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace llvm;
using namespace cnnc;
using namespace cnnc::tune;
using cnn::Algorithm;

/// The model's errors between algorithms are within this factor; more than so many candidates are never as close.
static constexpr double kFarBehind = 2;
static constexpr size_t kMostCandidates = 4;
/// A candidate has to win by this much, in the median as in the best times, and at all in this share of the rounds.
static constexpr double kMargin = 0.97, kMajority = 0.75;

SmallVector<Algorithm> cnnc::tune::rankCandidates(const layout::ConvShape &shape, Algorithm chosen,
                                                  const layout::CoreFacts &core) {
  auto getCycles = [&](Algorithm algorithm) {
    return getConvCycles(shape, algorithm, layout::Channels::blocked, layout::Channels::blocked, core);
  };
  std::vector<std::pair<double, Algorithm>> others;
  double best = getCycles(chosen);
  for (Algorithm algorithm : getAlgorithms(shape, chosen)) {
    double cycles = getCycles(algorithm);
    best = std::min(best, cycles);
    if (algorithm != chosen)
      others.push_back({cycles, algorithm});
  }
  sort(others);
  SmallVector<Algorithm> candidates = {chosen};
  for (auto [cycles, algorithm] : others)
    if (cycles <= kFarBehind * best && candidates.size() < kMostCandidates)
      candidates.push_back(algorithm);
  return candidates;
}

SmallVector<schedule::Candidate> cnnc::tune::rankSchedules(const layout::ConvShape &shape, Algorithm algorithm,
                                                           const target::Level &level) {
  if (shape.group != 1 || shape.output.empty() || (algorithm != Algorithm::direct && algorithm != Algorithm::pointwise))
    return {};
  auto isOne = [](int64_t extent) { return extent == 1; };
  bool isFlat = all_of(shape.kernel, isOne) && all_of(shape.strides, isOne);
  int64_t pixels = product_of(shape.output), rank = shape.output.size();
  schedule::ContractShape contract = {};
  contract.width = isFlat ? pixels : shape.output.back();
  contract.height = isFlat || rank < 2 ? 1 : shape.output[rank - 2];
  contract.lines = shape.images * pixels / contract.width;
  contract.panels = divideCeilSigned(shape.outChannels, 16);
  contract.group = 1;
  contract.segments = product_of(shape.kernel) * divideCeilSigned(shape.inChannels, 16);
  contract.run = 16;
  contract.inputBytes = 4 * shape.images * shape.inChannels * product_of(shape.input);
  return schedule::rankCandidates(contract, level);
}

double cnnc::tune::getMedian(std::vector<double> values) {
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

size_t cnnc::tune::selectQuickest(ArrayRef<std::vector<double>> times) {
  size_t quickest = 0;
  double best = kMargin;
  for (size_t candidate = 1; candidate < times.size(); ++candidate) {
    std::vector<double> ratios;
    for (auto [time, first] : zip_equal(times[candidate], times[0]))
      ratios.push_back(time / first);
    double wins = count_if(ratios, [](double ratio) { return ratio < 1; });
    double ratio = std::max(getMedian(ratios), *min_element(times[candidate]) / *min_element(times[0]));
    if (wins < kMajority * ratios.size() || ratio > best)
      continue;
    best = ratio;
    quickest = candidate;
  }
  return quickest;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/TransposePhases.h"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

using namespace cnnc::to_kernel;

/// The definition: every input is scattered through every tap.
static std::vector<int64_t> scatter(const TransposedDim &dim) {
  std::vector<int64_t> output(dim.output, 0);
  for (int64_t i = 0; i < dim.input; ++i)
    for (int64_t k = 0; k < dim.kernel; ++k)
      if (int64_t q = i * dim.stride + k * dim.dilation - dim.padBegin; q >= 0 && q < dim.output)
        output[q] += (i + 1) * (100 + k);
  return output;
}

/// The same as convolutions of stride 1, one per phase.
static std::vector<int64_t> convolve(const TransposedDim &dim) {
  std::vector<int64_t> output(dim.output, -1);
  for (const TransposePhase &phase : getTransposePhases(dim))
    for (int64_t t = 0; t < phase.outputs; ++t) {
      int64_t sum = 0;
      for (int64_t j = 0; j < phase.taps; ++j) {
        int64_t i = phase.offset + t + j * phase.dilation, k = phase.firstTap - j * phase.tapStep;
        sum += i >= 0 && i < dim.input ? (i + 1) * (100 + k) : 0;
      }
      output[phase.residue + dim.stride * t] = sum;
    }
  return output;
}

class TransposePhases : public testing::TestWithParam<std::tuple<int64_t, int64_t, int64_t, int64_t, int64_t>> {};

TEST_P(TransposePhases, agreeWithTheDefinition) {
  auto [kernel, stride, dilation, pad, outputPadding] = GetParam();
  int64_t input = 7, output = (input - 1) * stride + outputPadding + (kernel - 1) * dilation + 1 - 2 * pad;
  if (output < 1)
    GTEST_SKIP();
  TransposedDim dim{input, output, kernel, stride, dilation, pad};
  EXPECT_EQ(convolve(dim), scatter(dim));
}

INSTANTIATE_TEST_SUITE_P(Shapes, TransposePhases,
                         testing::Combine(testing::Values(1, 2, 3, 4, 5), testing::Values(1, 2, 3, 4),
                                          testing::Values(1, 2, 3), testing::Values(0, 1, 2), testing::Values(0, 1)));

TEST(TransposePhases, shareTheTapsOfTheFilter) {
  llvm::SmallVector<TransposePhase> phases = getTransposePhases({4, 8, 4, 2, 1, 1});
  ASSERT_EQ(phases.size(), 2u);
  EXPECT_EQ(phases[0].taps + phases[1].taps, 4);
  EXPECT_EQ(phases[0].outputs, 4);
}

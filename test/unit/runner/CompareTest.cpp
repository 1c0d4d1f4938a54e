// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Compare.h"
#include "tools/runner/Labels.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace cnnc::runner;

static Tensor floats(const std::vector<float> &values) {
  Tensor tensor{CNNC_FLOAT32, {static_cast<int64_t>(values.size())}, std::vector<char>(values.size() * 4)};
  std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  return tensor;
}

TEST(Compare, EqualTensorsHaveNoError) {
  const Tensor tensor = floats({1, -2, INFINITY, NAN, 0});
  const Comparison result = compare(tensor, tensor, {});
  EXPECT_EQ(result.maxAbsolute, 0);
  EXPECT_EQ(result.maxUlps, 0u);
  EXPECT_FALSE(result.worstMismatch);
}

TEST(Compare, MeasuresErrors) {
  const Comparison result = compare(floats({1.5f, std::nextafter(2.0f, 3.0f), -0.0f}), floats({1, 2, 0}), {0, 0.25});
  EXPECT_EQ(result.maxAbsolute, 0.5);
  EXPECT_EQ(result.maxRelative, 0.5);
  EXPECT_EQ(result.maxUlps, uint64_t(1) << 22);
  EXPECT_FALSE(result.worstMismatch) << "0.5 is a quarter of the greatest";
}

TEST(Compare, UlpsCountAcrossZero) {
  const float tiny = std::nextafter(0.0f, 1.0f);
  EXPECT_EQ(compare(floats({tiny}), floats({-tiny}), {}).maxUlps, 2u);
}

TEST(Compare, NamesTheWorst) {
  const Comparison result = compare(floats({1, 2.5f, 3.2f}), floats({1, 2, 3}), {0.01, 0});
  EXPECT_EQ(result.mismatches, 2);
  EXPECT_EQ(result.worstMismatch, 1);
}

TEST(Compare, NotANumberAndInfinityAreMismatches) {
  EXPECT_EQ(compare(floats({NAN}), floats({1}), {1, 1}).worstMismatch, 0);
  EXPECT_EQ(compare(floats({1}), floats({NAN}), {1, 1}).worstMismatch, 0);
  EXPECT_EQ(compare(floats({INFINITY}), floats({1}), {1, 1}).worstMismatch, 0);
  EXPECT_EQ(compare(floats({-INFINITY}), floats({INFINITY}), {1, 1}).worstMismatch, 0);
}

TEST(Labels, NumbersThatCountTheLinesAreLeftOut) {
  EXPECT_EQ(parseLabels("0,tench, Tinca\n1,goldfish\r\n7 cats"),
            (std::vector<std::string>{"tench, Tinca", "goldfish", "7 cats"}));
  EXPECT_EQ(parseLabels("dog\ncat\n"), (std::vector<std::string>{"dog", "cat"}));
}

TEST(Labels, ScoresBecomeProbabilitiesOnce) {
  EXPECT_EQ(toProbabilities({0.25, 0.75}), (std::vector<double>{0.25, 0.75}));
  const std::vector<double> softmax = toProbabilities({1000, 1000, -1000});
  EXPECT_NEAR(softmax[0], 0.5, 1e-12);
  EXPECT_NEAR(softmax[2], 0, 1e-12);
}

TEST(Labels, TheGreatestComeInOrder) {
  EXPECT_EQ(greatest({1, 5, NAN, 5, 2}, 3), (std::vector<size_t>{1, 3, 4}));
  EXPECT_EQ(greatest({1}, 5), (std::vector<size_t>{0}));
}

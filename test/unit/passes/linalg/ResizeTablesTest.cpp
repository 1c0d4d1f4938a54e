// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Most expected values are those of ONNX's operator tests for Resize.
#include "passes/linalg/ResizeTables.h"

#include <gtest/gtest.h>

using namespace cnnc::to_linalg;

static ResizeRule getRule(Interpolation interpolation, Coordinates coordinates) {
  return {interpolation, coordinates, Rounding::preferFloor, -0.75, false, false};
}

/// The input resampled, in double.
static std::vector<double> resample(const std::vector<double> &input, const ResizeTable &table) {
  std::vector<double> output(table.outside.size(), 0);
  for (int64_t tap = 0; tap < table.taps(); ++tap)
    for (size_t i = 0; i < output.size(); ++i)
      output[i] += table.weights[tap][i] * input[table.indices[tap][i]];
  return output;
}

static void expectNear(const std::vector<double> &actual, const std::vector<double> &expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i)
    EXPECT_NEAR(actual[i], expected[i], 1e-5) << i;
}

TEST(ResizeTable, nearestDoublesEachElement) {
  ResizeTable table = getResizeTable({2, 4, 2.0}, getRule(Interpolation::nearest, Coordinates::halfPixel));
  EXPECT_EQ(table.indices[0], (std::vector<int32_t>{0, 0, 1, 1}));
  EXPECT_EQ(table.taps(), 1);
}

TEST(ResizeTable, nearestPrefersTheCeiling) {
  ResizeRule rule = getRule(Interpolation::nearest, Coordinates::alignCorners);
  rule.rounding = Rounding::preferCeil;
  EXPECT_EQ(getResizeTable({4, 8, 2.0}, rule).indices[0], (std::vector<int32_t>{0, 0, 1, 1, 2, 2, 3, 3}));
}

TEST(ResizeTable, linearUpsamplesByHalfPixels) {
  ResizeTable table = getResizeTable({2, 4, 2.0}, getRule(Interpolation::linear, Coordinates::halfPixel));
  expectNear(resample({1, 2}, table), {1, 1.25, 1.75, 2});
}

TEST(ResizeTable, linearAlignsCorners) {
  ResizeTable table = getResizeTable({2, 4, 2.0}, getRule(Interpolation::linear, Coordinates::alignCorners));
  expectNear(resample({1, 2}, table), {1, 4.0 / 3, 5.0 / 3, 2});
}

TEST(ResizeTable, linearDownsamples) {
  ResizeTable table = getResizeTable({4, 2, 0.6}, getRule(Interpolation::linear, Coordinates::halfPixel));
  expectNear(resample({1, 2, 3, 4}, table), {1.3333333, 3});
}

TEST(ResizeTable, linearSharesWhatRoundingCutOff) {
  ResizeTable table = getResizeTable({4, 2, 0.6}, getRule(Interpolation::linear, Coordinates::halfPixelSymmetric));
  expectNear(resample({1, 2, 3, 4}, table), {1.6666667, 3.3333333});
}

TEST(ResizeTable, linearWithAntialiasingAverages) {
  ResizeRule rule = getRule(Interpolation::linear, Coordinates::halfPixel);
  rule.antialias = rule.excludeOutside = true;
  // At 1/3 the widened triangle weighs elements 0 and 1 by 0.8 and 0.6, at 2 it is symmetric.
  expectNear(resample({1, 2, 3, 4}, getResizeTable({4, 2, 0.6}, rule)), {2.0 / 1.4, 3});
}

TEST(ResizeTable, cubicReproducesALine) {
  ResizeTable table = getResizeTable({8, 16, 2.0}, getRule(Interpolation::cubic, Coordinates::halfPixel));
  std::vector<double> output = resample({0, 1, 2, 3, 4, 5, 6, 7}, table);
  EXPECT_EQ(table.taps(), 4);
  // Away from the edges, where taps are not repeated; coefficient -0.75 is not exact on lines, but symmetric about 3.5.
  EXPECT_NEAR(output[7] + output[8], 7, 1e-5);
}

TEST(ResizeTable, cubicWithoutTheOutsideKeepsConstants) {
  ResizeRule rule = getRule(Interpolation::cubic, Coordinates::halfPixel);
  rule.excludeOutside = true;
  for (double value : resample({3, 3, 3, 3}, getResizeTable({4, 8, 2.0}, rule)))
    EXPECT_NEAR(value, 3, 1e-5);
}

TEST(ResizeTable, cropMarksWhatLiesOutside) {
  ResizeRule rule = getRule(Interpolation::linear, Coordinates::tfCropAndResize);
  ResizeTable table = getResizeTable({4, 3, 0.8, 0.4, 1.2}, rule);
  EXPECT_EQ(table.outside, (std::vector<bool>{false, false, true}));
}

TEST(ResizeTable, namesAreOnnx) {
  EXPECT_EQ(parseCoordinates("pytorch_half_pixel"), Coordinates::pytorchHalfPixel);
  EXPECT_EQ(parseCoordinates("unheard_of"), std::nullopt);
  EXPECT_EQ(parseRounding("ceil"), Rounding::ceil);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/layout/ConvCost.h"
#include "test/unit/passes/layout/ConvShapes.h"

#include "gtest/gtest.h"

using namespace cnnc;
using namespace cnnc::layout;

static constexpr CoreFacts kAvx512 = {16, true, 1 << 20};
static constexpr CoreFacts kSse = {4, false, 256 << 10};

static double getBlockedCycles(const ConvShape &conv, const CoreFacts &core) {
  return getDirectCycles(conv, Channels::blocked, Channels::blocked, core);
}

TEST(ConvCost, PeakCountsFusedMultiplyAdds) {
  EXPECT_EQ(getPeak(kAvx512), 32);
  EXPECT_EQ(getPeak(kAvx2), 16);
  EXPECT_EQ(getPeak(kSse), 4);
}

TEST(ConvCost, WinogradWinsOnLargeMapsBySize) {
  // Measured against direct convolution at its peak: 2.4x and 2.5x.
  for (ConvShape conv : {square(64, 56, 3), square(128, 28, 3)}) {
    EXPECT_EQ(selectWinograd(conv, {2, 4}, kAvx512), 4);
    double gain = getBlockedCycles(conv, kAvx512) / getWinogradCycles(conv, 4, kAvx512);
    EXPECT_GT(gain, 2.0);
    EXPECT_LT(gain, 3.0);
  }
}

TEST(ConvCost, SmallMapsPayForTheTransformedWeights) {
  EXPECT_EQ(selectWinograd(square(256, 14, 3), {2, 4}, kAvx512), 2);
  EXPECT_EQ(selectWinograd(square(512, 7, 3), {2, 4}, kAvx512), 0);
}

TEST(ConvCost, PlanesOfThreeDimensionsAreTransformed) {
  ConvShape conv = square(64, 56, 3);
  conv.input = conv.output = {16, 56, 56};
  conv.kernel = {3, 3, 3};
  conv.strides = conv.dilations = {1, 1, 1};
  EXPECT_EQ(selectWinograd(conv, {2, 4}, kAvx2), 4);
  conv.kernel = {3, 1, 1};
  EXPECT_EQ(selectWinograd(conv, {2, 4}, kAvx2), 0);
}

TEST(ConvCost, LevelsShareTheChoice) {
  // 7x7 maps stay direct on AVX-512 alone, but AVX2 loses more by that than AVX-512 gains.
  EXPECT_EQ(selectWinograd(square(512, 7, 3), {2, 4}, {kAvx2, kAvx512}), 2);
}

TEST(ConvCost, WinogradNeedsItsShape) {
  ConvShape strided = square(64, 56, 3);
  strided.strides = {2, 2};
  ConvShape dilated = square(64, 56, 3);
  dilated.dilations = {2, 2};
  ConvShape grouped = square(64, 56, 3);
  grouped.group = 2;
  ConvShape oblong = square(64, 56, 3);
  oblong.kernel = {3, 5};
  for (const ConvShape &conv : {strided, dilated, grouped, oblong, square(64, 56, 9), square(8, 56, 3)})
    EXPECT_EQ(selectWinograd(conv, {2, 4, 6}, kAvx512), 0);
  EXPECT_EQ(selectWinograd(square(64, 56, 3), {}, kAvx512), 0);
}

TEST(ConvCost, LinesMayHaveMorePointsThanSquares) {
  // Inception's factorized kernels, measured against direct convolution with AVX2: 1.35x, and 2.2x for its 5x5.
  ConvShape line = square(192, 17, 7);
  line.kernel = {1, 7};
  for (const CoreFacts &core : {kAvx2, kAvx512}) {
    EXPECT_EQ(selectWinograd(line, {2, 4, 6}, core), 2);
    double gain = getBlockedCycles(line, core) / getWinogradCycles(line, 2, core);
    EXPECT_GT(gain, 1.2);
    EXPECT_LT(gain, 1.6);
    EXPECT_EQ(selectWinograd(square(64, 35, 5), {2, 4, 6}, core), 2);
    EXPECT_EQ(selectWinograd(square(192, 17, 7), {2, 4, 6}, core), 0);
  }
  ConvShape row = line;
  row.input = row.output = {1024};
  row.kernel = {3};
  row.strides = row.dilations = {1};
  EXPECT_EQ(selectWinograd(row, {2, 4, 6}, kAvx2), 6);
}

TEST(ConvCost, BlocksWasteLanesOfOddChannels) {
  ConvShape conv = square(24, 56, 1);
  EXPECT_LT(getDirectCycles(conv, Channels::last, Channels::blocked, kAvx512), getBlockedCycles(conv, kAvx512));
  ConvShape whole = square(128, 56, 1);
  EXPECT_LT(getBlockedCycles(whole, kAvx512), getDirectCycles(whole, Channels::last, Channels::blocked, kAvx512));
  EXPECT_LT(getBlockedCycles(whole, kAvx512), getDirectCycles(whole, Channels::blocked, Channels::last, kAvx512));
}

TEST(ConvCost, MoreWorkNeverCostsLess) {
  for (const CoreFacts &core : {kAvx512, kAvx2, kSse})
    for (int64_t extent : {7, 14, 28, 56}) {
      EXPECT_LT(getBlockedCycles(square(64, extent, 3), core), getBlockedCycles(square(128, extent, 3), core));
      EXPECT_LT(getBlockedCycles(square(64, extent, 1), core), getBlockedCycles(square(64, extent, 3), core));
      EXPECT_LT(getWinogradCycles(square(64, extent, 3), 4, core), getWinogradCycles(square(128, extent, 3), 4, core));
    }
}

TEST(ConvCost, ConversionsCostAtLeastAStep) {
  EXPECT_GT(getConversionCycles(64, 64, kAvx512), 1000);
  EXPECT_LT(getConversionCycles(1 << 16, 1 << 16, kAvx512), getConversionCycles(1 << 22, 1 << 22, kAvx512));
}

TEST(ConvCost, DepthwiseIsNoProduct) {
  ConvShape depthwise = square(96, 56, 3);
  depthwise.group = 96;
  EXPECT_LT(getWindowCycles(depthwise, Channels::blocked, kAvx512), getBlockedCycles(depthwise, kAvx512));
}

TEST(ConvCost, RawFiltersWinWhereManyWouldStream) {
  // Measured with AVX2: 1.2 to 1.4x, and even; 128@28x28, whose filters are few, gains nothing.
  EXPECT_TRUE(prefersRawFilters(square(512, 28, 3), 4, {kAvx2, kAvx512}));
  EXPECT_TRUE(prefersRawFilters(square(512, 14, 3), 4, {kAvx2, kAvx512}));
  EXPECT_FALSE(prefersRawFilters(square(128, 28, 3), 4, {kAvx2, kAvx512}));
  EXPECT_FALSE(prefersRawFilters(square(64, 56, 3), 4, kAvx2));
}

TEST(ConvCost, RawFiltersNeedManyTiles) {
  const cnn::WinogradSize raw = {cnn::Algorithm::winograd_4_3_raw, 4, 3, true};
  EXPECT_TRUE(canTransform(square(512, 14, 3), raw));
  EXPECT_FALSE(canTransform(square(512, 7, 3), raw));
  ConvShape deep = square(64, 28, 3);
  deep.input = deep.output = {8, 28, 28};
  deep.kernel = {3, 3, 3};
  deep.strides = deep.dilations = {1, 1, 1};
  EXPECT_FALSE(canTransform(deep, raw));
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Shapes.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace cnnc::cnn;

static std::string reason;

static Window window2d(int64_t kernel, int64_t stride, int64_t dilation, int64_t pad) {
  return {Shape(2, kernel), Shape(2, stride), Shape(2, dilation), Shape(4, pad)};
}

static Shape get(const ShapeOr &shape) { return succeeded(shape) ? *shape : Shape{-1}; }

TEST(Shapes, ConvCountsWindows) {
  EXPECT_EQ(get(inferConv({1, 3, 224, 224}, {64, 3, 7, 7}, window2d(7, 2, 1, 3), 1, reason)), (Shape{1, 64, 112, 112}));
  EXPECT_EQ(get(inferConv({1, 8, 9, 9}, {8, 1, 3, 3}, window2d(3, 1, 2, 2), 8, reason)), (Shape{1, 8, 9, 9}));
}

TEST(Shapes, ConvWithoutSpatialDimensionsIsAProduct) {
  EXPECT_EQ(get(inferConv({5, 7}, {11, 7}, Window(), 1, reason)), (Shape{5, 11}));
}

TEST(Shapes, ConvRefusesWindowLargerThanInput) {
  EXPECT_TRUE(failed(inferConv({1, 1, 2, 2}, {1, 1, 3, 3}, window2d(3, 1, 1, 0), 1, reason)));
  EXPECT_NE(reason.find("requires a window that fits"), std::string::npos);
}

TEST(Shapes, ConvRefusesOverflow) {
  Window huge = window2d(3, 1, kMaxElements, 0);
  EXPECT_TRUE(failed(inferConv({1, 1, 2, 2}, {1, 1, 3, 3}, huge, 1, reason)));
  EXPECT_TRUE(failed(inferConv({1, 1, 8, 8}, {1, 1, 3, 3}, window2d(3, 1, 1, -1), 1, reason)));
  EXPECT_TRUE(failed(inferConv({1, 1, 8, 8}, {1, 1, 3, 3}, window2d(3, 0, 1, 0), 1, reason)));
}

TEST(Shapes, ConvTransposeInvertsConv) {
  TransposedWindow window;
  static_cast<Window &>(window) = window2d(4, 2, 1, 1);
  window.outputPadding = {0, 1};
  EXPECT_EQ(get(inferConvTranspose({1, 6, 7, 7}, {6, 2, 4, 4}, window, 2, reason)), (Shape{1, 4, 14, 15}));
}

TEST(Shapes, CeilModeAddsAPartialWindow) {
  EXPECT_EQ(get(inferPool({1, 1, 8, 8}, window2d(3, 2, 1, 0), false, reason)), (Shape{1, 1, 3, 3}));
  EXPECT_EQ(get(inferPool({1, 1, 8, 8}, window2d(3, 2, 1, 0), true, reason)), (Shape{1, 1, 4, 4}));
}

TEST(Shapes, CeilModeDropsAWindowThatBeginsInTheTrailingPad) {
  // Extent 2, kernel 1, stride 2, pad 1 at both ends: a third window would begin at 4, beyond begin + input = 3.
  EXPECT_EQ(getWindowExtent({2, 1, 2, 1, 1, 1}, true), 2);
  EXPECT_EQ(getWindowExtent({4, 3, 3, 1, 0, 1}, true), 2);
}

TEST(Shapes, AutoPadSplitsWhatIsMissing) {
  Window window = window2d(3, 2, 1, 0);
  ASSERT_TRUE(succeeded(resolveAutoPad({8, 9}, AutoPad::SameUpper, window, reason)));
  EXPECT_EQ(window.pads, (Shape{0, 1, 1, 1}));
  ASSERT_TRUE(succeeded(resolveAutoPad({8, 9}, AutoPad::SameLower, window, reason)));
  EXPECT_EQ(window.pads, (Shape{1, 1, 0, 1}));
  ASSERT_TRUE(succeeded(resolveAutoPad({8, 9}, AutoPad::Valid, window, reason)));
  EXPECT_EQ(window.pads, (Shape{0, 0, 0, 0}));
}

TEST(Shapes, BroadcastAlignsAtTheEnd) {
  EXPECT_EQ(get(inferBroadcast({3, 1, 5}, {4, 1}, reason)), (Shape{3, 4, 5}));
  EXPECT_EQ(get(inferBroadcast({}, {2}, reason)), (Shape{2}));
  EXPECT_EQ(get(inferBroadcast({0}, {1}, reason)), (Shape{0}));
  EXPECT_TRUE(failed(inferBroadcast({3}, {4}, reason)));
}

TEST(Shapes, MatMulBroadcastsBatches) {
  EXPECT_EQ(get(inferMatMul({1, 2, 3, 4}, {5, 1, 4, 6}, reason)), (Shape{5, 2, 3, 6}));
  EXPECT_TRUE(failed(inferMatMul({2, 3}, {4, 5}, reason)));
}

TEST(Shapes, SliceFollowsNumPy) {
  auto slice = [](int64_t extent, int64_t start, int64_t end, int64_t step) {
    mlir::FailureOr<SliceDim> dim = inferSliceDim(extent, start, end, step, reason);
    return succeeded(dim) ? Shape{dim->start, dim->extent, dim->step} : Shape{};
  };
  EXPECT_EQ(slice(10, 2, INT64_MAX, 3), (Shape{2, 3, 3}));
  EXPECT_EQ(slice(10, -1, INT64_MIN, -1), (Shape{9, 10, -1}));
  EXPECT_EQ(slice(10, -3, -1, 1), (Shape{7, 2, 1}));
  EXPECT_EQ(slice(10, 5, 2, 1)[1], 0);
  EXPECT_EQ(slice(0, 0, 5, 1)[1], 0);
  EXPECT_EQ(slice(10, 9, 0, INT64_MIN), (Shape{9, 1, -1}));
  EXPECT_EQ(slice(10, 0, 5, 0), Shape{});
}

TEST(Shapes, ReshapeCopiesAndInfers) {
  EXPECT_EQ(get(inferReshape({2, 3, 4}, {0, -1}, false, reason)), (Shape{2, 12}));
  EXPECT_EQ(get(inferReshape({0, 3}, {3, 0}, true, reason)), (Shape{3, 0}));
  EXPECT_TRUE(failed(inferReshape({2, 3}, {-1, -1}, false, reason)));
  EXPECT_TRUE(failed(inferReshape({2, 3}, {4, -1}, false, reason)));
  EXPECT_TRUE(failed(inferReshape({2, 3}, {2, 3, 0}, false, reason)));
  EXPECT_TRUE(failed(inferReshape({2, 3}, {INT64_MAX, INT64_MAX}, false, reason)));
}

TEST(Shapes, ElementCountRefusesWhatCannotBe) {
  EXPECT_EQ(getElementCount({}), 1);
  EXPECT_EQ(getElementCount({3, 0}), 0);
  EXPECT_EQ(getElementCount({-1, 2}), std::nullopt);
  EXPECT_EQ(getElementCount({INT64_MAX, INT64_MAX}), std::nullopt);
  EXPECT_EQ(getElementCount({INT64_MAX, INT64_MAX, 0}), std::nullopt);
}

// Extents and scales; the product in numpy's float32 and in float64, and with the least scale that rounds to this one.
TEST(Shapes, ResizeRoundsTheProductToFloat) {
  struct Case {
    int64_t extent;
    float scale;
    int64_t single, exact, least;
  };
  for (Case c : {Case{20, 1.2999999523162842f, 26, 25, 25},
                 {20, 0.699999988079071f, 14, 13, 13},
                 {20, 3.299999952316284f, 66, 65, 65},
                 {40, 1.2999999523162842f, 52, 51, 51},
                 {40, 0.699999988079071f, 28, 27, 27},
                 {40, 3.299999952316284f, 132, 131, 131},
                 {1000, 1.2999999523162842f, 1300, 1299, 1299},
                 {1000, 0.699999988079071f, 700, 699, 699},
                 {1000, 3.299999952316284f, 3300, 3299, 3299},
                 {1, 1.2999999523162842f, 1, 1, 1},
                 {1, 3.299999952316284f, 3, 3, 3},
                 {5, 0.10000000149011612f, 0, 0, 0},
                 {7, 1.7000000476837158f, 11, 11, 11},
                 {13, 2.0f, 26, 26, 25},
                 {20, 1.7000000476837158f, 34, 34, 33},
                 {56, 1.2999999523162842f, 72, 72, 72},
                 {56, 3.299999952316284f, 184, 184, 184},
                 {112, 0.10000000149011612f, 11, 11, 11}}) {
    EXPECT_EQ(getResizedExtent(c.extent, c.scale), static_cast<double>(c.single)) << c.extent << " x " << c.scale;
    for (int64_t extent : {c.single, c.exact, c.least})
      EXPECT_TRUE(isResizedExtent(c.extent, c.scale, extent)) << c.extent << " x " << c.scale;
    EXPECT_FALSE(isResizedExtent(c.extent, c.scale, std::max(c.single, c.exact) + 1)) << c.extent << " x " << c.scale;
    EXPECT_FALSE(isResizedExtent(c.extent, c.scale, c.least - 1)) << c.extent << " x " << c.scale;
  }
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Winograd.h"

#include "dialects/kernel/Winograd.h"

#include "mlir/IR/MLIRContext.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace cnnc;
using namespace cnnc::to_kernel;

/// vertical x tile x horizontal^T.
static std::vector<double> transform(const kernel::Matrix &vertical, const kernel::Matrix &horizontal,
                                     const std::vector<double> &tile) {
  std::vector<double> half(vertical.rows * horizontal.columns, 0), whole(vertical.rows * horizontal.rows, 0);
  for (int64_t i = 0; i < vertical.rows; ++i)
    for (int64_t x = 0; x < horizontal.columns; ++x)
      for (int64_t y = 0; y < vertical.columns; ++y)
        half[i * horizontal.columns + x] += vertical.at(i, y) * tile[y * horizontal.columns + x];
  for (int64_t i = 0; i < vertical.rows; ++i)
    for (int64_t j = 0; j < horizontal.rows; ++j)
      for (int64_t x = 0; x < horizontal.columns; ++x)
        whole[i * horizontal.rows + j] += horizontal.at(j, x) * half[i * horizontal.columns + x];
  return whole;
}

struct Sizes {
  int64_t tile[2], kernel[2];
};

class WinogradFilter : public testing::TestWithParam<Sizes> {};

/// One tile of one channel, through the packed filter, against the sum of products.
TEST_P(WinogradFilter, computesAConvolution) {
  auto [tile, kernel] = GetParam();
  kernel::WinogradPlane plane = kernel::getWinogradPlane(tile, kernel);
  int64_t positions = plane.positions(), width = plane.horizontal.size(), taps = kernel[0] * kernel[1];
  int64_t outChannels = 17, inChannels = 18;
  std::vector<float> filter(outChannels * inChannels * taps);
  for (size_t i = 0; i < filter.size(); ++i)
    filter[i] = std::sin(float(i));
  mlir::MLIRContext context;
  std::vector<float> packed = transformWinogradFilters(&context, filter, plane, outChannels, inChannels);
  ASSERT_EQ(packed.size(), size_t(positions * 2 * 2 * 256));

  int64_t out = 16, in = 17; // the first lanes of the second panel and block, but one
  std::vector<double> input(positions);
  for (int64_t i = 0; i < positions; ++i)
    input[i] = std::cos(double(i));
  std::vector<double> product = transform(plane.vertical.input, plane.horizontal.input, input);
  for (int64_t position = 0; position < positions; ++position)
    product[position] *= packed[(((position * 2 + out / 16) * 2 + in / 16) * 16 + in % 16) * 16 + out % 16];
  std::vector<double> output = transform(plane.vertical.output, plane.horizontal.output, product);
  for (int64_t y = 0; y < tile[0]; ++y)
    for (int64_t x = 0; x < tile[1]; ++x) {
      double expected = 0;
      for (int64_t k = 0; k < taps; ++k)
        expected += filter[(out * inChannels + in) * taps + k] * input[(y + k / kernel[1]) * width + x + k % kernel[1]];
      // The packed filter is rounded to float; the matrices of F(6, 3) magnify that the most.
      EXPECT_NEAR(output[y * tile[1] + x], expected, 1e-5);
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, WinogradFilter,
                         testing::Values(Sizes{{2, 2}, {3, 3}}, Sizes{{4, 4}, {3, 3}}, Sizes{{6, 6}, {3, 3}},
                                         Sizes{{2, 2}, {5, 5}}, Sizes{{4, 4}, {5, 5}}, Sizes{{1, 2}, {1, 7}},
                                         Sizes{{2, 1}, {7, 1}}, Sizes{{4, 1}, {5, 1}}, Sizes{{1, 6}, {1, 3}}));

TEST(WinogradFilter, isZeroPastTheChannels) {
  mlir::MLIRContext context;
  kernel::WinogradPlane plane = kernel::getWinogradPlane({2, 2}, {3, 3});
  std::vector<float> filter(9, 1.0f), packed = transformWinogradFilters(&context, filter, plane, 1, 1);
  ASSERT_EQ(packed.size(), 16u * 256);
  for (int64_t position = 0; position < 16; ++position)
    for (int64_t element = 1; element < 256; ++element)
      EXPECT_EQ(packed[position * 256 + element], 0.0f);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Winograd.h"

#include "dialects/kernel/Winograd.h"

#include "mlir/IR/MLIRContext.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace cnnc;

/// M x M^T of a tile: rows, then columns.
static std::vector<double> transform(const kernel::Matrix &matrix, const std::vector<double> &tile) {
  int64_t in = matrix.columns, out = matrix.rows;
  std::vector<double> half(out * in, 0), whole(out * out, 0);
  for (int64_t i = 0; i < out; ++i)
    for (int64_t x = 0; x < in; ++x)
      for (int64_t y = 0; y < in; ++y)
        half[i * in + x] += matrix.at(i, y) * tile[y * in + x];
  for (int64_t i = 0; i < out; ++i)
    for (int64_t j = 0; j < out; ++j)
      for (int64_t x = 0; x < in; ++x)
        whole[i * out + j] += matrix.at(j, x) * half[i * in + x];
  return whole;
}

class WinogradFilter : public testing::TestWithParam<int64_t> {};

/// One tile of one channel, through the packed filter, against the sum of nine products.
TEST_P(WinogradFilter, computesAConvolution) {
  int64_t m = GetParam(), n = m + 2, outChannels = 17, inChannels = 18;
  std::vector<float> filter(outChannels * inChannels * 9);
  for (size_t i = 0; i < filter.size(); ++i)
    filter[i] = std::sin(float(i));
  mlir::MLIRContext context;
  std::vector<float> packed = transformWinogradFilters(&context, filter, m, outChannels, inChannels);
  ASSERT_EQ(packed.size(), size_t(n * n * 2 * 2 * 256));

  int64_t out = 16, in = 17; // the first lanes of the second panel and block, but one
  kernel::WinogradMatrices matrices = kernel::getWinogradMatrices(m);
  std::vector<double> input(n * n);
  for (int64_t i = 0; i < n * n; ++i)
    input[i] = std::cos(double(i));
  std::vector<double> product = transform(matrices.input, input);
  for (int64_t position = 0; position < n * n; ++position)
    product[position] *= packed[(((position * 2 + out / 16) * 2 + in / 16) * 16 + in % 16) * 16 + out % 16];
  std::vector<double> output = transform(matrices.output, product);
  for (int64_t y = 0; y < m; ++y)
    for (int64_t x = 0; x < m; ++x) {
      double expected = 0;
      for (int64_t k = 0; k < 9; ++k)
        expected += filter[(out * inChannels + in) * 9 + k] * input[(y + k / 3) * n + x + k % 3];
      // The packed filter is rounded to float; the matrices of F(6, 3) magnify that the most.
      EXPECT_NEAR(output[y * m + x], expected, 1e-5);
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, WinogradFilter, testing::Values(2, 4, 6));

TEST(WinogradFilter, isZeroPastTheChannels) {
  mlir::MLIRContext context;
  std::vector<float> filter(9, 1.0f), packed = transformWinogradFilters(&context, filter, 2, 1, 1);
  ASSERT_EQ(packed.size(), 16u * 256);
  for (int64_t position = 0; position < 16; ++position)
    for (int64_t element = 1; element < 256; ++element)
      EXPECT_EQ(packed[position * 256 + element], 0.0f);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Tensor.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace cnnc::runner;

TEST(Half, EveryNumberSurvivesTheWayThroughFloat) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = halfToFloat(static_cast<uint16_t>(bits));
    if (!std::isnan(value))
      EXPECT_EQ(floatToHalf(value), bits);
  }
  EXPECT_TRUE(std::isnan(halfToFloat(floatToHalf(NAN))));
}

TEST(Half, RoundsToNearestWithTiesToEven) {
  EXPECT_EQ(floatToHalf(1.0f + 1.0f / 2048), 0x3c00);
  EXPECT_EQ(floatToHalf(1.0f + 3.0f / 2048), 0x3c02);
  EXPECT_EQ(floatToHalf(1.0f + 1.1f / 2048), 0x3c01);
  EXPECT_EQ(floatToHalf(65519.0f), 0x7bff);
  EXPECT_EQ(floatToHalf(65520.0f), 0x7c00);
  EXPECT_EQ(floatToHalf(std::ldexp(1.0f, -25)), 0);
  EXPECT_EQ(floatToHalf(std::ldexp(1.5f, -25)), 1);
}

TEST(Bfloat, RoundsOnceWithTiesToEven) {
  EXPECT_EQ(doubleToBfloat(1.0), 0x3f80);
  EXPECT_EQ(doubleToBfloat(1 + std::ldexp(1, -8)), 0x3f80);
  EXPECT_EQ(doubleToBfloat(1 + std::ldexp(3, -8)), 0x3f82);
  // By way of a float it would be a tie.
  EXPECT_EQ(doubleToBfloat(1 + std::ldexp(1, -8) + std::ldexp(1, -40)), 0x3f81);
  EXPECT_EQ(doubleToBfloat(1 + std::ldexp(3, -8) - std::ldexp(1, -40)), 0x3f81);
  EXPECT_EQ(doubleToBfloat(-1e300), 0xff80);
  EXPECT_TRUE(std::isnan(bfloatToFloat(doubleToBfloat(NAN))));
  EXPECT_EQ(bfloatToFloat(0xc049), -3.140625f);
}

TEST(Tensor, CountsAndOverflows) {
  EXPECT_EQ(elementCount({}), 1);
  EXPECT_EQ(elementCount({3, 0, 5}), 0);
  EXPECT_EQ(elementCount({-1}), std::nullopt);
  EXPECT_EQ(elementCount({int64_t(1) << 40, int64_t(1) << 40}), std::nullopt);
}

TEST(Tensor, AdaptsShapesOfOnesAndTypes) {
  const int64_t shape[] = {1, 2, 1};
  const char *const symbols[] = {nullptr, nullptr, nullptr};
  const cnnc_tensor description = {"x", shape, symbols, 8, 3, CNNC_FLOAT32, 0};
  Tensor tensor{CNNC_INT16, {2}, std::vector<char>(4)};
  setElement(tensor, 0, -7);
  setElement(tensor, 1, 9);
  std::string error;
  const std::optional<Tensor> adapted = adaptTo(description, tensor, error);
  ASSERT_TRUE(adapted);
  EXPECT_EQ(adapted->shape, (std::vector<int64_t>{1, 2, 1}));
  EXPECT_EQ(toDoubles(*adapted), (std::vector<double>{-7, 9}));

  EXPECT_FALSE(adaptTo(description, Tensor{CNNC_FLOAT32, {3}, std::vector<char>(12)}, error));
  EXPECT_EQ(error, "requires float32[1,2,1], but found float32[3]");
}

TEST(Tensor, StoresSaturate) {
  Tensor tensor{CNNC_INT8, {1}, std::vector<char>(1)};
  setElement(tensor, 0, 1000);
  EXPECT_EQ(elementAt(tensor, 0), 127);
  setElement(tensor, 0, -2.5);
  EXPECT_EQ(elementAt(tensor, 0), -2);
  tensor.type = CNNC_UINT8;
  setElement(tensor, 0, -1);
  EXPECT_EQ(elementAt(tensor, 0), 0);
}

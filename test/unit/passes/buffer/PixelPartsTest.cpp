// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/PixelParts.h"
#include "gtest/gtest.h"

using namespace cnnc::buffer;

static constexpr int64_t kL2 = 512 * 1024;

TEST(PixelParts, AreForMapsLargerThanL2) {
  EXPECT_EQ(selectPixelParts({2048, 1, 64 * 4, 4}, kL2), 0);
  EXPECT_EQ(selectPixelParts({2052, 1, 64 * 4, 4}, kL2), 4);
}

TEST(PixelParts, StayInHalfOfL2) {
  EXPECT_EQ(selectPixelParts({3136, 1, 64 * 4, 4}, kL2), 4);
  EXPECT_EQ(selectPixelParts({3136, 1, 256 * 4, 4}, kL2), 16);
  EXPECT_EQ(selectPixelParts({1, 64, 8200, 1}, kL2), 0);
}

TEST(PixelParts, KeepThreadsBusy) {
  EXPECT_EQ(selectPixelParts({784, 1, 256 * 4, 14}, kL2), 8);   // not 7, of which one thread of two had 4
  EXPECT_EQ(selectPixelParts({3136, 1, 128 * 4, 28}, kL2), 16); // not 14
  EXPECT_EQ(selectPixelParts({529, 1, 256 * 4, 4}, kL2), 0);
  EXPECT_EQ(selectPixelParts({529, 1, 256 * 4, 1}, kL2), 0);
}

TEST(PixelParts, HaveEnoughPixelsForAFilter) {
  EXPECT_EQ(selectPixelParts({196, 1, 800 * 4, 10}, kL2), 4);
  EXPECT_EQ(selectPixelParts({196, 1, 800 * 4, 11}, kL2), 0); // of 28 pixels
  EXPECT_EQ(selectPixelParts({14, 14, 800 * 4, 4}, kL2), 0);
  EXPECT_EQ(selectPixelParts({28, 28, 256 * 4, 14}, kL2), 7);
}

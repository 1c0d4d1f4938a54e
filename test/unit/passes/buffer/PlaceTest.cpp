// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/Place.h"
#include "gtest/gtest.h"

using namespace cnnc::buffer;

using Shape = llvm::SmallVector<int64_t>;

TEST(Place, SlicesByOffsetAndStep) {
  Place whole = {0, 0, getDenseStrides({4, 10, 16})};
  Place part = getSlice(whole, {1, 2, 0}, {1, 2, 1});
  EXPECT_EQ(part.offset, 160 + 32);
  EXPECT_EQ(part.strides, Shape({160, 32, 1}));
}

TEST(Place, ReshapesDenseTensors) {
  Place place = {0, 5, getDenseStrides({2, 3, 4})};
  std::optional<Place> reshaped = reshapePlace(place, {2, 3, 4}, {6, 2, 2});
  ASSERT_TRUE(reshaped);
  EXPECT_EQ(reshaped->offset, 5);
  EXPECT_EQ(reshaped->strides, Shape({4, 2, 1}));
}

TEST(Place, ReshapesRowsThatStayApart) {
  // Two channels out of eight, for each of four pixels.
  Place place = {0, 0, {8, 1}};
  std::optional<Place> split = reshapePlace(place, {4, 2}, {2, 2, 1, 2});
  ASSERT_TRUE(split);
  EXPECT_TRUE(isSamePlace(*split, {0, 0, {16, 8, 99, 1}}, {2, 2, 1, 2}));
  EXPECT_FALSE(reshapePlace(place, {4, 2}, {8}));
}

TEST(Place, ReshapesBackToTheSamePlace) {
  Place place = {0, 7, {24, 4, 2}};
  std::optional<Place> joined = reshapePlace(place, {3, 6, 2}, {18, 2});
  ASSERT_TRUE(joined);
  std::optional<Place> back = reshapePlace(*joined, {18, 2}, {3, 6, 2});
  ASSERT_TRUE(back);
  EXPECT_TRUE(isSamePlace(*back, place, {3, 6, 2}));
}

TEST(Place, ReshapesOneElementAndNone) {
  EXPECT_TRUE(reshapePlace({0, 3, {}}, {}, {1, 1}));
  EXPECT_TRUE(reshapePlace({0, 3, {9, 9}}, {1, 1}, {}));
  EXPECT_TRUE(reshapePlace({0, 0, {0, 1}}, {2, 0}, {0, 5}));
}

TEST(Place, IsDenseWhateverTheStridesOfSingleExtents) {
  EXPECT_TRUE(isDense({0, 0, {99, 4, 1}}, {1, 3, 4}));
  EXPECT_FALSE(isDense({0, 0, {20, 5, 1}}, {1, 3, 4}));
}

TEST(Place, TellsDisjointBoxes) {
  Box left = {{0, 0}, {4, 2}, {1, 1}}, right = {{0, 2}, {4, 2}, {1, 1}}, middle = {{0, 1}, {4, 2}, {1, 1}};
  EXPECT_TRUE(areDisjoint(left, right));
  EXPECT_FALSE(areDisjoint(left, middle));
  Box even = {{0, 0}, {4, 4}, {1, 2}}, odd = {{0, 1}, {4, 4}, {1, 2}};
  EXPECT_TRUE(areDisjoint(even, odd));
  EXPECT_FALSE(areDisjoint(even, middle));
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Relayout.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

using namespace cnnc::to_kernel;

static std::vector<float> countUp(int64_t size) {
  std::vector<float> values(size);
  std::iota(values.begin(), values.end(), 1.0f);
  return values;
}

static void copyRows(const Relayout &map, llvm::ArrayRef<float> from, std::vector<float> &to, int64_t begin,
                     int64_t end) {
  map.copyRows(reinterpret_cast<const char *>(from.data()), reinterpret_cast<char *>(to.data()), sizeof(float), begin,
               end);
}

static std::vector<float> relayout(llvm::ArrayRef<int64_t> shape, const StoredOrder &from, const StoredOrder &to,
                                   llvm::ArrayRef<float> source) {
  Relayout map(shape, from, to);
  std::vector<float> result(map.size(), -1.0f);
  copyRows(map, source, result, 0, map.getRows());
  return result;
}

TEST(Relayout, permutes) {
  std::vector<float> result = relayout({2, 3}, {{0, 1}, -1}, {{1, 0}, -1}, countUp(6));
  EXPECT_EQ(result, (std::vector<float>{1, 4, 2, 5, 3, 6}));
}

TEST(Relayout, blocksAndFillsPaddingLanesWithZero) {
  std::vector<float> source = countUp(20 * 3), result = relayout({20, 3}, {{0, 1}, -1}, {{0, 1}, 0}, source);
  ASSERT_EQ(result.size(), 2u * 3 * 16);
  for (int64_t block = 0; block < 2; ++block)
    for (int64_t pixel = 0; pixel < 3; ++pixel)
      for (int64_t lane = 0; lane < 16; ++lane) {
        int64_t channel = block * 16 + lane;
        float expected = channel < 20 ? source[channel * 3 + pixel] : 0.0f;
        EXPECT_EQ(result[(block * 3 + pixel) * 16 + lane], expected);
      }
}

TEST(Relayout, undoesItself) {
  llvm::SmallVector<int64_t> shape = {2, 20, 3, 5};
  StoredOrder rowMajor{{0, 1, 2, 3}, -1}, blocked{{0, 1, 2, 3}, 1}, last{{0, 2, 3, 1}, -1};
  std::vector<float> source = countUp(2 * 20 * 3 * 5);
  std::vector<float> there = relayout(shape, rowMajor, blocked, source);
  EXPECT_EQ(relayout(shape, last, rowMajor, relayout(shape, blocked, last, there)), source);
}

TEST(Relayout, copiesRowsIndependently) {
  Relayout map({4, 3}, {{0, 1}, -1}, {{1, 0}, -1});
  std::vector<float> source = countUp(12), whole(12), parts(12);
  copyRows(map, source, whole, 0, 3);
  copyRows(map, source, parts, 2, 3);
  copyRows(map, source, parts, 0, 2);
  EXPECT_EQ(parts, whole);
}

TEST(Relayout, movesElementsOfAnySize) {
  Relayout map({3, 2}, {{0, 1}, -1}, {{1, 0}, -1});
  const char source[] = "aAbBcCdDeEfF";
  std::string bytes(6, '?'), halves(12, '?');
  map.copyRows(source, bytes.data(), 1, 0, map.getRows());
  map.copyRows(source, halves.data(), 2, 0, map.getRows());
  EXPECT_EQ(bytes, "abcABC");
  EXPECT_EQ(halves, "aAcCeEbBdDfF");
}

TEST(CopyInto, leavesTheBorder) {
  const char source[] = "aAbBcCdD";
  std::string padded(3 * 4, '.'), halves(3 * 3 * 2, '.');
  copyInto({2, 2}, {1, 0}, {0, 2}, source, padded.data(), 1);
  copyInto({2, 2}, {0, 1}, {1, 0}, source, halves.data(), 2);
  EXPECT_EQ(padded, "....aA..bB..");
  EXPECT_EQ(halves, "..aAbB..cCdD......");
}

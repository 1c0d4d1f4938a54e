// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/target/Target.h"

#include "gtest/gtest.h"

using namespace cnnc::target;

namespace {

TEST(Levels, OneThatAddsDotsIsElseTheOneBeforeIt) {
  int withDots = 0;
  for (const Level &level : getLevels()) {
    const Level *plain = findWithoutDots(getLevels(), level);
    ASSERT_EQ(plain != nullptr, level.dots != Dots::None) << level.name.str();
    if (!plain)
      continue;
    ++withDots;
    EXPECT_LT(plain, &level);
    EXPECT_TRUE(hasNeeds(level, *plain)) << level.name.str();
    EXPECT_FALSE(hasNeeds(*plain, level)) << level.name.str();
    EXPECT_EQ(plain->vectorBits, level.vectorBits);
    EXPECT_EQ(plain->vectorRegisters, level.vectorRegisters);
    EXPECT_EQ(plain->fusedMultiplyAdd, level.fusedMultiplyAdd);
    EXPECT_EQ(plain->l1Bytes, level.l1Bytes);
    EXPECT_EQ(plain->l2Bytes, level.l2Bytes);
  }
  EXPECT_EQ(withDots, 3);
}

TEST(Levels, ThoseThatHaveAllThatAnotherNeedsStandBehindIt) {
  for (const Level &level : getLevels())
    for (const Level &other : getLevels()) {
      bool areOfOne = level.family == other.family;
      EXPECT_FALSE(hasNeeds(level, other) && !areOfOne) << level.name.str() << ", " << other.name.str();
      EXPECT_FALSE(&level < &other && hasNeeds(level, other)) << level.name.str() << ", " << other.name.str();
    }
}

TEST(Levels, NeedsLieOnNoLine) {
  const Level &vnni256 = *lookupLevel("x86-64-v3-vnni"), &v4 = *lookupLevel("x86-64-v4");
  EXPECT_FALSE(hasNeeds(vnni256, v4));
  EXPECT_FALSE(hasNeeds(v4, vnni256));
  EXPECT_EQ(findWithoutDots({v4}, vnni256), nullptr);
}

} // namespace

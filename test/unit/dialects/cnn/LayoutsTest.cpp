// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Layouts.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace cnnc::cnn;

namespace {

struct Layouts : testing::Test {
  Layouts() { context.loadDialect<CnnDialect>(); }
  LayoutAttr get(ArrayRef<int64_t> order, int64_t block = -1) { return LayoutAttr::get(&context, order, block); }
  MLIRContext context;
};

} // namespace

TEST_F(Layouts, ChannelsHaveALayoutEach) {
  for (Channels channels : {Channels::first, Channels::last, Channels::blocked})
    EXPECT_EQ(getChannels(toLayout(&context, channels, 4)), channels);
  EXPECT_EQ(getChannels(get({0, 3, 1, 2})), std::nullopt);
  EXPECT_EQ(getChannels(get({0, 1, 2, 3}, 2)), std::nullopt);
  // Without pixels the channels are last.
  EXPECT_EQ(getChannels(get({0, 1})), Channels::last);
}

TEST_F(Layouts, ATransposeNamesTheSameBytes) {
  SmallVector<int64_t> permutation = {0, 3, 1, 2};
  EXPECT_EQ(transposeLayout(get({0, 1, 2, 3}), permutation), get({0, 2, 3, 1}));
  EXPECT_EQ(transposeLayout(get({0, 1, 2, 3}, 3), permutation), get({0, 2, 3, 1}, 1));
  for (LayoutAttr layout : {get({0, 1, 2, 3}), get({2, 0, 3, 1}, 1), get({3, 2, 1, 0}, 0)})
    EXPECT_EQ(transposeLayoutBack(transposeLayout(layout, permutation), permutation), layout);
}

TEST_F(Layouts, WhatBroadcastsOverTheLanesHasNoBlock) {
  LayoutAttr blocked = get({0, 1, 2, 3}, 1);
  EXPECT_EQ(broadcastLayout(blocked, {1, 32, 1, 1}, {1, 32, 4, 4}), blocked);
  EXPECT_EQ(broadcastLayout(blocked, {1, 1, 4, 4}, {1, 32, 4, 4}), get({0, 1, 2, 3}));
  EXPECT_EQ(broadcastLayout(blocked, {1, 1, 1, 1}, {1, 1, 4, 4}), blocked);
}

TEST_F(Layouts, BytesAgreeWhereNothingMoves) {
  EXPECT_TRUE(haveSameBytes({1, 32, 1, 1}, get({0, 1, 2, 3}, 1), get({0, 2, 3, 1})));
  EXPECT_TRUE(haveSameBytes({1, 16, 4, 4}, get({0, 1, 2, 3}, 1), get({0, 2, 3, 1})));
  EXPECT_FALSE(haveSameBytes({1, 20, 1, 1}, get({0, 1, 2, 3}, 1), get({0, 2, 3, 1})));
  EXPECT_FALSE(haveSameBytes({1, 32, 4, 4}, get({0, 1, 2, 3}, 1), get({0, 2, 3, 1})));
}

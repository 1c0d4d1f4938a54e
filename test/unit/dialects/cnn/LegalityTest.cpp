// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Legality.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace cnnc::cnn;

using Orders = SmallVector<Channels, 3>;

static ConvChannels groups(int64_t in, int64_t out, int64_t group) {
  ConvChannels conv;
  conv.inChannels = in;
  conv.outChannels = out;
  conv.group = group;
  return conv;
}

static Orders get(const ConvChannels &conv, Channels output, Algorithm algorithm = Algorithm::direct) {
  return getConvInputs(conv, algorithm, output);
}

static const Orders kNone, kBlocked = {Channels::blocked}, kLast = {Channels::last};
static const Orders kBoth = {Channels::blocked, Channels::last};

TEST(Legality, OneGroupChangesTheOrder) {
  for (Channels output : {Channels::blocked, Channels::last})
    EXPECT_EQ(get(groups(3, 20, 1), output), kBoth);
  EXPECT_EQ(get(groups(64, 64, 1), Channels::first), kNone);
}

TEST(Legality, FirstLayersOfFloatsReadChannelsFirst) {
  EXPECT_EQ(get(groups(3, 64, 1), Channels::last, Algorithm::first_layer), (Orders{Channels::first, Channels::last}));
  ConvChannels bytes = groups(3, 64, 1);
  bytes.step = 4;
  EXPECT_EQ(get(bytes, Channels::last, Algorithm::first_layer), kBoth);
}

TEST(Legality, WinogradStaysInBlocks) {
  EXPECT_EQ(get(groups(64, 64, 1), Channels::blocked, Algorithm::winograd_4_3), kBlocked);
  EXPECT_EQ(get(groups(64, 64, 1), Channels::last, Algorithm::winograd_4_3), kNone);
}

TEST(Legality, GroupsOfWholeBlocksChangeTheOrder) {
  EXPECT_EQ(get(groups(64, 32, 2), Channels::last), kBoth);
  EXPECT_EQ(get(groups(24, 48, 2), Channels::blocked), kNone);
  EXPECT_EQ(get(groups(24, 48, 2), Channels::last), kLast);
}

TEST(Legality, NarrowGroupsKeepTheOrder) {
  for (int64_t width : {1, 2, 4, 8}) {
    EXPECT_EQ(get(groups(32, 32, 32 / width), Channels::blocked), kBlocked);
    EXPECT_EQ(get(groups(32, 32, 32 / width), Channels::last), kLast);
    EXPECT_TRUE(isWindow(groups(32, 32, 32 / width), Channels::blocked));
    EXPECT_EQ(isWindow(groups(32, 32, 32 / width), Channels::last), width == 1);
  }
  EXPECT_FALSE(isWindow(groups(32, 64, 32), Channels::last));
}

TEST(Legality, IntegersComeInWholeStepsOrWindows) {
  ConvChannels bytes = groups(32, 32, 16); // Groups of 2.
  bytes.step = 4;
  EXPECT_EQ(get(bytes, Channels::blocked), kBlocked);
  EXPECT_EQ(get(bytes, Channels::last), kNone);
  bytes.group = 8;
  EXPECT_EQ(get(bytes, Channels::last), kLast);
  bytes.group = 32;
  EXPECT_EQ(get(bytes, Channels::last), kLast);
  bytes.constantFilter = false;
  EXPECT_EQ(get(bytes, Channels::last), kNone);
  ConvChannels halves = groups(32, 32, 32);
  halves.step = 2;
  EXPECT_EQ(get(halves, Channels::blocked), kNone);
}

TEST(Legality, SaysWhyNot) {
  llvm::StringRef reason;
  getConvInputs(groups(24, 48, 2), Algorithm::direct, Channels::blocked, &reason);
  EXPECT_EQ(reason, "the channels of a group fill no whole blocks");
}

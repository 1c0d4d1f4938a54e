// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Processors.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <climits>
#include <gtest/gtest.h>

using namespace llvm;
using namespace cnnc::api;

namespace {

class ProcessorQuota : public testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(sys::fs::createUniqueDirectory("cnnc-quota", root)); }
  void TearDown() override { sys::fs::remove_directories(root); }

  void write(StringRef path, StringRef text) {
    std::string place = (root + path).str();
    ASSERT_FALSE(sys::fs::create_directories(sys::path::parent_path(place)));
    std::error_code code;
    raw_fd_ostream(place, code) << text;
    ASSERT_FALSE(code);
  }

  SmallString<128> root;
};

TEST_F(ProcessorQuota, IsUnlimitedWhereNothingSaysSo) {
  EXPECT_EQ(readProcessorQuota(root), UINT_MAX);
  write("/proc/self/cgroup", "0::/\n");
  write("/sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_EQ(readProcessorQuota(root), UINT_MAX);
}

TEST_F(ProcessorQuota, IsTheLeastOnTheWayToTheRoot) {
  write("/proc/self/cgroup", "12:cpuset:/x\n0::/pod/box\n");
  write("/sys/fs/cgroup/pod/box/cpu.max", "max 100000\n");
  write("/sys/fs/cgroup/pod/cpu.max", "150000 100000\n");
  EXPECT_EQ(readProcessorQuota(root), 2u);
  write("/sys/fs/cgroup/pod/box/cpu.max", "40000 100000\n");
  EXPECT_EQ(readProcessorQuota(root), 1u);
}

TEST_F(ProcessorQuota, ReadsTheFirstVersionToo) {
  write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(readProcessorQuota(root), UINT_MAX);
  write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n");
  EXPECT_EQ(readProcessorQuota(root), 3u);
}

TEST_F(ProcessorQuota, DoesNotBelieveNonsense) {
  write("/proc/self/cgroup", "0::no/slash");
  write("/sys/fs/cgroup/cpu.max", "999999999999999999999999 0\n");
  EXPECT_EQ(readProcessorQuota(root), UINT_MAX);
}

} // namespace

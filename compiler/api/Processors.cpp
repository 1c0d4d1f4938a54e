// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Processors.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"
#include <climits>

using namespace llvm;

static std::string readFile(const Twine &path) {
  // These files say that they are empty.
  auto file = MemoryBuffer::getFileAsStream(path);
  return file ? (*file)->getBuffer().trim().str() : "";
}

static unsigned divideQuota(StringRef quota, StringRef period) {
  uint64_t microseconds, each;
  if (!to_integer(quota, microseconds, 10) || !to_integer(period, each, 10) || !microseconds || !each)
    return UINT_MAX;
  return std::min<uint64_t>(divideCeil(microseconds, each), UINT_MAX);
}

unsigned cnnc::api::readProcessorQuota(StringRef root) {
  std::string v1 = (root + "/sys/fs/cgroup/cpu/cpu.cfs_").str();
  unsigned least = divideQuota(readFile(v1 + "quota_us"), readFile(v1 + "period_us"));
  // "0::/folder" is the group of v2, whose descendants it bounds.
  StringRef folder;
  std::string groups = readFile(root + "/proc/self/cgroup");
  for (StringRef line : split(groups, '\n'))
    if (line.consume_front("0::"))
      folder = line;
  for (folder = folder.rtrim('/');; folder = sys::path::parent_path(folder).rtrim('/')) {
    std::string limit = readFile(root + "/sys/fs/cgroup" + folder + "/cpu.max");
    auto [quota, period] = StringRef(limit).split(' ');
    least = std::min(least, divideQuota(quota, period));
    if (folder.empty())
      return least;
  }
}

unsigned cnnc::api::countProcessors() {
  return std::min(hardware_concurrency().compute_thread_count(), std::max(readProcessorQuota(), 1u));
}

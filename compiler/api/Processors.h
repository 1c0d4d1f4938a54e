// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How many threads this process can make use of.
#ifndef CNNC_COMPILER_API_PROCESSORS_H
#define CNNC_COMPILER_API_PROCESSORS_H

#include "llvm/ADT/StringRef.h"

namespace cnnc::api {

/// The processors that the quotas of the process's control groups (cgroup v1 and v2) amount to, rounded up, below
/// `root`, which has /proc and /sys. Unlimited: UINT_MAX.
unsigned readProcessorQuota(llvm::StringRef root = "");

/// The processors that this process may run on, within its quota.
unsigned countProcessors();

} // namespace cnnc::api

#endif

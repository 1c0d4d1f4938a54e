// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CNNC_PASSES_SCHEDULE_CHOOSE_H
#define CNNC_PASSES_SCHEDULE_CHOOSE_H

#include "dialects/kernel/Kernel.h"

namespace cnnc::schedule {

/// What is there stays.
inline void choose(int64_t &entry, int64_t value) {
  if (entry == kernel::kOpen)
    entry = value;
}

} // namespace cnnc::schedule

#endif

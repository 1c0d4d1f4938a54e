// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of the system as the runtime makes them, for tests of what it does when they fail or take long.
#ifndef CNNC_TEST_UNIT_RUNTIME_INTERPOSED_H
#define CNNC_TEST_UNIT_RUNTIME_INTERPOSED_H

#include <atomic>
#include <cstddef>

namespace cnnc::test {

/// madvise(MADV_WIPEONFORK) fails, as on Linux before 4.14.
extern std::atomic<bool> wipeOnForkFails;

/// Called before every mmap with its size.
extern std::atomic<void (*)(size_t bytes)> mmapHook;

} // namespace cnnc::test

#endif

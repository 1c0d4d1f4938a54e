// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Interposed.h"

#include <cerrno>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

std::atomic<bool> cnnc::test::wipeOnForkFails;
std::atomic<void (*)(size_t bytes)> cnnc::test::mmapHook;

// The program's definitions come before libc's for all that is linked here.
extern "C" {
int madvise(void *address, size_t bytes, int advice) noexcept {
  if (advice == MADV_WIPEONFORK && cnnc::test::wipeOnForkFails) {
    errno = EINVAL;
    return -1;
  }
  return static_cast<int>(syscall(SYS_madvise, address, bytes, advice));
}

void *mmap(void *address, size_t bytes, int protection, int flags, int file, off_t offset) noexcept {
  if (auto hook = cnnc::test::mmapHook.load())
    hook(bytes);
  return reinterpret_cast<void *>(syscall(SYS_mmap, address, bytes, protection, flags, file, offset));
}
}

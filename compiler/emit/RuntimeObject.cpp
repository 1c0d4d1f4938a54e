// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/RuntimeObject.h"

// Defined in RuntimeObject.S.
extern "C" const char cnnc_runtime_x86_64[], cnnc_runtime_x86_64_end[];
extern "C" const char cnnc_runtime_aarch64[], cnnc_runtime_aarch64_end[];

llvm::StringRef cnnc::emit::runtimeObject(const llvm::Triple &triple) {
  if (triple.getArch() == llvm::Triple::x86_64)
    return {cnnc_runtime_x86_64, static_cast<size_t>(cnnc_runtime_x86_64_end - cnnc_runtime_x86_64)};
  if (triple.getArch() == llvm::Triple::aarch64)
    return {cnnc_runtime_aarch64, static_cast<size_t>(cnnc_runtime_aarch64_end - cnnc_runtime_aarch64)};
  return {};
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/RuntimeBitcode.h"

// Defined in RuntimeBitcode.S.
extern "C" const char cnnc_bitcode_x86_64[], cnnc_bitcode_x86_64_end[];
extern "C" const char cnnc_bitcode_aarch64[], cnnc_bitcode_aarch64_end[];

llvm::StringRef cnnc::runtimeBitcode(const llvm::Triple &triple) {
  if (triple.getArch() == llvm::Triple::x86_64)
    return {cnnc_bitcode_x86_64, static_cast<size_t>(cnnc_bitcode_x86_64_end - cnnc_bitcode_x86_64)};
  if (triple.getArch() == llvm::Triple::aarch64)
    return {cnnc_bitcode_aarch64, static_cast<size_t>(cnnc_bitcode_aarch64_end - cnnc_bitcode_aarch64)};
  return {};
}

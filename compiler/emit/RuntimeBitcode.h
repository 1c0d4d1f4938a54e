// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runtime, compiled to bitcode when cnnc was built.
#ifndef CNNC_COMPILER_EMIT_RUNTIMEBITCODE_H
#define CNNC_COMPILER_EMIT_RUNTIMEBITCODE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/TargetParser/Triple.h"

namespace cnnc {

/// The runtime's module for a target; empty where there is none.
llvm::StringRef runtimeBitcode(const llvm::Triple &triple);

} // namespace cnnc

#endif // CNNC_COMPILER_EMIT_RUNTIMEBITCODE_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runtime, compiled for every target when cnnc was built: from bitcode, but only once, as a model's own code never
// inlines any of it.
#ifndef CNNC_COMPILER_EMIT_RUNTIMEOBJECT_H
#define CNNC_COMPILER_EMIT_RUNTIMEOBJECT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/TargetParser/Triple.h"

namespace cnnc::emit {

/// The runtime's relocatable object for a target; empty where there is none.
llvm::StringRef runtimeObject(const llvm::Triple &triple);

} // namespace cnnc::emit

#endif // CNNC_COMPILER_EMIT_RUNTIMEOBJECT_H

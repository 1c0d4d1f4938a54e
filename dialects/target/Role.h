// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a function of a compiled model is for. Its name does not say so, for a part of it may come from the user.
#ifndef CNNC_DIALECTS_TARGET_ROLE_H
#define CNNC_DIALECTS_TARGET_ROLE_H

#include "llvm/ADT/StringRef.h"

namespace cnnc::target {

/// The function attribute of LLVM IR that holds one of the roles below; in the LLVM dialect it is an entry
/// ["cnnc-role", "step"] of `passthrough`.
inline constexpr llvm::StringLiteral kRoleAttr = "cnnc-role";

/// The runtime calls it, once for each task.
inline constexpr llvm::StringLiteral kStepRole = "step";
/// Steps call it; it is compiled as it was written.
inline constexpr llvm::StringLiteral kKernelRole = "kernel";
/// The user's program calls it.
inline constexpr llvm::StringLiteral kEntryRole = "entry";

} // namespace cnnc::target

#endif

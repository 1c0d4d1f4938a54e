// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From -target and -mcpu to the target attribute.
#ifndef CNNC_COMPILER_API_TARGETOPTIONS_H
#define CNNC_COMPILER_API_TARGETOPTIONS_H

#include "dialects/target/Target.h"
#include "llvm/Support/Error.h"

namespace cnnc::api {

/// The levels that `family` and `cpu` ask for: all of the family when `cpu` is empty; one when it names a level or, of
/// a CPU's family, a CPU that LLVM knows, or is "native". A CPU's level is the highest whose instructions it has.
llvm::Expected<target::TargetAttr> resolveTarget(mlir::MLIRContext *context, llvm::StringRef family,
                                                 llvm::StringRef cpu);

/// The CPU that this process runs on.
llvm::Expected<target::CpuAttr> resolveNative(mlir::MLIRContext *context);

} // namespace cnnc::api

#endif

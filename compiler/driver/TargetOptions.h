// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From -target and -mcpu to the target attribute.
#ifndef CNNC_COMPILER_DRIVER_TARGETOPTIONS_H
#define CNNC_COMPILER_DRIVER_TARGETOPTIONS_H

#include "dialects/target/Target.h"
#include "llvm/Support/Error.h"

namespace cnnc {

/// The levels that `family` and `cpu` ask for: all of the family when `cpu` is empty; one when it names a level, a CPU
/// that LLVM knows, or is "native". A CPU's level is the highest whose instructions it has.
llvm::Expected<target::CpuAttr> resolveTarget(mlir::MLIRContext *context, llvm::StringRef family, llvm::StringRef cpu);

} // namespace cnnc

#endif

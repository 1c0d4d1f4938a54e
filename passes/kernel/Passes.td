// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_KERNEL_TD
#define PASSES_KERNEL_TD

include "mlir/Pass/PassBase.td"

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_LLVM_TD
#define PASSES_LLVM_TD

include "mlir/Pass/PassBase.td"

#endif

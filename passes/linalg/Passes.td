// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_LINALG_TD
#define PASSES_LINALG_TD

include "mlir/Pass/PassBase.td"

#endif

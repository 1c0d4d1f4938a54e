// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_LAYOUT_TD
#define PASSES_LAYOUT_TD

include "mlir/Pass/PassBase.td"

#endif

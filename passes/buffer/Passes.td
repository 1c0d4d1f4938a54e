// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_BUFFER_TD
#define PASSES_BUFFER_TD

include "mlir/Pass/PassBase.td"

#endif

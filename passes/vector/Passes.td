// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_VECTOR_TD
#define PASSES_VECTOR_TD

include "mlir/Pass/PassBase.td"

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_GRAPH_TD
#define PASSES_GRAPH_TD

include "mlir/Pass/PassBase.td"

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Door from kernel and linalg on memrefs to vector code, one function per level.
#ifndef CNNC_PASSES_VECTOR_PASSES_H
#define CNNC_PASSES_VECTOR_PASSES_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace cnnc::to_vector {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/vector/Passes.h.inc"

/// The phase `vector`: its passes in order.
void buildVectorPhase(mlir::OpPassManager &manager);

} // namespace cnnc::to_vector

#endif

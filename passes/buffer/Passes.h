// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensors become one planned arena, ops become steps.
#ifndef CNNC_PASSES_BUFFER_PASSES_H
#define CNNC_PASSES_BUFFER_PASSES_H

#include "dialects/target/Target.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace cnnc::buffer {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/buffer/Passes.h.inc"

/// The phase `buffer`: its passes in order. Steps are cut in tasks, and fused where a core finds in its caches and
/// registers what it has just computed, for targets that have cores.
void buildBufferPhase(mlir::OpPassManager &manager, target::TargetAttr target);

} // namespace cnnc::buffer

#endif

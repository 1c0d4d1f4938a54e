// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Door to the llvm dialect; the entry point as runtime/include/cnnc/abi.h says.
#ifndef CNNC_PASSES_LLVM_PASSES_H
#define CNNC_PASSES_LLVM_PASSES_H

#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace cnnc::to_llvm {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/llvm/Passes.h.inc"

/// The phase `llvm`: its passes in order.
void buildLlvmPhase(mlir::OpPassManager &manager);

} // namespace cnnc::to_llvm

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_LLVM_TD
#define PASSES_LLVM_TD

include "mlir/Pass/PassBase.td"

def ConvertToLlvmPass : Pass<"convert-to-llvm-dialect", "::mlir::LLVM::LLVMFuncOp"> {
  let summary = "turns what is left in a function (scf, vector, arith, math) into the llvm dialect";
  let dependentDialects = ["::mlir::cf::ControlFlowDialect", "::mlir::LLVM::LLVMDialect"];
}

def EmitModelTablePass : Pass<"emit-model-table", "::mlir::ModuleOp"> {
  let summary = "writes the model's descriptor and its entry points, as runtime/include/cnnc/abi.h says";
  let description = [{
    Adds `@cnnc_model`, `@<name>_run` and `@<name>_run_in` for the `kernel.model`, whose steps leave.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif

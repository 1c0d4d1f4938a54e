// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_VECTOR_TD
#define PASSES_VECTOR_TD

include "mlir/Pass/PassBase.td"

def ConvertToVectorPass : Pass<"convert-to-vector", "::mlir::ModuleOp"> {
  let summary = "Writes one function per step and level, in vector code on raw pointers";
  let description = [{
    The body of each `kernel.step` becomes `llvm.func @step_<k>_<level>(arena, weights, io, scratch, task)` for every level of the
    target, which the step names in its place. Hot loops live in functions `@kernel_<family>_..._<level>`, which all steps of one
    class share.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def ShareStepsPass : Pass<"share-steps", "::mlir::ModuleOp"> {
  let summary = "Gives steps that differ only in where their operands lie one function";
  let description = [{
    The distances of the operands from the arena, the weights and the scratch memory become arguments of a function
    `@step_<k>_<level>_shared`, which all steps alike call: layers of one shape are compiled once.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif

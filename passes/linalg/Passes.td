// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_LINALG_TD
#define PASSES_LINALG_TD

include "mlir/Pass/PassBase.td"

def ConvertCnnToLinalg : Pass<"convert-cnn-to-linalg", "::mlir::ModuleOp"> {
  let summary = "turn what is no hot kernel into linalg.generic on stored tensors";
  let description = [{
    The second half of the door out of `cnn`: elementwise functions, reductions, resampling, indexing. Where a function of
    zero is not zero, the lanes past the extent of a blocked dimension are masked.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect",
    "::mlir::linalg::LinalgDialect", "::cnnc::kernel::KernelDialect"];
}

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_KERNEL_TD
#define PASSES_KERNEL_TD

include "mlir/Pass/PassBase.td"

def ConvertCnnToKernel : Pass<"convert-cnn-to-kernel", "::mlir::ModuleOp"> {
  let summary = "turn convolutions, pools, products and changes of storage into kernels on stored tensors";
  let description = [{
    The first half of the door out of `cnn`; `convert-cnn-to-linalg` is the second, and both share one type
    converter. Padding becomes `kernel.pad`, filters are packed by reshapes and relayouts that `pack-constants`
    evaluates, a transposed convolution becomes one convolution for each residue of its stride.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect",
    "::mlir::linalg::LinalgDialect", "::cnnc::kernel::KernelDialect", "::cnnc::cnn::CnnDialect"];
}

def PackConstants : Pass<"pack-constants", "::mlir::ModuleOp"> {
  let summary = "evaluate changes of storage of constants, and free what they were made from";
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let statistics = [Statistic<"packed", "packed", "constants stored another way">];
}

def EliminateLevels : Pass<"eliminate-levels", "::mlir::ModuleOp"> {
  let summary = "drop levels whose code would be that of another one";
  let description = [{
    A level that differs from another one of the target in its dots alone is worth its code only where a contraction sums what they
    multiply: bytes, or 16 bits. A single level stays.
  }];
  let statistics = [Statistic<"eliminated", "eliminated", "levels that the library does not carry">];
}

#endif

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

def SelectTiles : Pass<"select-tiles", "::mlir::ModuleOp"> {
  let summary = "choose register tiles, cache blocks and tasks of kernels";
}

#endif

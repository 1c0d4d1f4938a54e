// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_BUFFER_TD
#define PASSES_BUFFER_TD

include "mlir/Pass/PassBase.td"

def ShareBordersPass : Pass<"share-borders", "::mlir::func::FuncOp"> {
  let summary = "give all readers that pad one tensor with one value the widest of their borders";
  let description = [{ The narrower ones become slices of the widest, so that one buffer serves all of them. }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def NestConcatsPass : Pass<"nest-concats", "::mlir::func::FuncOp"> {
  let summary = "build a concatenation upon an earlier one that holds its leading inputs";
  let description = [{
    A dense block concatenates all its tensors anew for each layer. Once nested, every tensor has one place, in the last
    concatenation, and no concatenation copies. Likewise a tensor that was split, and whose parts follow one another in a
    concatenation, is concatenated as a whole.
  }];
}

def BufferizePass : Pass<"bufferize", "::mlir::ModuleOp"> {
  let summary = "turn the tensors of @main into memrefs";
  let description = [{
    Graph outputs become arguments, constants become globals of the weight image, all other storage memref.alloc. A
    tensor that a reader wants inside a larger one is written there by its producer, if it can be: the inside of a
    border, a part of a concatenation, a phase of a transposed convolution. Elementwise ops take the storage of an
    operand that is not needed any more. What is left are copies, as linalg.generic.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::linalg::LinalgDialect",
    "::cnnc::kernel::KernelDialect", "::mlir::arith::ArithDialect"];
  let statistics = [Statistic<"copies", "copies", "tensors copied into a place that their producer could not write to">,
    Statistic<"weightsBytes", "weights-bytes", "bytes of the weight image">];
}

def OutlineStepsPass : Pass<"outline-steps", "::mlir::func::FuncOp"> {
  let summary = "wrap the ops of @main in steps";
  let description = [{
    One step for each op, in order. A border joins the step that last touched its buffer. Copies, and the phases of a
    transposed convolution, share a step where none touches what another writes.
  }];
  let dependentDialects = ["::cnnc::kernel::KernelDialect"];
}

def FuseRowSumsPass : Pass<"fuse-row-sums", "::mlir::func::FuncOp"> {
  let summary = "sum the rows of a map where a window computes it";
  let description = [{
    The mean of a depthwise convolution's channels, from which squeeze-and-excitation makes a gate, would read the whole
    map again. The window leaves the sums of its rows instead, of values that are still in registers, and the reduction
    adds these up.
  }];
  let dependentDialects = ["::cnnc::kernel::KernelDialect", "::mlir::memref::MemRefDialect"];
  let statistics = [Statistic<"fused", "fused", "reductions that read sums of rows">];
}

def FuseExpansionPass : Pass<"fuse-expansion", "::mlir::func::FuncOp"> {
  let summary = "expand the input of a depthwise convolution in slices that stay in L2";
  let description = [{
    A pointwise convolution that only a depthwise one reads, into a map larger than the caches, shares a step with it. A
    task computes one block of 16 channels of some rows into memory of its own, a memref.alloca, and applies the window
    to them. Rows that windows of two tasks read are computed twice.
  }];
  let dependentDialects = ["::cnnc::kernel::KernelDialect", "::mlir::scf::SCFDialect", "::mlir::memref::MemRefDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::arith::ArithDialect"];
  let statistics = [Statistic<"fused", "fused", "expanded maps that are no longer stored">];
}

def FuseMappedInputPass : Pass<"fuse-mapped-input", "::mlir::func::FuncOp"> {
  let summary = "apply an elementwise function to the input of a pointwise convolution in parts that stay in L2";
  let description = [{
    An elementwise op whose result only a pointwise convolution reads shares a step with it. A task computes the function
    for some pixels into memory of its own, a memref.alloca, and contracts them.
  }];
  let dependentDialects = ["::cnnc::kernel::KernelDialect", "::mlir::scf::SCFDialect", "::mlir::memref::MemRefDialect",
    "::mlir::arith::ArithDialect"];
  let statistics = [Statistic<"fused", "fused", "maps that are no longer stored">];
}

def PlanArenaPass : Pass<"plan-arena", "::mlir::func::FuncOp"> {
  let summary = "place all memref.alloc in one arena";
  let description = [{
    A buffer lives from the first step that touches it to the last. Offsets are multiples of 64; larger buffers are
    placed first, each in the smallest gap that takes it (Pisarchyk and Lee, arXiv 2001.03288). The function receives
    the arena and the scratch memory of its thread as its last arguments; a memref.alloca in a step lies in the latter.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
  let statistics = [Statistic<"arenaBytes", "arena-bytes", "bytes of the arena">,
    Statistic<"liveBytes", "live-bytes", "largest sum of the buffers alive in one step">];
}

def OutlineModelPass : Pass<"outline-model", "::mlir::ModuleOp"> {
  let summary = "make a kernel.model of @main and its constants";
  let description = [{
    The model states what its arguments are, and holds the image of the weights, of which constants become views. What earlier passes of
    this phase tell each other by attributes is gone.
  }];
  let dependentDialects = ["::cnnc::kernel::KernelDialect", "::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

#endif

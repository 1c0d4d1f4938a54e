// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_GRAPH_TD
#define PASSES_GRAPH_TD

include "mlir/Pass/PassBase.td"

class Graph_Pass<string name, string target> : Pass<name, target> {
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::cnnc::cnn::CnnDialect"];
}

def EliminateIdentityPass : Graph_Pass<"eliminate-identity", "::mlir::func::FuncOp"> {
  let summary = "remove operations that change nothing, join those that follow their own kind";
}

def FoldConstantsPass : Graph_Pass<"fold-constants", "::mlir::func::FuncOp"> {
  let summary = "evaluate operations on constants";
  let description = [{
    An operation whose operands are constants becomes one, unless the result is both large and larger than its operands:
    a broadcast stays a broadcast.
  }];
}

def PropagateTransposePass : Graph_Pass<"propagate-transpose", "::mlir::func::FuncOp"> {
  let summary = "move transposes down past elementwise and shape operations";
  let description = [{
    A transpose costs nothing once layouts follow it, but it hides a convolution from the elementwise operations behind it
    (graphs exported from channels-last frameworks). Moved down, it meets its inverse, or a place where it matters.
  }];
}

def FoldPadPass : Graph_Pass<"fold-pad", "::mlir::func::FuncOp"> {
  let summary = "fold constant pads into the pads of convolutions and pools, where that is exact";
}

def MoveQuantizationPass : Graph_Pass<"move-quantization", "::mlir::func::FuncOp"> {
  let summary = "move elements as the integers that they are, unsigned bytes where they are bytes";
  let description = [{
    Between a `cnn.dequantize` and a `cnn.quantize` that say the same, ops that only move elements, or take the largest, work on the
    integers: the one sinks through them, the other rises, and where they meet, both vanish. Signed bytes become unsigned ones, whose
    zero point is 128 more: kernels multiply those.
  }];
}

def FuseQuantizationPass : Graph_Pass<"fuse-quantization", "::mlir::func::FuncOp"> {
  let summary = "convolve, multiply and add the integers between dequantize and quantize";
  let description = [{
    `dequantize -> cnn.conv -> quantize` becomes a `cnn.conv` on integers whose epilogue scales, rounds and saturates, as ONNX
    Runtime's QLinearConv does bit by bit: the exact sum in i32, to f32, times one factor per channel. Sums of two tensors become a map
    on integers.
  }];
}

def LowerQuantizationPass : Graph_Pass<"lower-quantization", "::mlir::func::FuncOp"> {
  let summary = "write what is left of quantize and dequantize as maps";
  let options = [Option<"onlyConstants", "only-constants", "bool", "false", "only what quantises a constant, and then folds">];
}

def FoldBatchNormPass : Graph_Pass<"fold-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "rewrite batch norms as a scale and a shift per channel";
}

def FoldAffinePass : Graph_Pass<"fold-affine", "::mlir::func::FuncOp"> {
  let summary = "fold scales and shifts per channel into the filters and biases of convolutions beside them";
}

def SplitTapsPass : Graph_Pass<"split-taps", "::mlir::func::FuncOp"> {
  let summary = "compute the taps of a filter apart that read mostly padding, and drop those that read nothing else";
}

def FuseMapPass : Graph_Pass<"fuse-map", "::mlir::func::FuncOp"> {
  let summary = "fuse elementwise operations with one another";
  let description = [{
    A producer is inlined where its result has one user, or where recomputing it is cheaper than storing it. Uniform constants
    become scalars of the body.
  }];
}

def FuseEpiloguePass : Graph_Pass<"fuse-epilogue", "::mlir::func::FuncOp"> {
  let summary = "fuse elementwise operations into the convolution, pool or matrix product that feeds them";
}

def FuseReducePass : Graph_Pass<"fuse-reduce", "::mlir::func::FuncOp"> {
  let summary = "fuse elementwise operations into the reduction that they feed";
}

def ComposeChannelsPass : Graph_Pass<"compose-channels", "::mlir::func::FuncOp"> {
  let summary = "compose shuffles, slices and concatenations of channels where convolutions can take any order";
  let description = [{
    What such operations make of the channels is sorted by where these come from, and the filters behind follow that order.
    Then few ranges of the sources stand side by side, and no shuffle is left.
  }];
}

def ScaleFiltersPass : Graph_Pass<"scale-filters", "::mlir::func::FuncOp"> {
  let summary = "scale the filter of a convolution instead of a large input that a gate multiplies per channel";
}

def EliminateDeadCodePass : Graph_Pass<"eliminate-dead-code", "::mlir::ModuleOp"> {
  let summary = "remove operations without users, and free the weights that nothing refers to any more";
}

#endif

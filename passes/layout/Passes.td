// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PASSES_LAYOUT_TD
#define PASSES_LAYOUT_TD

include "mlir/Pass/PassBase.td"

def SelectAlgorithmPass : Pass<"select-algorithm", "::mlir::ModuleOp"> {
  let summary = "choose how each convolution is computed";
  let description = [{
    One choice for all levels of the target, because they share the packed weights. An algorithm that is there already
    stays. With the module attribute `cnnc.winograd = "off"` Winograd is no candidate. A "raw" Winograd stores the filter as it is;
    its tasks transform it in the cache, where that is as quick. A target without CPU levels has no costs to compare: there it
    is what the shape gives, without Winograd; and what reads channels first is direct where the target stores them last.
  }];
  let options = [Option<"im2col", "im2col", "bool", "false", "compute every convolution by im2col, to test it">];
}

def AssignLayoutPass : Pass<"assign-layout", "::mlir::ModuleOp"> {
  let summary = "choose how each activation is stored";
  let description = [{
    Every f32 activation gets a layout as its encoding, and `cnn.convert_layout` stands where a producer's and a consumer's differ.
    Arguments, results and constants stay row major. The choice is a search over the graph: what each op costs with the
    layouts at its sides, plus the conversions on the edges. Without a CPU's costs nothing is searched: convolutions and pools
    store their channels last, other ops follow what they read.
  }];
}

def VerifyLayoutPass : Pass<"verify-layout", "::mlir::func::FuncOp"> {
  let summary = "check that every activation has a layout, and that those of each op are legal together";
  let description = [{
    The rules are those of `dialects/cnn/Legality.h`, which the doors ask again: only `cnn.convert_layout` changes a layout.
  }];
}

#endif

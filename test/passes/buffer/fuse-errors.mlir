// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --fuse-expansion --split-input-file --verify-diagnostics
// RUN: cnnc-opt %s --fuse-mapped-input --split-input-file --verify-diagnostics

// Parts that stay in a cache are for machines that have one for each core.
// expected-error @+1 {{requires a CPU as cnnc.target, but found #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">}}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">} {
  func.func @main() {
    return
  }
}

// -----

// expected-error @+1 {{requires the attribute cnnc.target}}
module {
  func.func @main() {
    return
  }
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --assign-layout --verify-diagnostics

// expected-error @+1 {{requires the attribute cnnc.target}}
module {
  func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
    return %x : tensor<1x8xf32>
  }
}

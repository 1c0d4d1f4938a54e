// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --bufferize --split-input-file --verify-diagnostics

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{cannot be bufferized}}
  %0 = math.exp %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// expected-error @+1 {{requires a function @main of one block}}
module {
}

// -----

func.func @main() -> tensor<64xf32> {
  // expected-error @+1 {{constant of 256 bytes holds 0}}
  %0 = arith.constant dense_resource<nowhere> : tensor<64xf32>
  return %0 : tensor<64xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --select-algorithm --split-input-file --verify-diagnostics

// expected-error @+1 {{requires the attribute cnnc.target}}
module {
  func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
    return %x : tensor<1x8xf32>
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
    // expected-error @+1 {{'cnn.slice' op requires elements in each tensor, but found 'tensor<1x0xf32>'}}
    %0 = cnn.slice %x {starts = array<i64: 0, 0>, steps = array<i64: 1, 1>} : (tensor<1x8xf32>) -> tensor<1x0xf32>
    %1 = cnn.concat(%0, %x) {axis = 1 : i64} : (tensor<1x0xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
    return %1 : tensor<1x8xf32>
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @main(%x: tensor<1x8xf32>, %s: tensor<1x1xf32>) -> tensor<1x8xi8> {
    // expected-error @+1 {{is of the phases up to graph, but the text has passed it}}
    %0 = cnn.quantize %x scale(%s) : (tensor<1x8xf32>, tensor<1x1xf32>) -> tensor<1x8xi8>
    return %0 : tensor<1x8xi8>
  }
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --assign-layout --split-input-file --verify-diagnostics

// expected-error @+1 {{requires the attribute cnnc.target}}
module {
  func.func @main(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
    return %x : tensor<1x8xf32>
  }
}

// -----

// The parts of three bytes fill no step of a product.
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  func.func @main(%x: tensor<1x6x8x8xi8>) -> tensor<1x10x8x8xf32> {
    %w = arith.constant dense<1> : tensor<10x3x1x1xi8>
    // expected-error@+1 {{cannot store its result as #cnn.layout<[0, 1, 2, 3], block = 1>: integers of a group fill no step of 4 bytes, and no window multiplies them}}
    %0 = cnn.conv %x, %w {algorithm = #cnn<algorithm grouped>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2 : i64}
      : (tensor<1x6x8x8xi8>, tensor<10x3x1x1xi8>) -> tensor<1x10x8x8xf32> epilogue {
    ^bb0(%a: i32):
      %f = arith.sitofp %a : i32 to f32
      cnn.yield %f : f32
    }
    return %0 : tensor<1x10x8x8xf32>
  }
}

// -----

// A machine without blocks.
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">} {
  func.func @main(%x: tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32> {
    %w = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
    // expected-error @+1 {{cannot store its result as #cnn.layout<[0, 2, 3, 1]>: Winograd stores its channels in blocks}}
    %0 = cnn.conv %x, %w {algorithm = #cnn<algorithm winograd_4_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
      : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32>
    return %0 : tensor<1x64x56x56xf32>
  }
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --fold-affine --split-input-file %s | FileCheck %s

// CHECK-LABEL: @scale_and_shift_after_convolution
// CHECK-DAG: %[[W:.*]] = arith.constant dense<[{{\[}}[2.000000e+00]], {{\[}}[1.000000e+01]]]> : tensor<2x1x1xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[1.200000e+01, 1.050000e+02]> : tensor<2xf32>
// CHECK: %[[Y:.*]] = cnn.conv %{{.*}}, %[[W]] bias(%[[B]])
// CHECK-NEXT: return %[[Y]]
func.func @scale_and_shift_after_convolution(%x: tensor<1x1x3xf32>) -> tensor<1x2x3xf32> {
  %w = arith.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>
  %b = arith.constant dense<[1.0, 1.0]> : tensor<2xf32>
  %scale = arith.constant dense<[[[2.0], [5.0]]]> : tensor<1x2x1xf32>
  %shift = arith.constant dense<[[[10.0], [100.0]]]> : tensor<1x2x1xf32>
  %0 = cnn.conv %x, %w bias(%b) {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x1x3xf32>, tensor<2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  %1 = cnn.map(%0, %scale, %shift) : (tensor<1x2x3xf32>, tensor<1x2x1xf32>, tensor<1x2x1xf32>) -> tensor<1x2x3xf32> {
  ^bb0(%a: f32, %s: f32, %t: f32):
    %m = arith.mulf %a, %s : f32
    %n = arith.addf %m, %t : f32
    cnn.yield %n : f32
  }
  return %1 : tensor<1x2x3xf32>
}

// -----

// The filter of a transposed convolution has its output channels in dimension 1, group by group.
// CHECK-LABEL: @scale_after_grouped_transposed_convolution
// CHECK-DAG: %[[W:.*]] = arith.constant dense<[{{\[}}[2.000000e+00]], {{\[}}[5.000000e+00]]]> : tensor<2x1x1xf32>
// CHECK-DAG: arith.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK: cnn.conv_transpose %{{.*}}, %[[W]] bias
// CHECK-NOT: cnn.map
func.func @scale_after_grouped_transposed_convolution(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %w = arith.constant dense<1.0> : tensor<2x1x1xf32>
  %scale = arith.constant dense<[[[2.0], [5.0]]]> : tensor<1x2x1xf32>
  %0 = cnn.conv_transpose %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, output_padding = array<i64: 0>, group = 2 : i64}
    : (tensor<1x2x3xf32>, tensor<2x1x1xf32>) -> tensor<1x2x3xf32>
  %1 = cnn.map(%scale, %0) : (tensor<1x2x1xf32>, tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  ^bb0(%s: f32, %a: f32):
    %m = arith.mulf %s, %a : f32
    cnn.yield %m : f32
  }
  return %1 : tensor<1x2x3xf32>
}

// -----

// CHECK-LABEL: @scale_and_shift_before_unpadded_convolution
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x3xf32>)
// CHECK-DAG: %[[W:.*]] = arith.constant dense<[{{\[}}[2.000000e+00], [1.500000e+01]]]> : tensor<1x2x1xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<3.100000e+02> : tensor<1xf32>
// CHECK: cnn.conv %[[X]], %[[W]] bias(%[[B]])
// CHECK-NOT: cnn.map
func.func @scale_and_shift_before_unpadded_convolution(%x: tensor<1x2x3xf32>) -> tensor<1x1x3xf32> {
  %w = arith.constant dense<[[[1.0], [3.0]]]> : tensor<1x2x1xf32>
  %scale = arith.constant dense<[[[2.0], [5.0]]]> : tensor<1x2x1xf32>
  %shift = arith.constant dense<[[[10.0], [100.0]]]> : tensor<1x2x1xf32>
  %0 = cnn.map(%x, %scale, %shift) : (tensor<1x2x3xf32>, tensor<1x2x1xf32>, tensor<1x2x1xf32>) -> tensor<1x2x3xf32> {
  ^bb0(%a: f32, %s: f32, %t: f32):
    %m = arith.mulf %a, %s : f32
    %n = arith.addf %m, %t : f32
    cnn.yield %n : f32
  }
  %1 = cnn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x2x3xf32>, tensor<1x2x1xf32>) -> tensor<1x1x3xf32>
  return %1 : tensor<1x1x3xf32>
}

// -----

// CHECK-LABEL: @shift_before_padded_convolution_is_not_folded
// CHECK: cnn.map
func.func @shift_before_padded_convolution_is_not_folded(%x: tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1x3xf32>
  %0 = cnn.map(%x) : (tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  ^bb0(%a: f32):
    %c = arith.constant 1.0 : f32
    %n = arith.addf %a, %c : f32
    cnn.yield %n : f32
  }
  %1 = cnn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x1x3xf32>, tensor<1x1x3xf32>) -> tensor<1x1x3xf32>
  return %1 : tensor<1x1x3xf32>
}

// -----

// CHECK-LABEL: @scale_before_padded_convolution
// CHECK-NOT: cnn.map
func.func @scale_before_padded_convolution(%x: tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1x3xf32>
  %0 = cnn.map(%x) : (tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  ^bb0(%a: f32):
    %c = arith.constant 4.0 : f32
    %n = arith.divf %a, %c : f32
    cnn.yield %n : f32
  }
  %1 = cnn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x1x3xf32>, tensor<1x1x3xf32>) -> tensor<1x1x3xf32>
  return %1 : tensor<1x1x3xf32>
}

// -----

// CHECK-LABEL: @square_and_division_by_x_are_not_folded
// CHECK-COUNT-2: cnn.map
func.func @square_and_division_by_x_are_not_folded(%x: tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  %w = arith.constant dense<1.0> : tensor<1x1x1xf32>
  %0 = cnn.map(%x) : (tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  ^bb0(%a: f32):
    %c = arith.constant 4.0 : f32
    %n = arith.divf %c, %a : f32
    cnn.yield %n : f32
  }
  %1 = cnn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x1x3xf32>, tensor<1x1x1xf32>) -> tensor<1x1x3xf32>
  %2 = cnn.map(%1) : (tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  ^bb0(%a: f32):
    %n = arith.mulf %a, %a : f32
    cnn.yield %n : f32
  }
  return %2 : tensor<1x1x3xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --scale-filters --split-input-file %s | FileCheck %s

// CHECK-LABEL: @large_input
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x8x8xf32>, %[[S:.*]]: tensor<1x2x1x1xf32>)
func.func @large_input(%x: tensor<1x2x8x8xf32>, %s: tensor<1x2x1x1xf32>) -> tensor<1x3x8x8xf32> {
  // CHECK: %[[W:.*]] = arith.constant
  // CHECK-NEXT: %[[G:.*]] = cnn.map(%[[W]], %[[S]]) : (tensor<3x2x1x1xf32>, tensor<1x2x1x1xf32>) -> tensor<3x2x1x1xf32>
  // CHECK: arith.mulf
  // CHECK: cnn.conv %[[X]], %[[G]]
  %w = arith.constant dense<1.0> : tensor<3x2x1x1xf32>
  %0 = cnn.map(%x, %s) : (tensor<1x2x8x8xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x8x8xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.mulf %a, %b : f32
    cnn.yield %m : f32
  }
  %1 = cnn.conv %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64} : (tensor<1x2x8x8xf32>, tensor<3x2x1x1xf32>) -> tensor<1x3x8x8xf32>
  return %1 : tensor<1x3x8x8xf32>
}

// -----

// CHECK-LABEL: @small_input_is_scaled_itself
// CHECK: %[[Y:.*]] = cnn.map(%arg0, %arg1)
// CHECK: cnn.conv %[[Y]]
func.func @small_input_is_scaled_itself(%x: tensor<1x2x4x4xf32>, %s: tensor<1x2x1x1xf32>) -> tensor<1x3x4x4xf32> {
  %w = arith.constant dense<1.0> : tensor<3x2x1x1xf32>
  %0 = cnn.map(%x, %s) : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.mulf %a, %b : f32
    cnn.yield %m : f32
  }
  %1 = cnn.conv %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64} : (tensor<1x2x4x4xf32>, tensor<3x2x1x1xf32>) -> tensor<1x3x4x4xf32>
  return %1 : tensor<1x3x4x4xf32>
}

// -----

// CHECK-LABEL: @gate_of_each_image_stays
// CHECK: %[[Y:.*]] = cnn.map(%arg0, %arg1)
// CHECK: cnn.conv %[[Y]]
func.func @gate_of_each_image_stays(%x: tensor<2x2x8x8xf32>, %s: tensor<2x2x1x1xf32>) -> tensor<2x3x8x8xf32> {
  %w = arith.constant dense<1.0> : tensor<3x2x1x1xf32>
  %0 = cnn.map(%x, %s) : (tensor<2x2x8x8xf32>, tensor<2x2x1x1xf32>) -> tensor<2x2x8x8xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.mulf %a, %b : f32
    cnn.yield %m : f32
  }
  %1 = cnn.conv %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64} : (tensor<2x2x8x8xf32>, tensor<3x2x1x1xf32>) -> tensor<2x3x8x8xf32>
  return %1 : tensor<2x3x8x8xf32>
}

// -----

// CHECK-LABEL: @sum_with_the_gate_stays
// CHECK: %[[Y:.*]] = cnn.map(%arg0, %arg1)
// CHECK: cnn.conv %[[Y]]
func.func @sum_with_the_gate_stays(%x: tensor<1x2x8x8xf32>, %s: tensor<1x2x1x1xf32>) -> tensor<1x3x8x8xf32> {
  %w = arith.constant dense<1.0> : tensor<3x2x1x1xf32>
  %0 = cnn.map(%x, %s) : (tensor<1x2x8x8xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x8x8xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.addf %a, %b : f32
    cnn.yield %m : f32
  }
  %1 = cnn.conv %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64} : (tensor<1x2x8x8xf32>, tensor<3x2x1x1xf32>) -> tensor<1x3x8x8xf32>
  return %1 : tensor<1x3x8x8xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --eliminate-identity --split-input-file %s | FileCheck %s

// CHECK-LABEL: @transposes_cancel
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x3x4xf32>)
// CHECK-NEXT: return %[[X]]
func.func @transposes_cancel(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  %0 = cnn.transpose %x [0, 2, 3, 1] : (tensor<1x2x3x4xf32>) -> tensor<1x3x4x2xf32>
  %1 = cnn.transpose %0 [0, 3, 1, 2] : (tensor<1x3x4x2xf32>) -> tensor<1x2x3x4xf32>
  return %1 : tensor<1x2x3x4xf32>
}

// -----

// CHECK-LABEL: @transposes_join
// CHECK-NEXT: cnn.transpose %{{.*}} [2, 0, 1]
// CHECK-NEXT: return
func.func @transposes_join(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = cnn.transpose %x [1, 2, 0] : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %1 = cnn.transpose %0 [1, 2, 0] : (tensor<3x4x2xf32>) -> tensor<4x2x3xf32>
  return %1 : tensor<4x2x3xf32>
}

// -----

// CHECK-LABEL: @reshapes_join
// CHECK-NEXT: cnn.reshape %{{.*}} : (tensor<2x3x4xf32>) -> tensor<4x6xf32>
// CHECK-NEXT: return
func.func @reshapes_join(%x: tensor<2x3x4xf32>) -> tensor<4x6xf32> {
  %0 = cnn.reshape %x : (tensor<2x3x4xf32>) -> tensor<24xf32>
  %1 = cnn.reshape %0 : (tensor<24xf32>) -> tensor<4x6xf32>
  return %1 : tensor<4x6xf32>
}

// -----

// CHECK-LABEL: @reshape_of_unit_extents_is_a_transpose
// CHECK-NEXT: cnn.transpose %{{.*}} [0, 3, 1, 2]
func.func @reshape_of_unit_extents_is_a_transpose(%x: tensor<1x1x1x8xf32>) -> tensor<1x8x1x1xf32> {
  %0 = cnn.reshape %x : (tensor<1x1x1x8xf32>) -> tensor<1x8x1x1xf32>
  return %0 : tensor<1x8x1x1xf32>
}

// -----

// CHECK-LABEL: @transpose_of_unit_extents_before_reshape
// CHECK-NEXT: cnn.reshape %{{.*}} : (tensor<1x8x1x1xf32>) -> tensor<1x8xf32>
func.func @transpose_of_unit_extents_before_reshape(%x: tensor<1x8x1x1xf32>) -> tensor<1x8xf32> {
  %0 = cnn.transpose %x [0, 2, 3, 1] : (tensor<1x8x1x1xf32>) -> tensor<1x1x1x8xf32>
  %1 = cnn.reshape %0 : (tensor<1x1x1x8xf32>) -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}

// -----

// CHECK-LABEL: @nothing_happens
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x3x4xf32>)
// CHECK-NEXT: return %[[X]]
func.func @nothing_happens(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  %0 = cnn.reshape %x : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %1 = cnn.pad constant %0 {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 0, 0, 0>, value = 1.0 : f32} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %2 = cnn.slice %1 {starts = array<i64: 0, 0, 0, 0>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %3 = cnn.concat (%2) {axis = 1 : i64} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %4 = cnn.resize nearest %3 {coordinate_transformation_mode = "asymmetric", nearest_mode = "floor", scales = array<f64: 1.0, 1.0, 1.0, 1.0>} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %5 = cnn.map(%4) : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return %5 : tensor<1x2x3x4xf32>
}

// -----

// CHECK-LABEL: @reversal_and_real_ops_stay
// CHECK: cnn.slice
// CHECK: cnn.map
// CHECK: cnn.transpose
func.func @reversal_and_real_ops_stay(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %0 = cnn.slice %x {starts = array<i64: 2, 0>, steps = array<i64: -1, 1>} : (tensor<3x3xf32>) -> tensor<3x3xf32>
  %1 = cnn.map(%0) : (tensor<3x3xf32>) -> tensor<3x3xf32> {
  ^bb0(%a: f32):
    %n = arith.negf %a : f32
    cnn.yield %n : f32
  }
  %2 = cnn.transpose %1 [1, 0] : (tensor<3x3xf32>) -> tensor<3x3xf32>
  return %2 : tensor<3x3xf32>
}

// -----

// By one, but half a pixel further: rounding down comes back, rounding up and interpolating do not.
// CHECK-LABEL: @resize_by_one
// CHECK-COUNT-2: cnn.resize
// CHECK-NOT: cnn.resize
func.func @resize_by_one(%x: tensor<1x2x3x4xf32>) -> (tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>) {
  %0 = cnn.resize nearest %x {coordinate_transformation_mode = "tf_half_pixel_for_nn", nearest_mode = "ceil", scales = array<f64: 1.0, 1.0, 1.0, 1.0>} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %1 = cnn.resize linear %x {coordinate_transformation_mode = "tf_half_pixel_for_nn", nearest_mode = "floor", scales = array<f64: 1.0, 1.0, 1.0, 1.0>} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %2 = cnn.resize nearest %x {coordinate_transformation_mode = "tf_half_pixel_for_nn", nearest_mode = "round_prefer_floor", scales = array<f64: 1.0, 1.0, 1.0, 1.0>} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  return %0, %1, %2 : tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>
}

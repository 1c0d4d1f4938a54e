// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s | cnnc-opt | FileCheck %s

// CHECK-LABEL: @conv_with_residual_epilogue
// CHECK: cnn.conv %{{.*}}, %{{.*}} bias(%{{.*}}) extras(%{{.*}}) {{.*}} epilogue
func.func @conv_with_residual_epilogue(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x3x3xf32>, %b: tensor<8xf32>, %r: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  %0 = cnn.conv %x, %w bias(%b) extras(%r) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x3x8x8xf32>, tensor<8x3x3x3xf32>, tensor<8xf32>, tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> epilogue {
  ^bb0(%acc: f32, %res: f32):
    %s = arith.addf %acc, %res : f32
    cnn.yield %s : f32
  }
  return %0 : tensor<1x8x8x8xf32>
}

// CHECK-LABEL: @conv_without_spatial_dimensions
func.func @conv_without_spatial_dimensions(%x: tensor<2x3xf32>, %w: tensor<8x3xf32>) -> tensor<2x8xf32> {
  // CHECK: cnn.conv
  %0 = cnn.conv %x, %w {strides = array<i64>, dilations = array<i64>, pads = array<i64>, group = 1 : i64}
    : (tensor<2x3xf32>, tensor<8x3xf32>) -> tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}

// CHECK-LABEL: @pool_with_partial_last_window
func.func @pool_with_partial_last_window(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32> {
  // CHECK: cnn.pool max
  %0 = cnn.pool max %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
    pads = array<i64: 0, 0, 0, 0>} : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
  return %0 : tensor<1x3x4x4xf32>
}

// CHECK-LABEL: @blocked_and_back
func.func @blocked_and_back(%x: tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32> {
  // CHECK: cnn.convert_layout %{{.*}} : tensor<1x32x8x8xf32> to tensor<1x32x8x8xf32, #cnn.layout<[0, 1, 2, 3], block = 1>>
  %0 = cnn.convert_layout %x : tensor<1x32x8x8xf32> to tensor<1x32x8x8xf32, #cnn.layout<[0, 1, 2, 3], block = 1>>
  %1 = cnn.convert_layout %0 : tensor<1x32x8x8xf32, #cnn.layout<[0, 1, 2, 3], block = 1>> to tensor<1x32x8x8xf32>
  return %1 : tensor<1x32x8x8xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --fold-pad --split-input-file %s | FileCheck %s

// CHECK-LABEL: @zeros_before_convolution
// CHECK-SAME: (%[[X:.*]]: tensor<1x8x4x4xf32>
func.func @zeros_before_convolution(%x: tensor<1x8x4x4xf32>, %w: tensor<8x8x3x3xf32>) -> tensor<1x8x4x5xf32> {
  // CHECK-NEXT: cnn.conv %[[X]], {{.*}}pads = array<i64: 1, 2, 1, 1>
  %0 = cnn.pad constant %x {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, value = 0.0 : f32}
    : (tensor<1x8x4x4xf32>) -> tensor<1x8x6x6xf32>
  %1 = cnn.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 1, 0, 0>, group = 1 : i64}
    : (tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x4x5xf32>
  return %1 : tensor<1x8x4x5xf32>
}

// -----

// CHECK-LABEL: @ones_and_channels_are_not_folded
// CHECK-COUNT-2: cnn.pad
func.func @ones_and_channels_are_not_folded(%x: tensor<1x7x4xf32>, %w: tensor<8x8x3xf32>) -> tensor<1x8x2xf32> {
  %0 = cnn.pad constant %x {low = array<i64: 0, 1, 0>, high = array<i64: 0, 0, 0>, value = 0.0 : f32}
    : (tensor<1x7x4xf32>) -> tensor<1x8x4xf32>
  %1 = cnn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x8x4xf32>, tensor<8x8x3xf32>) -> tensor<1x8x2xf32>
  %2 = cnn.pad constant %1 {low = array<i64: 0, 0, 1>, high = array<i64: 0, 0, 1>, value = 1.0 : f32}
    : (tensor<1x8x2xf32>) -> tensor<1x8x4xf32>
  %3 = cnn.conv %2, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x8x4xf32>, tensor<8x8x3xf32>) -> tensor<1x8x2xf32>
  return %3 : tensor<1x8x2xf32>
}

// -----

// CHECK-LABEL: @zeros_before_average_pool_count
// CHECK: cnn.pool average %{{.*}}count_include_pad{{.*}}pads = array<i64: 1, 1>
// CHECK-NOT: cnn.pad
func.func @zeros_before_average_pool_count(%x: tensor<1x8x4xf32>) -> tensor<1x8x4xf32> {
  %0 = cnn.pad constant %x {low = array<i64: 0, 0, 1>, high = array<i64: 0, 0, 1>, value = 0.0 : f32}
    : (tensor<1x8x4xf32>) -> tensor<1x8x6xf32>
  %1 = cnn.pool average %0 {kernel = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
    : (tensor<1x8x6xf32>) -> tensor<1x8x4xf32>
  return %1 : tensor<1x8x4xf32>
}

// -----

// The pool's own border is not counted, the pad's zeros are.
// CHECK-LABEL: @zeros_before_average_pool_that_excludes_its_border
// CHECK: cnn.pad
func.func @zeros_before_average_pool_that_excludes_its_border(%x: tensor<1x8x4xf32>) -> tensor<1x8x6xf32> {
  %0 = cnn.pad constant %x {low = array<i64: 0, 0, 1>, high = array<i64: 0, 0, 1>, value = 0.0 : f32}
    : (tensor<1x8x4xf32>) -> tensor<1x8x6xf32>
  %1 = cnn.pool average %0 {kernel = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>}
    : (tensor<1x8x6xf32>) -> tensor<1x8x6xf32>
  return %1 : tensor<1x8x6xf32>
}

// -----

// CHECK-LABEL: @zeros_before_max_pool_of_relu
// CHECK: cnn.pool max %{{.*}}pads = array<i64: 1, 1>
// CHECK-NOT: cnn.pad
func.func @zeros_before_max_pool_of_relu(%x: tensor<1x8x4xf32>) -> tensor<1x8x4xf32> {
  %r = cnn.map(%x) : (tensor<1x8x4xf32>) -> tensor<1x8x4xf32> {
  ^bb0(%a: f32):
    %zero = arith.constant 0.0 : f32
    %m = arith.maximumf %a, %zero : f32
    cnn.yield %m : f32
  }
  %0 = cnn.pad constant %r {low = array<i64: 0, 0, 1>, high = array<i64: 0, 0, 1>, value = 0.0 : f32}
    : (tensor<1x8x4xf32>) -> tensor<1x8x6xf32>
  %1 = cnn.pool max %0 {kernel = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
    : (tensor<1x8x6xf32>) -> tensor<1x8x4xf32>
  return %1 : tensor<1x8x4xf32>
}

// -----

// CHECK-LABEL: @zeros_before_max_pool_of_anything
// CHECK: cnn.pad
func.func @zeros_before_max_pool_of_anything(%x: tensor<1x8x4xf32>) -> tensor<1x8x4xf32> {
  %0 = cnn.pad constant %x {low = array<i64: 0, 0, 1>, high = array<i64: 0, 0, 1>, value = 0.0 : f32}
    : (tensor<1x8x4xf32>) -> tensor<1x8x6xf32>
  %1 = cnn.pool max %0 {kernel = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
    : (tensor<1x8x6xf32>) -> tensor<1x8x4xf32>
  return %1 : tensor<1x8x4xf32>
}

// -----

// CHECK-LABEL: @least_number_before_max_pool
// CHECK-NOT: cnn.pad
func.func @least_number_before_max_pool(%x: tensor<1x8x4xf32>) -> tensor<1x8x4xf32> {
  %0 = cnn.pad constant %x {low = array<i64: 0, 0, 1>, high = array<i64: 0, 0, 1>, value = 0xFF800000 : f32}
    : (tensor<1x8x4xf32>) -> tensor<1x8x6xf32>
  %1 = cnn.pool max %0 {kernel = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
    : (tensor<1x8x6xf32>) -> tensor<1x8x4xf32>
  return %1 : tensor<1x8x4xf32>
}

// -----

// With a pad of the kernel's size a window would find no element at all.
// CHECK-LABEL: @window_outside_the_input
// CHECK: cnn.pad
func.func @window_outside_the_input(%x: tensor<1x8x4xf32>) -> tensor<1x8x5xf32> {
  %0 = cnn.pad constant %x {low = array<i64: 0, 0, 3>, high = array<i64: 0, 0, 0>, value = 0xFF800000 : f32}
    : (tensor<1x8x4xf32>) -> tensor<1x8x7xf32>
  %1 = cnn.pool max %0 {kernel = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
    : (tensor<1x8x7xf32>) -> tensor<1x8x5xf32>
  return %1 : tensor<1x8x5xf32>
}

// -----

// CHECK-LABEL: @zero_points_before_convolution
// CHECK: %[[P:.*]] = cnn.pad
// CHECK: cnn.conv %arg0, {{.*}}pads = array<i64: 0, 1, 0, 1>
// CHECK: cnn.conv %[[P]]
func.func @zero_points_before_convolution(%x: tensor<1x8x4x4xi8>, %w: tensor<8x8x3x3xi8>) -> (tensor<1x8x2x4xi32>, tensor<1x8x2x4xi32>) {
  %0 = cnn.pad constant %x {low = array<i64: 0, 0, 0, 1>, high = array<i64: 0, 0, 0, 1>, value = -84 : i8}
    : (tensor<1x8x4x4xi8>) -> tensor<1x8x4x6xi8>
  %1 = cnn.conv %0, %w {pad_value = 172 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x8x4x6xi8>, tensor<8x8x3x3xi8>) -> tensor<1x8x2x4xi32>
  %2 = cnn.conv %0, %w {pad_value = 171 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x8x4x6xi8>, tensor<8x8x3x3xi8>) -> tensor<1x8x2x4xi32>
  return %1, %2 : tensor<1x8x2x4xi32>, tensor<1x8x2x4xi32>
}

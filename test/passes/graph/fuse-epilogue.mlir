// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --fuse-epilogue --split-input-file %s | FileCheck %s

// CHECK-LABEL: @relu
func.func @relu(%x: tensor<1x8x4x4xf32>, %w: tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: %[[Y:.*]] = cnn.conv %{{.*}} epilogue {
  // CHECK-NEXT: ^bb0(%[[ACC:.*]]: f32):
  // CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.0
  // CHECK-NEXT: %[[MAX:.*]] = arith.maximumf %[[ACC]], %[[ZERO]]
  // CHECK-NEXT: cnn.yield %[[MAX]]
  // CHECK: return %[[Y]]
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %1 = cnn.map(%0) : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  ^bb0(%a: f32):
    %zero = arith.constant 0.0 : f32
    %m = arith.maximumf %a, %zero : f32
    cnn.yield %m : f32
  }
  return %1 : tensor<1x8x4x4xf32>
}

// -----

// CHECK-LABEL: @sum_of_two_convolutions_is_fused_into_the_later
// CHECK-SAME: %[[X:.*]]: tensor<1x8x4x4xf32>, %[[V:.*]]: tensor<8x8x1x1xf32>, %[[W:.*]]: tensor<8x8x1x1xf32>
func.func @sum_of_two_convolutions_is_fused_into_the_later(%x: tensor<1x8x4x4xf32>, %v: tensor<8x8x1x1xf32>, %w: tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: %[[FIRST:.*]] = cnn.conv %[[X]], %[[V]] {
  // CHECK-NOT: epilogue
  // CHECK: %[[SECOND:.*]] = cnn.conv %[[X]], %[[W]] extras(%[[FIRST]])
  // CHECK-SAME: epilogue
  // CHECK-NEXT: ^bb0(%[[ACC:.*]]: f32, %[[RESIDUAL:.*]]: f32):
  // CHECK-NEXT: arith.addf %[[RESIDUAL]], %[[ACC]]
  // CHECK-NOT: cnn.map
  %0 = cnn.conv %x, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %1 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %2 = cnn.map(%0, %1) : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    cnn.yield %s : f32
  }
  return %2 : tensor<1x8x4x4xf32>
}

// -----

// CHECK-LABEL: @chain_of_maps_around_an_epilogue
func.func @chain_of_maps_around_an_epilogue(%x: tensor<1x8x4x4xf32>, %r: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: cnn.pool max %{{.*}} extras(%{{.*}})
  // CHECK: arith.negf
  // CHECK: arith.mulf
  // CHECK: math.absf
  %0 = cnn.pool max %x {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
    : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> epilogue {
  ^bb0(%a: f32):
    %n = arith.negf %a : f32
    cnn.yield %n : f32
  }
  %1 = cnn.map(%0, %r) : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  ^bb0(%a: f32, %b: f32):
    %s = arith.mulf %a, %b : f32
    cnn.yield %s : f32
  }
  %2 = cnn.map(%1) : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  ^bb0(%a: f32):
    %s = math.absf %a : f32
    cnn.yield %s : f32
  }
  return %2 : tensor<1x8x4x4xf32>
}

// -----

// CHECK-LABEL: @relu_with_two_users_of_the_convolution_is_not_fused
func.func @relu_with_two_users_of_the_convolution_is_not_fused(%x: tensor<1x8x4x4xf32>, %w: tensor<8x8x1x1xf32>) -> (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) {
  // CHECK-NOT: epilogue
  // CHECK: cnn.map
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %1 = cnn.map(%0) : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  ^bb0(%a: f32):
    %m = math.absf %a : f32
    cnn.yield %m : f32
  }
  return %0, %1 : tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>
}

// -----

// CHECK-LABEL: @broadcast_of_the_result_is_not_fused
func.func @broadcast_of_the_result_is_not_fused(%x: tensor<1x8x1x1xf32>, %w: tensor<8x8x1x1xf32>, %y: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK-NOT: epilogue
  // CHECK: cnn.map
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x8x1x1xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x1x1xf32>
  %1 = cnn.map(%0, %y) : (tensor<1x8x1x1xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.mulf %a, %b : f32
    cnn.yield %m : f32
  }
  return %1 : tensor<1x8x4x4xf32>
}

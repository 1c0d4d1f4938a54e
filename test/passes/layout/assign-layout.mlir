// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --assign-layout --verify-layout --split-input-file %s | FileCheck %s

// The argument is read as it comes, what is between the convolutions is blocked, and the result leaves row major.
// CHECK-LABEL: @chain
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x32x32xf32>)
func.func @chain(%x: tensor<1x3x32x32xf32>) -> tensor<1x32x32x32xf32> {
  %v = arith.constant dense<1.0> : tensor<32x3x3x3xf32>
  %w = arith.constant dense<1.0> : tensor<32x32x3x3xf32>
  // CHECK: %[[FIRST:.*]] = cnn.conv %[[X]], %{{.*}} {{.*}} -> tensor<1x32x32x32xf32, #cnn.layout<[0, 1, 2, 3], block = 1>>
  %0 = cnn.conv %x, %v {algorithm = #cnn<algorithm first_layer>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x3x32x32xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x32x32xf32>
  // CHECK: %[[SECOND:.*]] = cnn.conv %[[FIRST]]
  %1 = cnn.conv %0, %w {algorithm = #cnn<algorithm winograd_4_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x32x32x32xf32>, tensor<32x32x3x3xf32>) -> tensor<1x32x32x32xf32>
  // CHECK: %[[RESULT:.*]] = cnn.convert_layout %[[SECOND]] : {{.*}} to tensor<1x32x32x32xf32>{{$}}
  // CHECK: return %[[RESULT]]
  return %1 : tensor<1x32x32x32xf32>
}

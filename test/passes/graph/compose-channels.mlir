// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --compose-channels --eliminate-dead-code --split-input-file %s | FileCheck %s

// The shuffle gives a0 b0 a1 b1 a2 b2 a3 b3.
// CHECK-LABEL: @second_half_of_a_shuffle
// CHECK: %[[A:.*]] = cnn.pool max
// CHECK: %[[B:.*]] = cnn.pool average
// CHECK-NEXT: %[[PART:.*]] = cnn.slice %[[B]] {starts = array<i64: 0, 2, 0, 0>, {{.*}} -> tensor<1x2x2x3xf32>
// CHECK-NEXT: %[[JOINED:.*]] = cnn.concat(%[[A]], %[[PART]]) {axis = 1 : i64}
// CHECK-NEXT: %[[X:.*]] = cnn.slice %[[JOINED]] {starts = array<i64: 0, 2, 0, 0>, {{.*}} -> tensor<1x4x2x3xf32>
// CHECK: %[[W:.*]] = arith.constant dense<{{\[\[\[}}[1.000000e+00]], {{\[\[}}3.000000e+00]], {{\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]]]>
// CHECK-NEXT: cnn.conv %[[X]], %[[W]]
func.func @second_half_of_a_shuffle(%x: tensor<1x4x2x3xf32>) -> tensor<1x1x2x3xf32> {
  %a = cnn.pool max %x {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
    : (tensor<1x4x2x3xf32>) -> tensor<1x4x2x3xf32>
  %b = cnn.pool average %x {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
    : (tensor<1x4x2x3xf32>) -> tensor<1x4x2x3xf32>
  %0 = cnn.concat(%a, %b) {axis = 1 : i64} : (tensor<1x4x2x3xf32>, tensor<1x4x2x3xf32>) -> tensor<1x8x2x3xf32>
  %1 = cnn.reshape %0 : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
  %2 = cnn.transpose %1 [0, 2, 1, 3] : (tensor<1x2x4x6xf32>) -> tensor<1x4x2x6xf32>
  %3 = cnn.reshape %2 : (tensor<1x4x2x6xf32>) -> tensor<1x8x2x3xf32>
  %4 = cnn.slice %3 {starts = array<i64: 0, 4, 0, 0>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x8x2x3xf32>) -> tensor<1x4x2x3xf32>
  %w = arith.constant dense<[[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]]> : tensor<1x4x1x1xf32>
  %5 = cnn.conv %4, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x4x2x3xf32>, tensor<1x4x1x1xf32>) -> tensor<1x1x2x3xf32>
  return %5 : tensor<1x1x2x3xf32>
}

// -----

// The shuffle gives x0 x2 x1 x3 of each image.
// CHECK-LABEL: @depthwise_convolution_hands_the_order_on
// CHECK-SAME: (%[[X:.*]]: tensor<2x4x5xf32>
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[\[}}1.000000e+00]], {{\[\[}}3.000000e+00]], {{\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[5.000000e+00, 7.000000e+00, 6.000000e+00, 8.000000e+00]>
// CHECK: %[[D:.*]] = cnn.conv %[[X]], %[[W]] bias(%[[B]])
// CHECK: %[[R:.*]] = cnn.map(%[[D]], %{{.*}})
// CHECK: %[[V:.*]] = arith.constant dense<{{\[\[\[}}1.000000e+00], [3.000000e+00], [2.000000e+00], [4.000000e+00]]]>
// CHECK: cnn.conv %[[R]], %[[V]]
func.func @depthwise_convolution_hands_the_order_on(%x: tensor<2x4x5xf32>, %s: tensor<2x1x5xf32>) -> tensor<2x1x5xf32> {
  %0 = cnn.reshape %x : (tensor<2x4x5xf32>) -> tensor<2x2x2x5xf32>
  %1 = cnn.transpose %0 [0, 2, 1, 3] : (tensor<2x2x2x5xf32>) -> tensor<2x2x2x5xf32>
  %2 = cnn.reshape %1 : (tensor<2x2x2x5xf32>) -> tensor<2x4x5xf32>
  %w = arith.constant dense<[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]> : tensor<4x1x1xf32>
  %b = arith.constant dense<[5.0, 6.0, 7.0, 8.0]> : tensor<4xf32>
  %3 = cnn.conv %2, %w bias(%b) {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 4 : i64}
    : (tensor<2x4x5xf32>, tensor<4x1x1xf32>, tensor<4xf32>) -> tensor<2x4x5xf32>
  %4 = cnn.map(%3, %s) : (tensor<2x4x5xf32>, tensor<2x1x5xf32>) -> tensor<2x4x5xf32> {
  ^bb0(%p: f32, %q: f32):
    %m = arith.mulf %p, %q : f32
    cnn.yield %m : f32
  }
  %v = arith.constant dense<[[[1.0], [2.0], [3.0], [4.0]]]> : tensor<1x4x1xf32>
  %5 = cnn.conv %4, %v {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<2x4x5xf32>, tensor<1x4x1xf32>) -> tensor<2x1x5xf32>
  return %5 : tensor<2x1x5xf32>
}

// -----

// Pairs of channels, the first of each in one half, the second in the other.
// CHECK-LABEL: @halves_of_a_transpose_over_the_batch
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x2x3xf32>)
// CHECK-NOT: cnn.transpose
// CHECK: %[[C0:.*]] = cnn.slice %[[X]] {starts = array<i64: 0, 1, 0, 0>
// CHECK: %[[C1:.*]] = cnn.slice %[[X]] {starts = array<i64: 0, 3, 0, 0>
// CHECK: %[[H:.*]] = cnn.concat(%[[C0]], %[[C1]])
// CHECK: cnn.conv %[[H]]
func.func @halves_of_a_transpose_over_the_batch(%x: tensor<1x4x2x3xf32>) -> tensor<1x1x2x3xf32> {
  %0 = cnn.reshape %x : (tensor<1x4x2x3xf32>) -> tensor<2x2x6xf32>
  %1 = cnn.transpose %0 [1, 0, 2] : (tensor<2x2x6xf32>) -> tensor<2x2x6xf32>
  %2 = cnn.reshape %1 : (tensor<2x2x6xf32>) -> tensor<2x1x2x2x3xf32>
  %3 = cnn.slice %2 {starts = array<i64: 1, 0, 0, 0, 0>, steps = array<i64: 1, 1, 1, 1, 1>} : (tensor<2x1x2x2x3xf32>) -> tensor<1x1x2x2x3xf32>
  %4 = cnn.reshape %3 : (tensor<1x1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
  %w = arith.constant dense<1.0> : tensor<1x2x1x1xf32>
  %5 = cnn.conv %4, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x2x2x3xf32>, tensor<1x2x1x1xf32>) -> tensor<1x1x2x3xf32>
  return %5 : tensor<1x1x2x3xf32>
}

// -----

// CHECK-LABEL: @nothing_to_gain_without_a_shuffle
// CHECK: cnn.concat(%arg1, %arg0)
// CHECK-NEXT: cnn.slice
// CHECK-NEXT: cnn.conv
func.func @nothing_to_gain_without_a_shuffle(%x: tensor<1x2x5xf32>, %y: tensor<1x2x5xf32>) -> tensor<1x1x5xf32> {
  %w = arith.constant dense<1.0> : tensor<1x3x1xf32>
  %0 = cnn.concat(%y, %x) {axis = 1 : i64} : (tensor<1x2x5xf32>, tensor<1x2x5xf32>) -> tensor<1x4x5xf32>
  %1 = cnn.slice %0 {starts = array<i64: 0, 1, 0>, steps = array<i64: 1, 1, 1>} : (tensor<1x4x5xf32>) -> tensor<1x3x5xf32>
  %2 = cnn.conv %1, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x3x5xf32>, tensor<1x3x1xf32>) -> tensor<1x1x5xf32>
  return %2 : tensor<1x1x5xf32>
}

// -----

// Another convolution, through a slice, needs the shuffle.
// CHECK-LABEL: @shuffle_that_is_needed_stays
// CHECK: cnn.transpose
// CHECK: %[[S:.*]] = cnn.reshape
// CHECK: cnn.conv %[[S]]
// CHECK: %[[T:.*]] = cnn.slice %[[S]]
// CHECK: cnn.conv %[[T]]
func.func @shuffle_that_is_needed_stays(%x: tensor<1x8x5xf32>, %v: tensor<1x4x1xf32>) -> (tensor<1x1x5xf32>, tensor<1x1x5xf32>) {
  %w = arith.constant dense<1.0> : tensor<1x8x1xf32>
  %0 = cnn.reshape %x : (tensor<1x8x5xf32>) -> tensor<1x2x4x5xf32>
  %1 = cnn.transpose %0 [0, 2, 1, 3] : (tensor<1x2x4x5xf32>) -> tensor<1x4x2x5xf32>
  %2 = cnn.reshape %1 : (tensor<1x4x2x5xf32>) -> tensor<1x8x5xf32>
  %3 = cnn.conv %2, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x8x5xf32>, tensor<1x8x1xf32>) -> tensor<1x1x5xf32>
  %4 = cnn.slice %2 {starts = array<i64: 0, 0, 0>, steps = array<i64: 1, 1, 1>} : (tensor<1x8x5xf32>) -> tensor<1x4x5xf32>
  %5 = cnn.conv %4, %v {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<1x4x1xf32>) -> tensor<1x1x5xf32>
  return %3, %5 : tensor<1x1x5xf32>, tensor<1x1x5xf32>
}

// -----

// CHECK-LABEL: @groups_need_their_channels
// CHECK: cnn.transpose
// CHECK: cnn.conv
func.func @groups_need_their_channels(%x: tensor<1x4x5xf32>) -> tensor<1x2x5xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2x1xf32>
  %0 = cnn.reshape %x : (tensor<1x4x5xf32>) -> tensor<1x2x2x5xf32>
  %1 = cnn.transpose %0 [0, 2, 1, 3] : (tensor<1x2x2x5xf32>) -> tensor<1x2x2x5xf32>
  %2 = cnn.reshape %1 : (tensor<1x2x2x5xf32>) -> tensor<1x4x5xf32>
  %3 = cnn.conv %2, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 2 : i64}
    : (tensor<1x4x5xf32>, tensor<2x2x1xf32>) -> tensor<1x2x5xf32>
  return %3 : tensor<1x2x5xf32>
}

// -----

// Every second channel would be a range of its own.
// CHECK-LABEL: @many_ranges_stay_a_shuffle
// CHECK: cnn.transpose
// CHECK-NOT: cnn.concat
func.func @many_ranges_stay_a_shuffle(%x: tensor<1x40x5xf32>) -> tensor<1x1x5xf32> {
  %w = arith.constant dense<1.0> : tensor<1x20x1xf32>
  %0 = cnn.slice %x {starts = array<i64: 0, 0, 0>, steps = array<i64: 1, 2, 1>} : (tensor<1x40x5xf32>) -> tensor<1x20x5xf32>
  %1 = cnn.reshape %0 : (tensor<1x20x5xf32>) -> tensor<1x2x10x5xf32>
  %2 = cnn.transpose %1 [0, 2, 1, 3] : (tensor<1x2x10x5xf32>) -> tensor<1x10x2x5xf32>
  %3 = cnn.reshape %2 : (tensor<1x10x2x5xf32>) -> tensor<1x20x5xf32>
  %4 = cnn.conv %3, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x20x5xf32>, tensor<1x20x1xf32>) -> tensor<1x1x5xf32>
  return %4 : tensor<1x1x5xf32>
}

// -----

// A transpose that mixes images, or channels with columns, is no shuffle.
// CHECK-LABEL: @other_transposes_stay
// CHECK: cnn.transpose %arg0 [1, 0, 2]
// CHECK: cnn.transpose %arg1 [0, 2, 1]
func.func @other_transposes_stay(%x: tensor<2x2x5xf32>, %y: tensor<1x5x2xf32>) -> (tensor<2x1x5xf32>, tensor<1x1x5xf32>) {
  %w = arith.constant dense<1.0> : tensor<1x2x1xf32>
  %0 = cnn.transpose %x [1, 0, 2] : (tensor<2x2x5xf32>) -> tensor<2x2x5xf32>
  %1 = cnn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<2x2x5xf32>, tensor<1x2x1xf32>) -> tensor<2x1x5xf32>
  %2 = cnn.transpose %y [0, 2, 1] : (tensor<1x5x2xf32>) -> tensor<1x2x5xf32>
  %3 = cnn.conv %2, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x2x5xf32>, tensor<1x2x1xf32>) -> tensor<1x1x5xf32>
  return %1, %3 : tensor<2x1x5xf32>, tensor<1x1x5xf32>
}

// -----

// Two shuffles give x0 x2 x4 x6 x1 x3 x5 x7. Only the convolution can do without that order.
// CHECK-LABEL: @two_shuffles_become_one
// CHECK-SAME: (%[[X:.*]]: tensor<1x8x5xf32>
// CHECK-NOT: cnn.transpose
// CHECK: %[[I:.*]] = arith.constant dense<[0, 2, 4, 6, 1, 3, 5, 7]>
// CHECK-NEXT: %[[ORDERED:.*]] = cnn.gather %[[X]][%[[I]]] {axis = 1 : i64}
// CHECK: %[[Y:.*]] = cnn.conv %[[X]]
// CHECK: return %[[ORDERED]], %[[Y]]
func.func @two_shuffles_become_one(%x: tensor<1x8x5xf32>) -> (tensor<1x8x5xf32>, tensor<1x1x5xf32>) {
  %w = arith.constant dense<1.0> : tensor<1x8x1xf32>
  %0 = cnn.reshape %x : (tensor<1x8x5xf32>) -> tensor<1x2x4x5xf32>
  %1 = cnn.transpose %0 [0, 2, 1, 3] : (tensor<1x2x4x5xf32>) -> tensor<1x4x2x5xf32>
  %2 = cnn.reshape %1 : (tensor<1x4x2x5xf32>) -> tensor<1x2x4x5xf32>
  %3 = cnn.transpose %2 [0, 2, 1, 3] : (tensor<1x2x4x5xf32>) -> tensor<1x4x2x5xf32>
  %4 = cnn.reshape %3 : (tensor<1x4x2x5xf32>) -> tensor<1x8x5xf32>
  %5 = cnn.conv %4, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64}
    : (tensor<1x8x5xf32>, tensor<1x8x1xf32>) -> tensor<1x1x5xf32>
  return %4, %5 : tensor<1x8x5xf32>, tensor<1x1x5xf32>
}

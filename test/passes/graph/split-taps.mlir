// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --split-taps --fold-constants --split-input-file %s | FileCheck %s

// Rows 14 apart of a map of 14: the middle alone reads the input.
// CHECK-LABEL: @dead_taps
// CHECK-SAME: (%[[X:[^:]*]]: tensor
// CHECK: %[[W:.*]] = arith.constant dense<{{.*}}> : tensor<8x16x1x1xf32>
// CHECK: cnn.conv %[[X]], %[[W]] {{.*}}pads = array<i64: 0, 0, 0, 0>
func.func @dead_taps(%x: tensor<1x16x14x14xf32>) -> tensor<1x8x14x14xf32> {
  %w = arith.constant dense<1.0> : tensor<8x16x3x3xf32>
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 14, 20, 14, 20>, dilations = array<i64: 14, 20>, group = 1 : i64} : (tensor<1x16x14x14xf32>, tensor<8x16x3x3xf32>) -> tensor<1x8x14x14xf32>
  return %0 : tensor<1x8x14x14xf32>
}

// -----

// The first tap reads nothing, the second one begins behind the first element. Groups are as good.
// CHECK-LABEL: @sliced
// CHECK: %[[X:.*]] = cnn.slice %arg0 {starts = array<i64: 0, 0, 1>, steps = array<i64: 1, 1, 1>}
// CHECK-SAME: -> tensor<1x16x2xf32>
// CHECK: cnn.conv %[[X]], %{{.*}} {dilations = array<i64: 5>, group = 16 : i64, pads = array<i64: 0, 0>
// CHECK-SAME: tensor<16x1x1xf32>) -> tensor<1x16x2xf32>
func.func @sliced(%x: tensor<1x16x3xf32>) -> tensor<1x16x2xf32> {
  %w = arith.constant dense<1.0> : tensor<16x1x2xf32>
  %0 = cnn.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 4, 0>, dilations = array<i64: 5>, group = 16 : i64} : (tensor<1x16x3xf32>, tensor<16x1x2xf32>) -> tensor<1x16x2xf32>
  return %0 : tensor<1x16x2xf32>
}

// -----

// The outer taps read two rows of 14.
// CHECK-LABEL: @mostly_padding
// CHECK-SAME: (%[[X:[^:]*]]: tensor
// CHECK: %[[MIDDLE:.*]] = cnn.conv %[[X]], %{{.*}} bias({{.*}}pads = array<i64: 0, 0>
// CHECK: %[[LAST:.*]] = cnn.slice %[[X]] {starts = array<i64: 0, 0, 0>
// CHECK: %[[A:.*]] = cnn.conv %[[LAST]], %{{[^ ]*}} {
// CHECK: %[[B:.*]] = cnn.pad constant %[[A]] {high = array<i64: 0, 0, 0>, low = array<i64: 0, 0, 12>
// CHECK: %[[FIRST:.*]] = cnn.slice %[[X]] {starts = array<i64: 0, 0, 12>
// CHECK: %[[C:.*]] = cnn.conv %[[FIRST]], %{{[^ ]*}} {
// CHECK: %[[D:.*]] = cnn.pad constant %[[C]] {high = array<i64: 0, 0, 12>, low = array<i64: 0, 0, 0>
// CHECK: cnn.map(%[[MIDDLE]], %[[B]], %[[D]])
func.func @mostly_padding(%x: tensor<1x512x14xf32>, %b: tensor<512xf32>) -> tensor<1x512x14xf32> {
  %w = arith.constant dense<1.0> : tensor<512x512x3xf32>
  %0 = cnn.conv %x, %w bias(%b) {strides = array<i64: 1>, pads = array<i64: 12, 12>, dilations = array<i64: 12>, group = 1 : i64} : (tensor<1x512x14xf32>, tensor<512x512x3xf32>, tensor<512xf32>) -> tensor<1x512x14xf32>
  return %0 : tensor<1x512x14xf32>
}

// -----

// CHECK-LABEL: @small_work_stays
// CHECK: cnn.conv %arg0, {{.*}}tensor<8x8x3xf32>
func.func @small_work_stays(%x: tensor<1x8x14xf32>) -> tensor<1x8x14xf32> {
  %w = arith.constant dense<1.0> : tensor<8x8x3xf32>
  %0 = cnn.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 12, 12>, dilations = array<i64: 12>, group = 1 : i64} : (tensor<1x8x14xf32>, tensor<8x8x3xf32>) -> tensor<1x8x14xf32>
  return %0 : tensor<1x8x14xf32>
}

// -----

// Two of its taps read padding alone, as those of the constant filter below.
// CHECK-LABEL: @computed_filter_stays
// CHECK-NEXT: %[[ALL:.*]] = cnn.conv %arg0, %arg1 {{.*}} pads = array<i64: 4, 4>
// CHECK-NEXT: return %[[ALL]]
// CHECK-LABEL: @constant_filter_is_trimmed
// CHECK: cnn.conv %arg0, %{{.*}} pads = array<i64: 0, 0>{{.*}} tensor<8x8x1xf32>
func.func @computed_filter_stays(%x: tensor<1x8x4xf32>, %w: tensor<8x8x3xf32>) -> tensor<1x8x4xf32> {
  %0 = cnn.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 4, 4>, dilations = array<i64: 4>, group = 1 : i64} : (tensor<1x8x4xf32>, tensor<8x8x3xf32>) -> tensor<1x8x4xf32>
  return %0 : tensor<1x8x4xf32>
}
func.func @constant_filter_is_trimmed(%x: tensor<1x8x4xf32>) -> tensor<1x8x4xf32> {
  %w = arith.constant dense<1.0> : tensor<8x8x3xf32>
  %0 = cnn.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 4, 4>, dilations = array<i64: 4>, group = 1 : i64} : (tensor<1x8x4xf32>, tensor<8x8x3xf32>) -> tensor<1x8x4xf32>
  return %0 : tensor<1x8x4xf32>
}

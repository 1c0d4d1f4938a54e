// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --fuse-reduce --split-input-file %s | FileCheck %s

// CHECK-LABEL: @sum_of_squares
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>)
// CHECK-NEXT: cnn.reduce sum(%[[X]])
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32):
// CHECK-NEXT: %[[S:.*]] = arith.mulf %[[A]], %[[A]]
// CHECK-NEXT: cnn.yield %[[S]]
// CHECK-NOT: cnn.map
func.func @sum_of_squares(%x: tensor<2x3xf32>) -> tensor<2x1xf32> {
  %0 = cnn.map(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %s = arith.mulf %a, %a : f32
    cnn.yield %s : f32
  }
  %1 = cnn.reduce sum(%0) {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return %1 : tensor<2x1xf32>
}

// -----

// Without the map nothing would say how many elements are summed.
// CHECK-LABEL: @expanding_map_is_not_fused
// CHECK: cnn.map
func.func @expanding_map_is_not_fused(%x: tensor<2x1xf32>) -> tensor<2x1xf32> {
  %0 = cnn.map(%x) : (tensor<2x1xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  %1 = cnn.reduce sum(%0) {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return %1 : tensor<2x1xf32>
}

// -----

// CHECK-LABEL: @map_with_two_users_is_not_fused
// CHECK: cnn.map
func.func @map_with_two_users_is_not_fused(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x1xf32>) {
  %0 = cnn.map(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %e = math.exp %a : f32
    cnn.yield %e : f32
  }
  %1 = cnn.reduce sum(%0) {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return %0, %1 : tensor<2x3xf32>, tensor<2x1xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --fold-constants --split-input-file %s | FileCheck %s

// CHECK-LABEL: @movement
// CHECK-NEXT: %[[C:.*]] = arith.constant dense<[3.000000e+00, 6.000000e+00, 0.000000e+00, 2.000000e+00, 5.000000e+00, 0.000000e+00]> : tensor<6xf32>
// CHECK-NEXT: return %[[C]]
func.func @movement() -> tensor<6xf32> {
  %c = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %0 = cnn.transpose %c [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = cnn.slice %0 {starts = array<i64: 2, 0>, steps = array<i64: -1, 1>} : (tensor<3x2xf32>) -> tensor<2x2xf32>
  %2 = cnn.pad constant %1 {low = array<i64: 0, 0>, high = array<i64: 0, 1>, value = 0.0 : f32} : (tensor<2x2xf32>) -> tensor<2x3xf32>
  %3 = cnn.reshape %2 : (tensor<2x3xf32>) -> tensor<6xf32>
  return %3 : tensor<6xf32>
}

// -----

// CHECK-LABEL: @broadcast_sum_of_integers
// CHECK-NEXT: %[[C:.*]] = arith.constant dense<[{{\[}}11, 12], [21, 22]]> : tensor<2x2xi64>
// CHECK-NEXT: return %[[C]]
func.func @broadcast_sum_of_integers() -> tensor<2x2xi64> {
  %c = arith.constant dense<[[1, 2]]> : tensor<1x2xi64>
  %d = arith.constant dense<[[10], [20]]> : tensor<2x1xi64>
  %0 = cnn.map(%c, %d) : (tensor<1x2xi64>, tensor<2x1xi64>) -> tensor<2x2xi64> {
  ^bb0(%a: i64, %b: i64):
    %s = arith.addi %a, %b : i64
    cnn.yield %s : i64
  }
  return %0 : tensor<2x2xi64>
}

// -----

// CHECK-LABEL: @concat_and_square_root
// CHECK-NEXT: arith.constant dense<[3.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT: return
func.func @concat_and_square_root() -> tensor<2xf32> {
  %c = arith.constant dense<9.0> : tensor<1xf32>
  %d = arith.constant dense<4.0> : tensor<1xf32>
  %0 = cnn.concat (%c, %d) {axis = 0 : i64} : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
  %1 = cnn.map(%0) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%a: f32):
    %s = math.sqrt %a : f32
    cnn.yield %s : f32
  }
  return %1 : tensor<2xf32>
}

// -----

// CHECK-LABEL: @large_broadcast_is_not_stored
// CHECK: cnn.map
func.func @large_broadcast_is_not_stored() -> tensor<2x1048576xf32> {
  %c = arith.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %0 = cnn.map(%c) : (tensor<2x1xf32>) -> tensor<2x1048576xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return %0 : tensor<2x1048576xf32>
}

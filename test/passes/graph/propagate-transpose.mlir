// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --propagate-transpose --fold-constants --split-input-file %s | FileCheck %s

// The graph of a channels-last exporter: bias, activation, residual and mean between transposes.
// CHECK-LABEL: @channels_last_graph
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x3x3xf32>, %[[Y:.*]]: tensor<1x2x3x3xf32>)
func.func @channels_last_graph(%x: tensor<1x2x3x3xf32>, %y: tensor<1x2x3x3xf32>) -> tensor<1x2x1x1xf32> {
  // CHECK-DAG: %[[C:.*]] = arith.constant dense<[{{\[}}{{\[}}[1.000000e+00]], {{\[}}[2.000000e+00]]]]> : tensor<1x2x1x1xf32>
  // CHECK-DAG: %[[A:.*]] = cnn.map(%[[X]], %[[C]])
  // CHECK: %[[B:.*]] = cnn.map(%[[A]], %[[Y]])
  // CHECK: %[[R:.*]] = cnn.reduce sum(%[[B]]) {axes = array<i64: 2, 3>}
  // CHECK: return %[[R]]
  %bias = arith.constant dense<[[[[1.0, 2.0]]]]> : tensor<1x1x1x2xf32>
  %0 = cnn.transpose %x [0, 2, 3, 1] : (tensor<1x2x3x3xf32>) -> tensor<1x3x3x2xf32>
  %1 = cnn.map(%0, %bias) : (tensor<1x3x3x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x3x3x2xf32> {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    cnn.yield %s : f32
  }
  %2 = cnn.transpose %y [0, 2, 3, 1] : (tensor<1x2x3x3xf32>) -> tensor<1x3x3x2xf32>
  %3 = cnn.map(%1, %2) : (tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    cnn.yield %s : f32
  }
  %4 = cnn.reduce sum(%3) {axes = array<i64: 1, 2>} : (tensor<1x3x3x2xf32>) -> tensor<1x1x1x2xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  %5 = cnn.transpose %4 [0, 3, 1, 2] : (tensor<1x1x1x2xf32>) -> tensor<1x2x1x1xf32>
  return %5 : tensor<1x2x1x1xf32>
}

// -----

// CHECK-LABEL: @attributes_follow
// CHECK: cnn.pad constant %{{.*}} {high = array<i64: 0, 0, 2>, low = array<i64: 0, 1, 0>
// CHECK: cnn.slice %{{.*}} {starts = array<i64: 0, 1, 0>, steps = array<i64: 1, 2, 1>}
// CHECK: cnn.concat{{.*}}axis = 2
// CHECK: cnn.transpose %{{.*}} [0, 2, 1]
func.func @attributes_follow(%x: tensor<1x4x6xf32>) -> tensor<1x16x2xf32> {
  %0 = cnn.transpose %x [0, 2, 1] : (tensor<1x4x6xf32>) -> tensor<1x6x4xf32>
  %1 = cnn.pad constant %0 {low = array<i64: 0, 0, 1>, high = array<i64: 0, 2, 0>, value = 0.0 : f32} : (tensor<1x6x4xf32>) -> tensor<1x8x5xf32>
  %2 = cnn.slice %1 {starts = array<i64: 0, 0, 1>, steps = array<i64: 1, 1, 2>} : (tensor<1x8x5xf32>) -> tensor<1x8x2xf32>
  %3 = cnn.concat (%2, %2) {axis = 1 : i64} : (tensor<1x8x2xf32>, tensor<1x8x2xf32>) -> tensor<1x16x2xf32>
  return %3 : tensor<1x16x2xf32>
}

// -----

// CHECK-LABEL: @inputs_transposed_differently_stay
// CHECK-COUNT-2: cnn.transpose
// CHECK: cnn.map
func.func @inputs_transposed_differently_stay(%x: tensor<2x2x2xf32>, %y: tensor<2x2x2xf32>) -> tensor<2x2x2xf32> {
  %0 = cnn.transpose %x [0, 2, 1] : (tensor<2x2x2xf32>) -> tensor<2x2x2xf32>
  %1 = cnn.transpose %y [1, 0, 2] : (tensor<2x2x2xf32>) -> tensor<2x2x2xf32>
  %2 = cnn.map(%0, %1) : (tensor<2x2x2xf32>, tensor<2x2x2xf32>) -> tensor<2x2x2xf32> {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    cnn.yield %s : f32
  }
  return %2 : tensor<2x2x2xf32>
}

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

// -----

// CHECK-LABEL: @nothing_beside_a_map_is_the_map
// CHECK-NEXT: return %arg0
func.func @nothing_beside_a_map_is_the_map(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %s = cnn.slice %x {starts = array<i64: 0, 0, 0, 0>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x8x4x4xf32>) -> tensor<1x0x4x4xf32>
  %r = cnn.map(%s) : (tensor<1x0x4x4xf32>) -> tensor<1x0x4x4xf32> {
  ^bb0(%v: f32):
    %e = math.absf %v : f32
    cnn.yield %e : f32
  }
  %c = cnn.concat(%r, %x) {axis = 1 : i64} : (tensor<1x0x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %c : tensor<1x8x4x4xf32>
}

// -----

// What a reduction of nothing starts from; a mean has no number.
// CHECK-LABEL: @reductions_of_nothing
// CHECK-DAG: arith.constant dense<-1.000000e+00> : tensor<2x1xf32>
// CHECK-DAG: arith.constant dense<-128> : tensor<2x1xi8>
// CHECK-DAG: arith.constant dense<0x7FC00000> : tensor<2x1xf32>
// CHECK-NOT: cnn.reduce
func.func @reductions_of_nothing(%x: tensor<2x0xf32>, %i: tensor<2x0xi8>) -> (tensor<2x1xf32>, tensor<2x1xi8>, tensor<2x1xf32>) {
  %prod = cnn.reduce prod(%x) {axes = array<i64: 1>, scale = -1.0 : f64} : (tensor<2x0xf32>) -> tensor<2x1xf32> {
  ^bb0(%v: f32):
    cnn.yield %v : f32
  }
  %max = cnn.reduce max(%i) {axes = array<i64: 1>} : (tensor<2x0xi8>) -> tensor<2x1xi8> {
  ^bb0(%v: i8):
    cnn.yield %v : i8
  }
  %mean = cnn.reduce sum(%x) {axes = array<i64: 1>, scale = 0x7FF0000000000000 : f64} : (tensor<2x0xf32>) -> tensor<2x1xf32> {
  ^bb0(%v: f32):
    cnn.yield %v : f32
  }
  return %prod, %max, %mean : tensor<2x1xf32>, tensor<2x1xi8>, tensor<2x1xf32>
}

// -----

// The epilogue, too, sees an accumulator to which nothing was added.
// CHECK-LABEL: @product_over_nothing
// CHECK-NOT: cnn.matmul
// CHECK: cnn.map
// CHECK: return
func.func @product_over_nothing(%a: tensor<2x0xf32>, %b: tensor<0x3xf32>, %c: tensor<1x3xf32>) -> tensor<2x3xf32> {
  %y = cnn.matmul %a, %b extras(%c) : (tensor<2x0xf32>, tensor<0x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32> epilogue {
  ^bb0(%acc: f32, %e: f32):
    %s = arith.addf %acc, %e : f32
    cnn.yield %s : f32
  }
  return %y : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @inputs_without_elements_are_not_returned
// CHECK-NEXT: %[[NONE:.*]] = arith.constant dense<> : tensor<2x0xf32>
// CHECK-NEXT: return %[[NONE]]
func.func @inputs_without_elements_are_not_returned(%x: tensor<2x0xf32>) -> tensor<2x0xf32> {
  return %x : tensor<2x0xf32>
}

// -----

// Rounding to a narrow float and back is no identity.
// CHECK-LABEL: @narrow_floats
// CHECK-DAG: arith.constant dense<[1.000000e+00, 0x7F800000]> : tensor<2xf32>
func.func @narrow_floats() -> tensor<2xf32> {
  %c = arith.constant dense<[1.0001, 70000.0]> : tensor<2xf32>
  %0 = cnn.map(%c) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%v: f32):
    %n = arith.truncf %v : f32 to f16
    %w = arith.extf %n : f16 to f32
    cnn.yield %w : f32
  }
  return %0 : tensor<2xf32>
}

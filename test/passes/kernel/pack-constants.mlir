// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --pack-constants | FileCheck %s

// CHECK-LABEL: @relayout_of_a_constant
func.func @relayout_of_a_constant() -> tensor<1x2x16xf32> {
  // The lanes past the extent are zero.
  // CHECK: arith.constant dense_resource<constant_packed> : tensor<1x2x16xf32>
  // CHECK-NOT: kernel.relayout
  // CHECK-NOT: tensor.empty
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %e = tensor.empty() : tensor<1x2x16xf32>
  %p = kernel.relayout ins(%w : tensor<2x2xf32>) outs(%e : tensor<1x2x16xf32>) {shape = array<i64: 2, 2>, a_order = array<i64: 0, 1>, a_block = -1 : i64, out_order = array<i64: 0, 1>, out_block = 0 : i64} -> tensor<1x2x16xf32>
  return %p : tensor<1x2x16xf32>
}

// CHECK-LABEL: @permutation_of_a_constant
func.func @permutation_of_a_constant() -> tensor<3x2xf32> {
  // CHECK: arith.constant dense<{{\[\[}}1.000000e+00, 4.000000e+00], [2.000000e+00, 5.000000e+00], [3.000000e+00, 6.000000e+00]]>
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %e = tensor.empty() : tensor<3x2xf32>
  %p = kernel.relayout ins(%w : tensor<2x3xf32>) outs(%e : tensor<3x2xf32>) {shape = array<i64: 2, 3>, a_order = array<i64: 0, 1>, a_block = -1 : i64, out_order = array<i64: 1, 0>, out_block = -1 : i64} -> tensor<3x2xf32>
  return %p : tensor<3x2xf32>
}

// CHECK-LABEL: @chain_of_changes
func.func @chain_of_changes() -> tensor<2x3xf32> {
  // CHECK: %[[PACKED:.*]] = arith.constant dense<{{\[\[}}0.000000e+00, 1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00, 0.000000e+00]]>
  // CHECK: return %[[PACKED]]
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = kernel.reshape %w : tensor<2x2xf32> to tensor<4xf32>
  %1 = kernel.pad %0 {low = array<i64: 1>, high = array<i64: 1>, value = 0.0 : f32} : tensor<4xf32> to tensor<6xf32>
  %2 = kernel.reshape %1 : tensor<6xf32> to tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// CHECK-LABEL: @what_is_no_constant_stays
func.func @what_is_no_constant_stays(%w: tensor<4xf32>) -> tensor<5xf32> {
  // CHECK: kernel.pad
  %0 = kernel.pad %w {low = array<i64: 1>, high = array<i64: 0>, value = 0.0 : f32} : tensor<4xf32> to tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @one_filter_for_two_convolutions
func.func @one_filter_for_two_convolutions() -> (tensor<17xf32>, tensor<17xf32>) {
  // CHECK-COUNT-2: dense_resource<constant_packed_1>
  %w = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0]> : tensor<16xf32>
  %0 = kernel.pad %w {low = array<i64: 1>, high = array<i64: 0>, value = 0.0 : f32} : tensor<16xf32> to tensor<17xf32>
  %1 = kernel.pad %w {low = array<i64: 1>, high = array<i64: 0>, value = 0.0 : f32} : tensor<16xf32> to tensor<17xf32>
  return %0, %1 : tensor<17xf32>, tensor<17xf32>
}

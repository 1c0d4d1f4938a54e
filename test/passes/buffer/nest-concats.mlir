// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --nest-concats | FileCheck %s

// CHECK-LABEL: @dense_block
// CHECK: %[[FIRST:.*]] = kernel.concat(%arg0, %arg1)
// CHECK: %[[SECOND:.*]] = kernel.concat(%[[FIRST]], %arg2)
// CHECK: kernel.concat(%[[SECOND]], %arg3)
func.func @dense_block(%a: tensor<1x1x4x16xf32>, %b: tensor<1x1x4x16xf32>, %c: tensor<1x1x4x16xf32>, %d: tensor<1x1x4x16xf32>) -> tensor<1x4x4x16xf32> {
  %0 = kernel.concat(%a, %b) {axis = 1 : i64} : (tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>) -> tensor<1x2x4x16xf32>
  %1 = kernel.concat(%a, %b, %c) {axis = 1 : i64} : (tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>) -> tensor<1x3x4x16xf32>
  %2 = kernel.concat(%a, %b, %c, %d) {axis = 1 : i64} : (tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>) -> tensor<1x4x4x16xf32>
  return %2 : tensor<1x4x4x16xf32>
}

// CHECK-LABEL: @other_order_or_axis_stays
// CHECK: kernel.concat(%arg0, %arg1) {axis = 1
// CHECK: kernel.concat(%arg1, %arg0, %arg1) {axis = 1
// CHECK: kernel.concat(%arg0, %arg1) {axis = 2
func.func @other_order_or_axis_stays(%a: tensor<1x1x4x16xf32>, %b: tensor<1x1x4x16xf32>) -> (tensor<1x3x4x16xf32>, tensor<1x1x8x16xf32>) {
  %0 = kernel.concat(%a, %b) {axis = 1 : i64} : (tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>) -> tensor<1x2x4x16xf32>
  %1 = kernel.concat(%b, %a, %b) {axis = 1 : i64} : (tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>) -> tensor<1x3x4x16xf32>
  %2 = kernel.concat(%a, %b) {axis = 2 : i64} : (tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>) -> tensor<1x1x8x16xf32>
  return %1, %2 : tensor<1x3x4x16xf32>, tensor<1x1x8x16xf32>
}

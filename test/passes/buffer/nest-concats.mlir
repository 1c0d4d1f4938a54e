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

// CHECK-LABEL: @parts_of_a_split_tensor_are_the_tensor
// CHECK: kernel.concat(%arg1, %arg0, %arg1)
func.func @parts_of_a_split_tensor_are_the_tensor(%a: tensor<1x4x4x16xf32>, %b: tensor<1x1x4x16xf32>) -> tensor<1x6x4x16xf32> {
  %0 = tensor.extract_slice %a[0, 0, 0, 0] [1, 1, 4, 16] [1, 1, 1, 1] : tensor<1x4x4x16xf32> to tensor<1x1x4x16xf32>
  %1 = tensor.extract_slice %a[0, 1, 0, 0] [1, 3, 4, 16] [1, 1, 1, 1] : tensor<1x4x4x16xf32> to tensor<1x3x4x16xf32>
  %2 = kernel.concat(%b, %0, %1, %b) {axis = 1 : i64} : (tensor<1x1x4x16xf32>, tensor<1x1x4x16xf32>, tensor<1x3x4x16xf32>, tensor<1x1x4x16xf32>) -> tensor<1x6x4x16xf32>
  return %2 : tensor<1x6x4x16xf32>
}

// CHECK-LABEL: @parts_in_another_order_or_number_stay
// CHECK: %[[FIRST:.*]] = tensor.extract_slice
// CHECK: %[[SECOND:.*]] = tensor.extract_slice
// CHECK: kernel.concat(%[[SECOND]], %[[FIRST]])
// CHECK: kernel.concat(%[[FIRST]], %arg1)
func.func @parts_in_another_order_or_number_stay(%a: tensor<1x4x4x16xf32>, %b: tensor<1x2x4x16xf32>) -> (tensor<1x4x4x16xf32>, tensor<1x4x4x16xf32>) {
  %0 = tensor.extract_slice %a[0, 0, 0, 0] [1, 2, 4, 16] [1, 1, 1, 1] : tensor<1x4x4x16xf32> to tensor<1x2x4x16xf32>
  %1 = tensor.extract_slice %a[0, 2, 0, 0] [1, 2, 4, 16] [1, 1, 1, 1] : tensor<1x4x4x16xf32> to tensor<1x2x4x16xf32>
  %2 = kernel.concat(%1, %0) {axis = 1 : i64} : (tensor<1x2x4x16xf32>, tensor<1x2x4x16xf32>) -> tensor<1x4x4x16xf32>
  %3 = kernel.concat(%0, %b) {axis = 1 : i64} : (tensor<1x2x4x16xf32>, tensor<1x2x4x16xf32>) -> tensor<1x4x4x16xf32>
  return %2, %3 : tensor<1x4x4x16xf32>, tensor<1x4x4x16xf32>
}

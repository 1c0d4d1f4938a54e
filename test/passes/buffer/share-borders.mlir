// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --share-borders | FileCheck %s

// CHECK-LABEL: @narrower_border_is_part_of_the_wider
// CHECK: %[[WIDE:.*]] = kernel.pad %arg0 {high = array<i64: 0, 2, 1, 0>, low = array<i64: 0, 2, 2, 0>, value = 0.000000e+00 : f32}
// CHECK-SAME: to tensor<1x12x11x16xf32>
// CHECK-NOT: kernel.pad
// CHECK: %[[NARROW:.*]] = tensor.extract_slice %[[WIDE]][0, 1, 1, 0] [1, 10, 10, 16] [1, 1, 1, 1]
// CHECK: return %[[NARROW]], %[[WIDE]]
func.func @narrower_border_is_part_of_the_wider(%x: tensor<1x8x8x16xf32>) -> (tensor<1x10x10x16xf32>, tensor<1x12x11x16xf32>) {
  %0 = kernel.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>, value = 0.0 : f32} : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  %1 = kernel.pad %x {low = array<i64: 0, 2, 2, 0>, high = array<i64: 0, 2, 1, 0>, value = 0.0 : f32} : tensor<1x8x8x16xf32> to tensor<1x12x11x16xf32>
  return %0, %1 : tensor<1x10x10x16xf32>, tensor<1x12x11x16xf32>
}

// CHECK-LABEL: @equal_borders_become_one
// CHECK-COUNT-1: kernel.pad
// CHECK-NOT: kernel.pad
func.func @equal_borders_become_one(%x: tensor<1x8x8x16xf32>) -> (tensor<1x10x10x16xf32>, tensor<1x10x10x16xf32>) {
  %0 = kernel.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>, value = 0.0 : f32} : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  %1 = kernel.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>, value = 0.0 : f32} : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  return %0, %1 : tensor<1x10x10x16xf32>, tensor<1x10x10x16xf32>
}

// CHECK-LABEL: @borders_of_other_values_stay
// CHECK-COUNT-2: kernel.pad %arg0
func.func @borders_of_other_values_stay(%x: tensor<1x8x8x16xf32>) -> (tensor<1x10x10x16xf32>, tensor<1x10x10x16xf32>) {
  %0 = kernel.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>, value = 0.0 : f32} : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  %1 = kernel.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>, value = 0xFF800000 : f32} : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  return %0, %1 : tensor<1x10x10x16xf32>, tensor<1x10x10x16xf32>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --eliminate-dead-code %s | FileCheck %s

// CHECK-LABEL: @unused
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>)
// CHECK-NEXT: return %[[X]]
func.func @unused(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = arith.constant dense_resource<weights> : tensor<2xf32>
  %0 = cnn.map(%x, %c) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    cnn.yield %s : f32
  }
  %1 = cnn.reshape %0 : (tensor<2xf32>) -> tensor<1x2xf32>
  return %x : tensor<2xf32>
}

// The weights are gone with their only user.
// CHECK-NOT: 0x04000000
{-# dialect_resources: { builtin: { weights: "0x040000000000803F00000040" } } #-}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --fold-batch-norm --split-input-file %s | FileCheck %s

// CHECK-LABEL: @constant_statistics
// CHECK-DAG: %[[SCALE:.*]] = arith.constant dense<[{{\[}}[2.000000e+00], [1.500000e+00]]]> : tensor<1x2x1xf32>
// CHECK-DAG: %[[SHIFT:.*]] = arith.constant dense<[{{\[}}[-1.000000e+00], [-3.000000e+00]]]> : tensor<1x2x1xf32>
// CHECK: cnn.map(%{{.*}}, %[[SCALE]], %[[SHIFT]])
// CHECK-NEXT: ^bb0(%[[X:.*]]: f32, %[[A:.*]]: f32, %[[B:.*]]: f32):
// CHECK-NEXT: %[[M:.*]] = arith.mulf %[[X]], %[[A]]
// CHECK-NEXT: arith.addf %[[M]], %[[B]]
// CHECK-NOT: cnn.batch_norm
func.func @constant_statistics(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %scale = arith.constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = arith.constant dense<[1.0, 0.0]> : tensor<2xf32>
  %mean = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %variance = arith.constant dense<[3.0, 3.0]> : tensor<2xf32>
  %0 = cnn.batch_norm %x, %scale, %bias, %mean, %variance {epsilon = 1.0 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %0 : tensor<1x2x3xf32>
}

// -----

// CHECK-LABEL: @computed_statistics
// CHECK: %[[V:.*]] = cnn.reshape %{{.*}} : (tensor<2xf32>) -> tensor<1x2x1xf32>
// CHECK: cnn.map
// CHECK: math.sqrt
// CHECK-NOT: cnn.batch_norm
func.func @computed_statistics(%x: tensor<1x2x3xf32>, %s: tensor<2xf32>) -> tensor<1x2x3xf32> {
  %0 = cnn.batch_norm %x, %s, %s, %s, %s {epsilon = 1.0 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %0 : tensor<1x2x3xf32>
}

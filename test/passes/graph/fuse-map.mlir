// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --fuse-map --split-input-file %s | FileCheck %s

// CHECK-LABEL: @sigmoid_times_x
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>)
func.func @sigmoid_times_x(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: %[[Y:.*]] = cnn.map(%[[X]])
  // CHECK-NEXT: ^bb0(%[[A:.*]]: f32):
  // CHECK-NEXT: %[[E:.*]] = math.exp %[[A]]
  // CHECK-NEXT: %[[M:.*]] = arith.mulf %[[A]], %[[E]]
  // CHECK-NEXT: cnn.yield %[[M]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return %[[Y]]
  %0 = cnn.map(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %e = math.exp %a : f32
    cnn.yield %e : f32
  }
  %1 = cnn.map(%x, %0) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.mulf %a, %b : f32
    cnn.yield %m : f32
  }
  return %1 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @uniform_constant_becomes_a_scalar
func.func @uniform_constant_becomes_a_scalar(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK: cnn.map(%{{[a-z0-9]*}}) :
  // CHECK-NEXT: ^bb0(%[[A:.*]]: f32):
  // CHECK-NEXT: %[[C:.*]] = arith.constant 3.0
  // CHECK-NEXT: arith.mulf %[[A]], %[[C]]
  %c = arith.constant dense<3.0> : tensor<1x1xf32>
  %0 = cnn.map(%x, %c) : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.mulf %a, %b : f32
    cnn.yield %m : f32
  }
  return %0 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @expensive_producer_with_two_users_is_not_fused
// CHECK: math.exp
// CHECK-COUNT-2: cnn.map
func.func @expensive_producer_with_two_users_is_not_fused(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = cnn.map(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %e = math.exp %a : f32
    cnn.yield %e : f32
  }
  %1 = cnn.map(%0) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %m = math.sqrt %a : f32
    cnn.yield %m : f32
  }
  %2 = cnn.map(%0) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %m = math.absf %a : f32
    cnn.yield %m : f32
  }
  return %1, %2 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @difference_from_the_mean_is_computed_twice_rather_than_stored
// CHECK-COUNT-2: arith.subf
// CHECK-NOT: cnn.map
func.func @difference_from_the_mean_is_computed_twice_rather_than_stored(%x: tensor<2x3xf32>, %mean: tensor<2x1xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = cnn.map(%x, %mean) : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32, %m: f32):
    %d = arith.subf %a, %m : f32
    cnn.yield %d : f32
  }
  %1 = cnn.map(%0) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %m = arith.mulf %a, %a : f32
    cnn.yield %m : f32
  }
  %2 = cnn.map(%0) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %m = math.absf %a : f32
    cnn.yield %m : f32
  }
  return %x, %1, %2 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @producer_of_a_broadcast_is_not_fused
// CHECK-COUNT-2: cnn.map
func.func @producer_of_a_broadcast_is_not_fused(%x: tensor<2x3xf32>, %y: tensor<2x1xf32>) -> tensor<2x3xf32> {
  %0 = cnn.map(%y) : (tensor<2x1xf32>) -> tensor<2x1xf32> {
  ^bb0(%a: f32):
    %e = math.exp %a : f32
    cnn.yield %e : f32
  }
  %1 = cnn.map(%x, %0) : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.mulf %a, %b : f32
    cnn.yield %m : f32
  }
  return %1 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @swish
func.func @swish(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK: %[[H:.*]] = arith.mulf %[[A:.*]], %{{.*}} : f32
  // CHECK-NEXT: %[[T:.*]] = math.tanh %[[H]]
  // CHECK-NEXT: %[[S:.*]] = arith.addf %[[T]], %{{.*}} : f32
  // CHECK-NEXT: %[[P:.*]] = arith.mulf %[[H]], %[[S]]
  // CHECK-NEXT: cnn.yield %[[P]]
  %0 = cnn.map(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %one = arith.constant 1.0 : f32
    %n = arith.negf %a : f32
    %e = math.exp %n : f32
    %d = arith.addf %one, %e : f32
    %s = arith.divf %one, %d : f32
    %m = arith.mulf %a, %s : f32
    cnn.yield %m : f32
  }
  return %0 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @gate_of_another_value_keeps_its_exponential
// CHECK: math.exp
func.func @gate_of_another_value_keeps_its_exponential(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = cnn.map(%x, %y) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32, %b: f32):
    %one = arith.constant 1.0 : f32
    %n = arith.negf %a : f32
    %e = math.exp %n : f32
    %d = arith.addf %one, %e : f32
    %s = arith.divf %one, %d : f32
    %m = arith.mulf %b, %s : f32
    cnn.yield %m : f32
  }
  return %0 : tensor<2x3xf32>
}

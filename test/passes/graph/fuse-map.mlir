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
  // CHECK: %[[N:.*]] = arith.negf %[[A:.*]] : f32
  // CHECK-NEXT: %[[E:.*]] = math.exp %[[N]] fastmath<afn>
  // CHECK-NEXT: %[[S:.*]] = arith.addf %[[E]], %{{.*}} fastmath<contract>
  // CHECK-NEXT: %[[P:.*]] = arith.divf %[[A]], %[[S]]
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

// -----

// Bodies of 65 ops in all: what a longer one saves is nothing beside its arithmetic.

// CHECK-LABEL: @long_bodies_are_not_fused
// CHECK-COUNT-2: cnn.map
func.func @long_bodies_are_not_fused(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = cnn.map(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %p0 = math.absf %a : f32 %p1 = math.absf %p0 : f32 %p2 = math.absf %p1 : f32 %p3 = math.absf %p2 : f32
    %p4 = math.absf %p3 : f32 %p5 = math.absf %p4 : f32 %p6 = math.absf %p5 : f32 %p7 = math.absf %p6 : f32
    %p8 = math.absf %p7 : f32 %p9 = math.absf %p8 : f32 %p10 = math.absf %p9 : f32 %p11 = math.absf %p10 : f32
    %p12 = math.absf %p11 : f32 %p13 = math.absf %p12 : f32 %p14 = math.absf %p13 : f32 %p15 = math.absf %p14 : f32
    %p16 = math.absf %p15 : f32 %p17 = math.absf %p16 : f32 %p18 = math.absf %p17 : f32 %p19 = math.absf %p18 : f32
    %p20 = math.absf %p19 : f32 %p21 = math.absf %p20 : f32 %p22 = math.absf %p21 : f32 %p23 = math.absf %p22 : f32
    %p24 = math.absf %p23 : f32 %p25 = math.absf %p24 : f32 %p26 = math.absf %p25 : f32 %p27 = math.absf %p26 : f32
    %p28 = math.absf %p27 : f32 %p29 = math.absf %p28 : f32 %p30 = math.absf %p29 : f32
    cnn.yield %p30 : f32
  }
  %z = cnn.map(%y) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%a: f32):
    %c0 = math.absf %a : f32 %c1 = math.absf %c0 : f32 %c2 = math.absf %c1 : f32 %c3 = math.absf %c2 : f32
    %c4 = math.absf %c3 : f32 %c5 = math.absf %c4 : f32 %c6 = math.absf %c5 : f32 %c7 = math.absf %c6 : f32
    %c8 = math.absf %c7 : f32 %c9 = math.absf %c8 : f32 %c10 = math.absf %c9 : f32 %c11 = math.absf %c10 : f32
    %c12 = math.absf %c11 : f32 %c13 = math.absf %c12 : f32 %c14 = math.absf %c13 : f32 %c15 = math.absf %c14 : f32
    %c16 = math.absf %c15 : f32 %c17 = math.absf %c16 : f32 %c18 = math.absf %c17 : f32 %c19 = math.absf %c18 : f32
    %c20 = math.absf %c19 : f32 %c21 = math.absf %c20 : f32 %c22 = math.absf %c21 : f32 %c23 = math.absf %c22 : f32
    %c24 = math.absf %c23 : f32 %c25 = math.absf %c24 : f32 %c26 = math.absf %c25 : f32 %c27 = math.absf %c26 : f32
    %c28 = math.absf %c27 : f32 %c29 = math.absf %c28 : f32 %c30 = math.absf %c29 : f32 %c31 = math.absf %c30 : f32
    cnn.yield %c31 : f32
  }
  return %z : tensor<2x3xf32>
}

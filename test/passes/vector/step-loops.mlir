// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --schedule-steps --convert-to-vector --split-input-file --verify-diagnostics | FileCheck %s

// A task has its part of the iterations, and in these all of each op; operands move with the loops.
// CHECK: llvm.func internal @step_0_x86_64_v3({{.*}}, %[[TASK:[^:]*]]: i64)
// CHECK: %[[BEGIN:.*]] = arith.divui
// CHECK: %[[END:.*]] = arith.divui
// CHECK: scf.for %[[I:.*]] = %[[BEGIN]] to %[[END]]
// CHECK: %[[FIRST:.*]] = arith.muli %[[I]]
// CHECK: scf.for %[[ROW:.*]] = %{{.*}} to %[[FIRST]]
// CHECK: %[[BYTES:.*]] = arith.muli %[[ROW]], %{{.*}} : i64
// CHECK: %[[PLACE:.*]] = llvm.getelementptr %{{.*}}[%[[BYTES]]]
// CHECK: vector<8xf32>
// CHECK-NOT: scf.forall
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [] outputs [#kernel.tensor<"y", tensor<64x16xf32>>]
      arena(64) scratch(64) weights(0) [] at [] {
  ^bb0(%y: memref<64x16xf32>, %arena: memref<64xi8>, %scratch: memref<64xi8>, %weights: memref<0xi8>):
    kernel.step "fill" algorithm("fill") tasks(3) macs(0) bytes(0) {
      scf.forall (%i) in (8) {
        %zero = arith.constant 0.0 : f32
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %c8 = arith.constant 8 : index
        %first = arith.muli %i, %c8 : index
        scf.for %row = %c0 to %first step %c1 {
          %part = memref.subview %y[%row, 0] [1, 16] [1, 1] : memref<64x16xf32> to memref<1x16xf32, strided<[16, 1], offset: ?>>
          linalg.fill ins(%zero : f32) outs(%part : memref<1x16xf32, strided<[16, 1], offset: ?>>)
        }
      }
    }
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"n", tensor<i32>>] outputs [#kernel.tensor<"y", tensor<64x16xf32>>]
      arena(64) scratch(64) weights(0) [] at [] {
  ^bb0(%count: memref<i32>, %y: memref<64x16xf32>, %arena: memref<64xi8>, %scratch: memref<64xi8>, %weights: memref<0xi8>):
    %number = memref.load %count[] : memref<i32>
    %n = arith.index_cast %number : i32 to index
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    kernel.step "fill" algorithm("fill") tasks(1) macs(0) bytes(0) {
      // expected-error @below {{requires bounds that the step knows, a constant step and no results}}
      scf.for %row = %c0 to %n step %c1 {
        linalg.fill ins(%zero : f32) outs(%y : memref<64x16xf32>)
      }
    }
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [] outputs [#kernel.tensor<"y", tensor<64x16xf32>>]
      arena(64) scratch(64) weights(0) [] at [] {
  ^bb0(%y: memref<64x16xf32>, %arena: memref<64xi8>, %scratch: memref<64xi8>, %weights: memref<0xi8>):
    %zero = arith.constant 0.0 : f32
    kernel.step "fill" algorithm("fill") tasks(1) macs(0) bytes(0) {
      // expected-error @below {{requires one normalized dimension of constant extent and no results}}
      scf.forall (%i, %j) in (8, 8) {
        linalg.fill ins(%zero : f32) outs(%y : memref<64x16xf32>)
      }
    }
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"n", tensor<i32>>] outputs [#kernel.tensor<"y", tensor<64x16xf32>>]
      arena(64) scratch(64) weights(0) [] at [] {
  ^bb0(%count: memref<i32>, %y: memref<64x16xf32>, %arena: memref<64xi8>, %scratch: memref<64xi8>, %weights: memref<0xi8>):
    %number = memref.load %count[] : memref<i32>
    %n = arith.index_cast %number : i32 to index
    %zero = arith.constant 0.0 : f32
    %c1 = arith.constant 1 : index
    kernel.step "fill" algorithm("fill") tasks(1) macs(0) bytes(0) {
      // expected-error @below {{requires indices of the step's loops}}
      %row = arith.addi %n, %c1 : index
      %part = memref.subview %y[%row, 0] [1, 16] [1, 1] : memref<64x16xf32> to memref<1x16xf32, strided<[16, 1], offset: ?>>
      linalg.fill ins(%zero : f32) outs(%part : memref<1x16xf32, strided<[16, 1], offset: ?>>)
    }
  }
}

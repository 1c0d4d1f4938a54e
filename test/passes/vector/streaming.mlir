// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --schedule-steps --convert-to-vector --split-input-file --verify-diagnostics %s | FileCheck %s

// Four vectors are loaded, then stored; the tail of five elements is cut in halves.
// CHECK-LABEL: llvm.func internal @step_0_x86_64_v3
// CHECK: scf.for
// CHECK-COUNT-4: math.absf {{.*}} : vector<8xf32>
// CHECK-COUNT-4: llvm.store {{.*}} : vector<8xf32>
// CHECK: llvm.intr.masked.load
// CHECK: llvm.store {{.*}} : vector<4xf32>
// CHECK: llvm.store {{.*}} : vector<1xf32>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<3x23xf32>>] outputs [#kernel.tensor<"b", tensor<3x23xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<3x23xf32>, %b: memref<3x23xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "absolute" algorithm("map") tasks(1) macs(0) bytes(0) {
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                      iterator_types = ["parallel", "parallel"]} ins(%a : memref<3x23xf32>) outs(%b : memref<3x23xf32>) {
      ^bb0(%x: f32, %y: f32):
        %z = math.absf %x : f32
        linalg.yield %z : f32
      }
    }
  }
}

// -----

// Whole tiles of a transpose are calls; the last one, of two of eighteen columns, is not worth it.
// CHECK-LABEL: llvm.func internal @step_0_x86_64_v3
// CHECK: llvm.call @kernel_transpose_0_x86_64_v3
// CHECK: vector.shuffle
// CHECK: llvm.func internal @kernel_transpose_0_x86_64_v3
// CHECK-COUNT-32: llvm.store {{.*}} : vector<8xf32>
// CHECK: llvm.return
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x16x18xf32>>] outputs [#kernel.tensor<"b", tensor<1x1x18x16xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<1x16x18xf32>, %b: memref<1x1x18x16xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "block" algorithm("relayout") tasks(1) macs(0) bytes(0) {
      kernel.relayout ins(%a : memref<1x16x18xf32>) outs(%b : memref<1x1x18x16xf32>)
        {shape = array<i64: 1, 16, 18>, a_order = array<i64: 0, 1, 2>, a_block = -1 : i64, out_order = array<i64: 0, 1, 2>,
         out_block = 1 : i64}
    }
  }
}

// -----

// A window is a call of the micro-kernel of its class. A pixel that is not a number wins.
// CHECK-LABEL: llvm.func internal @step_0_x86_64_v3
// CHECK: llvm.call @kernel_window_0_x86_64_v3
// CHECK: llvm.func internal @kernel_window_0_x86_64_v3
// CHECK-COUNT-2: arith.cmpf ogt
// CHECK: arith.cmpf uno
// CHECK: %[[NONE:.*]] = arith.ori {{.*}} : vector<8xi1>
// CHECK: %[[NAN:.*]] = arith.constant dense<0x7FC00000> : vector<8xf32>
// CHECK: arith.select %{{.*}}, %[[NAN]]
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x1x9x9x16xf32>>] outputs [#kernel.tensor<"b", tensor<1x1x7x7x16xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<1x1x9x9x16xf32>, %b: memref<1x1x7x7x16xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "pool" algorithm("max_pool") tasks(1) macs(0) bytes(0) {
      kernel.window max ins(%a : memref<1x1x9x9x16xf32>) outs(%b : memref<1x1x7x7x16xf32>)
        {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, width = 1 : i64, channels = 16 : i64}
    }
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<4xf32>>] outputs [#kernel.tensor<"b", tensor<8xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<4xf32>, %b: memref<8xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "halves" algorithm("map") tasks(1) macs(0) bytes(0) {
      // expected-error @below {{requires linear indexing maps, but found}}
      linalg.generic {indexing_maps = [affine_map<(i) -> (i floordiv 2)>, affine_map<(i) -> (i)>],
                      iterator_types = ["parallel"]} ins(%a : memref<4xf32>) outs(%b : memref<8xf32>) {
      ^bb0(%x: f32, %y: f32):
        %z = math.absf %x : f32
        linalg.yield %z : f32
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --schedule-steps --convert-to-vector --split-input-file %s | FileCheck %s

// F(2,3) on 7 x 7: 16 tiles in one block. Tiles inside the map are read without a border; products per position; tiles at the right
// and the bottom edge are clipped.

// CHECK-LABEL: llvm.func internal @step_0_x86_64_v3
// CHECK: scf.for
// CHECK: scf.if
// CHECK: llvm.call @[[INSIDE:kernel_winograd_input_2x2_3x3_0_x86_64_v3]]
// CHECK: llvm.call @[[BORDER:kernel_winograd_input_2x2_3x3_border_0_x86_64_v3]]
// CHECK: scf.for
// CHECK: llvm.call @kernel_contract_6x2_0_x86_64_v3
// CHECK: llvm.call @kernel_contract_5x2_0_x86_64_v3
// CHECK: scf.if
// CHECK: llvm.call @[[OUTPUT:kernel_winograd_output_2x2_3x3_0_x86_64_v3]]
// CHECK: llvm.call @[[CLIPPED:kernel_winograd_output_2x2_3x3_1_x86_64_v3]]
// Four rows of four outputs, twice, each from one addition or subtraction.
// CHECK: llvm.func internal @[[INSIDE]]
// CHECK-COUNT-16: llvm.load %{{.*}} -> vector<8xf32>
// CHECK-NOT: arith.mulf %{{.*}} : vector<8xf32>
// CHECK: llvm.return
// CHECK: llvm.func internal @[[BORDER]]
// CHECK: llvm.alloca
// CHECK: llvm.func internal @[[OUTPUT]]
// CHECK-NOT: llvm.alloca
// CHECK: llvm.func internal @[[CLIPPED]]
// CHECK: llvm.alloca
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x1x7x7x16xf32>>, #kernel.tensor<"w", tensor<16x1x1x16x16xf32>>, #kernel.tensor<"b", tensor<16xf32>>] outputs [#kernel.tensor<"y", tensor<1x1x7x7x16xf32>>]
      arena(0) scratch(65536) weights(0) [] at [] {
  ^bb0(%a: memref<1x1x7x7x16xf32>, %w: memref<16x1x1x16x16xf32>, %b: memref<16xf32>, %y: memref<1x1x7x7x16xf32>, %arena: memref<0xi8>, %scratch: memref<65536xi8>, %weights: memref<0xi8>):
    kernel.step "conv" algorithm("winograd<2,3>") tasks(1) macs(0) bytes(0) {
      kernel.winograd ins(%a, %w bias %b : memref<1x1x7x7x16xf32>, memref<16x1x1x16x16xf32>, memref<16xf32>)
        outs(%y : memref<1x1x7x7x16xf32>)
        {tile = array<i64: 2, 2>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64,
         schedule = [#kernel.winograd_schedule<rows = 6, vectors = 2, tile_block = 16>]}
    }
  }
}

// -----

// A raw filter: each piece of eight blocks of input channels is transformed, then multiplied.
// CHECK-LABEL: llvm.func internal @step_0_x86_64_v3
// CHECK: llvm.call @[[FILTER:kernel_winograd_filter_2x2_3x3_0_x86_64_v3]]
// CHECK: llvm.call @kernel_contract_6x2
// CHECK: llvm.call @[[FILTER]]
// CHECK: llvm.call @kernel_contract_6x2
// CHECK: llvm.func internal @[[FILTER]]
// CHECK-COUNT-9: llvm.load %{{.*}} -> vector<8xf32>
// CHECK-COUNT-16: llvm.store %{{.*}} : vector<8xf32>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x16x7x7x16xf32>>, #kernel.tensor<"w", tensor<1x16x16x9x16xf32>>] outputs [#kernel.tensor<"y", tensor<1x1x7x7x16xf32>>]
      arena(0) scratch(655360) weights(0) [] at [] {
  ^bb0(%a: memref<1x16x7x7x16xf32>, %w: memref<1x16x16x9x16xf32>, %y: memref<1x1x7x7x16xf32>, %arena: memref<0xi8>, %scratch: memref<655360xi8>, %weights: memref<0xi8>):
    kernel.step "conv" algorithm("winograd<2,3>") tasks(1) macs(0) bytes(0) {
      kernel.winograd ins(%a, %w : memref<1x16x7x7x16xf32>, memref<1x16x16x9x16xf32>)
        outs(%y : memref<1x1x7x7x16xf32>)
        {tile = array<i64: 2, 2>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 256 : i64, out_channels = 16 : i64,
         schedule = [#kernel.winograd_schedule<rows = 6, vectors = 2, tile_block = 16>]}
    }
  }
}

// -----

// Every second column of a map: pixels are 128 bytes apart, inside the map and at its edges.

// CHECK-LABEL: llvm.func internal @kernel_winograd_input_1x2_1x3_0_x86_64_v3
// CHECK: llvm.getelementptr %{{.*}}[384]
// CHECK-LABEL: llvm.func internal @kernel_winograd_input_1x2_1x3_border_0_x86_64_v3
// CHECK: %[[PITCH:.*]] = arith.constant 128 : i64
// CHECK: arith.muli %{{.*}}, %[[PITCH]]
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x1x9x16xf32>>, #kernel.tensor<"w", tensor<4x1x1x16x16xf32>>] outputs [#kernel.tensor<"y", tensor<1x1x9x16xf32>>]
      arena(0) scratch(65536) weights(0) [] at [] {
  ^bb0(%a: memref<1x1x9x16xf32, strided<[288, 288, 32, 1]>>, %w: memref<4x1x1x16x16xf32>, %y: memref<1x1x9x16xf32>, %arena: memref<0xi8>, %scratch: memref<65536xi8>, %weights: memref<0xi8>):
    kernel.step "conv" algorithm("winograd<2,3>") tasks(1) macs(0) bytes(0) {
      kernel.winograd ins(%a, %w : memref<1x1x9x16xf32, strided<[288, 288, 32, 1]>>, memref<4x1x1x16x16xf32>)
        outs(%y : memref<1x1x9x16xf32>)
        {tile = array<i64: 1, 2>, kernel = array<i64: 1, 3>, pads = array<i64: 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64,
         schedule = [#kernel.winograd_schedule<rows = 6, vectors = 2>]}
    }
  }
}

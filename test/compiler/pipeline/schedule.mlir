// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A schedule is data: what a text pins is emitted, what it leaves open is chosen, and the text goes on from there.
// RUN: rm -rf %t && mkdir -p %t && cd %t
// RUN: cnnc %s --stop-after=schedule -o schedule.mlir && FileCheck %s --check-prefix=CHOSEN < schedule.mlir
// RUN: cnnc schedule.mlir --stop-after=vector -o vector.mlir && FileCheck %s --check-prefix=EMITTED < vector.mlir
// RUN: mkdir -p a b && cnnc %s -o a/net.so && cnnc schedule.mlir -o b/net.so && cmp a/net.so b/net.so

// Another tile, another order, other blocks: they change the code.
// RUN: sed 's/rows = 3, vectors = 4/rows = 4, vectors = 2/' %s > tile.mlir && cnnc tile.mlir --stop-after=vector -o - | FileCheck %s --check-prefix=TILE
// RUN: sed 's/reduction_blocks = 2/reduction_blocks = 1/' %s > whole.mlir && cnnc whole.mlir --stop-after=vector -o - | FileCheck %s --check-prefix=WHOLE
// RUN: sed 's/reduction_order = outside/reduction_order = inside/' %s > inside.mlir && cnnc inside.mlir --stop-after=vector -o inside && not cmp inside vector.mlir

// What no machine can do is refused in a line.
// RUN: sed 's/rows = 3, vectors = 4/rows = 6, vectors = 4/' %s > wide.mlir && not cnnc wide.mlir -o x.so 2>&1 | FileCheck %s --check-prefix=WIDE
// WIDE: wide.mlir:{{.*}}: error: 'kernel.contract' op requires a register tile of at most 12 vectors at the level x86-64-v3, but found 6 x 4
// RUN: sed 's/panel_parts = 2/panel_parts = 3/' schedule.mlir > parts.mlir && not cnnc parts.mlir -o x.so 2>&1 | FileCheck %s --check-prefix=PARTS
// PARTS: schedule.mlir:{{.*}}: error: 'kernel.contract' op requires 2 parts, one for each task, but its schedule has 3

// CHOSEN: kernel.step "dense" algorithm("direct") tasks(2)
// CHOSEN: schedule = [#kernel.contract_schedule<rows = 3, vectors = 4, lines = 1, panel_parts = 2, row_parts = 1, column_parts = 1, order = panels, reduction_blocks = 2, reduction_order = outside,
// CHOSEN-SAME: row_block = 1, column_block = 2,

// The second block adds to the sums of the first; nine pixels are three tiles of three.
// EMITTED: llvm.call @[[FIRST:kernel_contract_3x4_0_x86_64_v3]]
// EMITTED: llvm.call @[[SECOND:kernel_contract_3x4_1_x86_64_v3]]
// EMITTED: llvm.func internal @[[FIRST]]
// EMITTED-NOT: arith.addf
// EMITTED: llvm.func internal @[[SECOND]]
// EMITTED-COUNT-12: arith.addf
// TILE: llvm.call @kernel_contract_3x2_0_x86_64_v3
// WHOLE: llvm.call @kernel_contract_3x4_0_x86_64_v3
// WHOLE-NOT: kernel_contract_3x4_1
module attributes {cnnc.phase = "buffer", cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<9x32xf32>>, #kernel.tensor<"b", tensor<4x2x16x16xf32>>]
      outputs [#kernel.tensor<"y", tensor<9x64xf32>>] arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<9x32xf32>, %b: memref<4x2x16x16xf32>, %y: memref<9x64xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "dense" algorithm("direct") macs(0) bytes(0) {
      kernel.contract ins(%a, %b : memref<9x32xf32>, memref<4x2x16x16xf32>) outs(%y : memref<9x64xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
         group = 1 : i64, in_channels = 32 : i64, out_channels = 64 : i64,
         schedule = [#kernel.contract_schedule<rows = 3, vectors = 4, panel_parts = 2, reduction_blocks = 2, reduction_order = outside, column_block = 2>]}
    }
  }
}

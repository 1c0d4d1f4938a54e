// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --fuse-expansion --split-input-file | FileCheck %s

// The map has 2 MiB, more than L2. A task has one of 16 blocks; the border's rows are filled, its columns written once.
// CHECK-LABEL: @slices_of_a_large_map
// CHECK-SAME: (%[[X:.*]]: memref<1x1x62x32x16xf32>, %[[F:.*]]: memref<16x1x16x16xf32>, %[[B:.*]]: memref<256xf32>, %[[T:.*]]: memref<16x9x16xf32>, %[[OUT:.*]]: memref<
// CHECK-NOT: memref.alloc()
// CHECK: kernel.step "expand" algorithm("expand+depthwise") macs(7) bytes(
// CHECK: scf.forall (%[[TASK:.*]]) in (16)
// CHECK: %[[PART:.*]] = arith.divsi %[[TASK]]
// CHECK: %[[BLOCK:.*]] = arith.remsi %[[TASK]]
// CHECK: %[[SLICE:.*]] = memref.alloca() {alignment = 64 : i64} : memref<1x1x64x34x16xf32>
// CHECK: kernel.border %[[SLICE]] {high = array<i64: 0, 0, 0, 1, 0>, low = array<i64: 0, 0, 0, 1, 0>
// CHECK: scf.for
// CHECK: linalg.fill
// CHECK: scf.for
// CHECK: %[[ROW:.*]] = memref.subview %[[SLICE]][0, 0, %{{.*}}, 0, 0] [1, 1, 1, 34, 16]
// CHECK: %[[INSIDE:.*]] = memref.subview %[[ROW]][0, 0, 0, 1, 0] [1, 1, 1, 32, 16]
// CHECK: %[[SOURCE:.*]] = memref.subview %[[X]][0, 0, %{{.*}}, 0, 0] [1, 1, 1, 32, 16]
// CHECK: %[[FILTER:.*]] = memref.subview %[[F]][%[[BLOCK]], 0, 0, 0] [1, 1, 16, 16]
// CHECK: kernel.contract ins(%[[SOURCE]], %[[FILTER]] bias
// CHECK-SAME: outs(%[[INSIDE]]
// CHECK-SAME: out_channels = 16
// CHECK: scf.for
// CHECK: linalg.fill
// CHECK: %[[ROWS:.*]] = memref.subview %[[OUT]][0, 0, %{{.*}}, 0, 0] [1, 16, 62, 32, 16]
// CHECK: %[[PLACE:.*]] = memref.subview %[[ROWS]][0, %[[BLOCK]], 0, 0, 0] [1, 1, 62, 32, 16]
// CHECK: kernel.window mul_add ins(%[[SLICE]] filter
// CHECK-SAME: outs(%[[PLACE]]
// CHECK-SAME: channels = 16
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3", "x86-64-v4"]>} {
  func.func @slices_of_a_large_map(%x: memref<1x1x62x32x16xf32>, %f: memref<16x1x16x16xf32>, %b: memref<256xf32>, %t: memref<16x9x16xf32>, %out: memref<1x16x62x32x16xf32>) {
    %e = memref.alloc() : memref<1x16x64x34x16xf32>
    %inside = memref.reinterpret_cast %e to offset: [560], sizes: [1, 16, 62, 32, 16], strides: [557056, 34816, 544, 16, 1] : memref<1x16x64x34x16xf32> to memref<1x16x62x32x16xf32, strided<[557056, 34816, 544, 16, 1], offset: 560>>
    kernel.step "expand" algorithm("pointwise") macs(5) bytes(6000000) {
      kernel.contract ins(%x, %f bias %b : memref<1x1x62x32x16xf32>, memref<16x1x16x16xf32>, memref<256xf32>) outs(%inside : memref<1x16x62x32x16xf32, strided<[557056, 34816, 544, 16, 1], offset: 560>>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 256 : i64}
      kernel.border %e {low = array<i64: 0, 0, 1, 1, 0>, high = array<i64: 0, 0, 1, 1, 0>, value = 0.0 : f32} : memref<1x16x64x34x16xf32>
    }
    kernel.step "window" algorithm("depthwise") macs(2) bytes(6000000) {
      kernel.window mul_add ins(%e filter %t : memref<1x16x64x34x16xf32> filter memref<16x9x16xf32>) outs(%out : memref<1x16x62x32x16xf32>)
        {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 256 : i64}
    }
    return
  }
}

// -----

// Half of the blocks: 1 MiB fits into the largest level's L2.
// CHECK-LABEL: @a_map_that_fits_is_stored
// CHECK: algorithm("pointwise")
// CHECK: algorithm("depthwise")
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3", "x86-64-v4"]>} {
  func.func @a_map_that_fits_is_stored(%x: memref<1x1x64x32x16xf32>, %f: memref<8x1x16x16xf32>, %t: memref<8x9x16xf32>, %out: memref<1x8x62x30x16xf32>) {
    %e = memref.alloc() : memref<1x8x64x32x16xf32>
    kernel.step "expand" algorithm("pointwise") macs(5) bytes(60) {
      kernel.contract ins(%x, %f : memref<1x1x64x32x16xf32>, memref<8x1x16x16xf32>) outs(%e : memref<1x8x64x32x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 128 : i64}
    }
    kernel.step "window" algorithm("depthwise") macs(2) bytes(60) {
      kernel.window mul_add ins(%e filter %t : memref<1x8x64x32x16xf32> filter memref<8x9x16xf32>) outs(%out : memref<1x8x62x30x16xf32>)
        {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 128 : i64}
    }
    return
  }
}

// -----

// CHECK-LABEL: @a_map_with_another_reader_is_stored
// CHECK: algorithm("pointwise")
// CHECK: algorithm("depthwise")
// CHECK: algorithm("pool")
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  func.func @a_map_with_another_reader_is_stored(%x: memref<1x1x64x32x16xf32>, %f: memref<16x1x16x16xf32>, %t: memref<16x9x16xf32>, %out: memref<1x16x62x30x16xf32>, %pool: memref<1x16x62x30x16xf32>) {
    %e = memref.alloc() : memref<1x16x64x32x16xf32>
    kernel.step "expand" algorithm("pointwise") macs(5) bytes(60) {
      kernel.contract ins(%x, %f : memref<1x1x64x32x16xf32>, memref<16x1x16x16xf32>) outs(%e : memref<1x16x64x32x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 256 : i64}
    }
    kernel.step "window" algorithm("depthwise") macs(2) bytes(60) {
      kernel.window mul_add ins(%e filter %t : memref<1x16x64x32x16xf32> filter memref<16x9x16xf32>) outs(%out : memref<1x16x62x30x16xf32>)
        {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 256 : i64}
    }
    kernel.step "pool" algorithm("pool") macs(2) bytes(60) {
      kernel.window max ins(%e : memref<1x16x64x32x16xf32>) outs(%pool : memref<1x16x62x30x16xf32>)
        {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 256 : i64}
    }
    return
  }
}

// -----

// Without a border the map is read as it is; the border of what the window writes stays with the step. A task sums the
// rows that are its own.
// CHECK-LABEL: @the_border_of_the_result_is_kept
// CHECK-SAME: %[[SUMS:[a-z0-9]*]]: memref<1x16x62x1x16xf32>)
// CHECK: algorithm("expand+depthwise")
// CHECK: scf.forall
// CHECK-NOT: linalg.fill
// CHECK: %[[ROWS:.*]] = memref.subview %[[SUMS]][0, 0, %{{.*}}, 0, 0] [1, 16, 62, 1, 16]
// CHECK: %[[PART:.*]] = memref.subview %[[ROWS]][0, %{{.*}}, 0, 0, 0] [1, 1, 62, 1, 16]
// CHECK: kernel.window
// CHECK-SAME: row_sums(%[[PART]]
// CHECK: kernel.border %{{.*}} : memref<1x16x64x32x16xf32>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  func.func @the_border_of_the_result_is_kept(%x: memref<1x64x32x24xf32>, %f: memref<16x1x24x16xf32>, %t: memref<16x9x16xf32>, %bordered: memref<1x16x64x32x16xf32>, %sums: memref<1x16x62x1x16xf32>) {
    %e = memref.alloc() : memref<1x16x64x32x16xf32>
    %out = memref.reinterpret_cast %bordered to offset: [528], sizes: [1, 16, 62, 30, 16], strides: [524288, 32768, 512, 16, 1] : memref<1x16x64x32x16xf32> to memref<1x16x62x30x16xf32, strided<[524288, 32768, 512, 16, 1], offset: 528>>
    kernel.step "expand" algorithm("pointwise") macs(5) bytes(4194364) {
      kernel.contract ins(%x, %f : memref<1x64x32x24xf32>, memref<16x1x24x16xf32>) outs(%e : memref<1x16x64x32x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 24 : i64, out_channels = 256 : i64}
    }
    kernel.step "window" algorithm("depthwise") macs(2) bytes(4194364) {
      kernel.window mul_add ins(%e filter %t : memref<1x16x64x32x16xf32> filter memref<16x9x16xf32>) outs(%out : memref<1x16x62x30x16xf32, strided<[524288, 32768, 512, 16, 1], offset: 528>>) row_sums(%sums : memref<1x16x62x1x16xf32>)
        {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 256 : i64}
      kernel.border %bordered {low = array<i64: 0, 0, 1, 1, 0>, high = array<i64: 0, 0, 1, 1, 0>, value = 0.0 : f32} : memref<1x16x64x32x16xf32>
    }
    return
  }
}

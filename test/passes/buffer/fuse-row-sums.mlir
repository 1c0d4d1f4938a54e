// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --fuse-row-sums --split-input-file | FileCheck %s

#map = affine_map<(n, c, h, w, l) -> (n, c, h, w, l)>
#mean = affine_map<(n, c, h, w, l) -> (n, c, 0, 0, l)>

// A gate between the two steps changes nothing.
// CHECK-LABEL: @mean_of_depthwise
// CHECK-SAME: (%[[A:.*]]: memref<1x2x16x16x16xf32>, %{{.*}}, %{{.*}}, %[[MEAN:.*]]: memref<1x2x1x1x16xf32>)
// CHECK: %[[X:.*]] = memref.alloc() : memref<1x2x14x14x16xf32>
// CHECK: %[[SUMS:.*]] = memref.alloc() : memref<1x2x14x1x16xf32>
// CHECK: kernel.window mul_add ins(%[[A]]
// CHECK-SAME: outs(%[[X]] : {{.*}}) row_sums(%[[SUMS]] : memref<1x2x14x1x16xf32>)
// CHECK: kernel.step "other"
// CHECK: kernel.step "mean" algorithm("reduce")
// CHECK: linalg.generic
// CHECK-SAME: ins(%[[SUMS]] : memref<1x2x14x1x16xf32>) outs(%[[MEAN]]
func.func @mean_of_depthwise(%a: memref<1x2x16x16x16xf32>, %f: memref<2x9x16xf32>, %other: memref<1x2x16x16x16xf32>, %mean: memref<1x2x1x1x16xf32>) {
  %x = memref.alloc() : memref<1x2x14x14x16xf32>
  kernel.step "window" algorithm("depthwise") macs(0) bytes(0) {
    kernel.window mul_add ins(%a filter %f : memref<1x2x16x16x16xf32> filter memref<2x9x16xf32>) outs(%x : memref<1x2x14x14x16xf32>)
      {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 32 : i64}
  }
  kernel.step "other" algorithm("max_pool") macs(0) bytes(0) {
    kernel.window max ins(%a : memref<1x2x16x16x16xf32>) outs(%other : memref<1x2x16x16x16xf32>)
      {order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 32 : i64}
  }
  kernel.step "mean" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#map, #mean], iterator_types = ["parallel", "parallel", "reduction", "reduction", "parallel"]}
      ins(%x : memref<1x2x14x14x16xf32>) outs(%mean : memref<1x2x1x1x16xf32>) attrs = {init = [0.0 : f32]} {
    ^bb0(%in: f32, %out: f32):
      %scale = arith.constant 5.1e-3 : f32
      %term = arith.mulf %in, %scale : f32
      %sum = arith.addf %term, %out : f32
      linalg.yield %sum : f32
    }
  }
  return
}

// -----

#map = affine_map<(n, h, w, c) -> (n, h, w, c)>
#sum = affine_map<(n, h, w, c) -> (n, 0, 0, c)>

// Two reductions share the sums. Their squares, and sums over columns alone, need the map.
// CHECK-LABEL: @sums_with_channels_last
// CHECK: %[[X:.*]] = memref.alloc() : memref<1x6x5x40xf32>
// CHECK: %[[SUMS:.*]] = memref.alloc() : memref<1x6x1x40xf32>
// CHECK-NOT: memref.alloc()
// CHECK: row_sums(%[[SUMS]] : memref<1x6x1x40xf32>)
// CHECK: ins(%[[SUMS]]
// CHECK: ins(%[[SUMS]]
// CHECK: ins(%[[X]]
// CHECK: ins(%[[X]]
func.func @sums_with_channels_last(%a: memref<1x6x5x40xf32>, %sum: memref<1x1x1x40xf32>, %mean: memref<1x1x1x40xf32>, %squares: memref<1x1x1x40xf32>, %columns: memref<1x1x5x40xf32>) {
  %x = memref.alloc() : memref<1x6x5x40xf32>
  kernel.step "window" algorithm("max_pool") macs(0) bytes(0) {
    kernel.window max ins(%a : memref<1x6x5x40xf32>) outs(%x : memref<1x6x5x40xf32>)
      {order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 40 : i64}
  }
  kernel.step "sum" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#map, #sum], iterator_types = ["parallel", "reduction", "reduction", "parallel"]}
      ins(%x : memref<1x6x5x40xf32>) outs(%sum : memref<1x1x1x40xf32>) {
    ^bb0(%in: f32, %out: f32):
      %r = arith.addf %out, %in : f32
      linalg.yield %r : f32
    }
  }
  kernel.step "mean" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#map, #sum], iterator_types = ["parallel", "reduction", "reduction", "parallel"]}
      ins(%x : memref<1x6x5x40xf32>) outs(%mean : memref<1x1x1x40xf32>) {
    ^bb0(%in: f32, %out: f32):
      %scale = arith.constant 3.3e-2 : f32
      %term = arith.mulf %scale, %in : f32
      %r = arith.addf %out, %term : f32
      linalg.yield %r : f32
    }
  }
  kernel.step "squares" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#map, #sum], iterator_types = ["parallel", "reduction", "reduction", "parallel"]}
      ins(%x : memref<1x6x5x40xf32>) outs(%squares : memref<1x1x1x40xf32>) {
    ^bb0(%in: f32, %out: f32):
      %square = arith.mulf %in, %in : f32
      %r = arith.addf %square, %out : f32
      linalg.yield %r : f32
    }
  }
  kernel.step "columns" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#map, affine_map<(n, h, w, c) -> (n, 0, w, c)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]}
      ins(%x : memref<1x6x5x40xf32>) outs(%columns : memref<1x1x5x40xf32>) {
    ^bb0(%in: f32, %out: f32):
      %r = arith.addf %in, %out : f32
      linalg.yield %r : f32
    }
  }
  return
}

// -----

#map = affine_map<(n, h, w, c) -> (n, h, w, c)>
#sum = affine_map<(n, h, w, c) -> (n, 0, 0, c)>

// The sum is of what the step between left in the map.
// CHECK-LABEL: @map_changed_in_place
// CHECK-NOT: row_sums
func.func @map_changed_in_place(%a: memref<1x6x5x16xf32>, %sum: memref<1x1x1x16xf32>) {
  %x = memref.alloc() : memref<1x6x5x16xf32>
  kernel.step "window" algorithm("max_pool") macs(0) bytes(0) {
    kernel.window max ins(%a : memref<1x6x5x16xf32>) outs(%x : memref<1x6x5x16xf32>)
      {order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 16 : i64}
  }
  kernel.step "add" algorithm("map") macs(0) bytes(0) {
    %part = memref.subview %x[0, 2, 0, 0] [1, 2, 5, 16] [1, 1, 1, 1] : memref<1x6x5x16xf32> to memref<1x2x5x16xf32, strided<[480, 80, 16, 1], offset: 160>>
    %zero = arith.constant 0.0 : f32
    linalg.fill ins(%zero : f32) outs(%part : memref<1x2x5x16xf32, strided<[480, 80, 16, 1], offset: 160>>)
  }
  kernel.step "sum" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#map, #sum], iterator_types = ["parallel", "reduction", "reduction", "parallel"]}
      ins(%x : memref<1x6x5x16xf32>) outs(%sum : memref<1x1x1x16xf32>) {
    ^bb0(%in: f32, %out: f32):
      %r = arith.addf %in, %out : f32
      linalg.yield %r : f32
    }
  }
  return
}

// -----

#map = affine_map<(n, h, w, c) -> (n, h, w, c)>
#sum = affine_map<(n, h, w, c) -> (n, 0, 0, c)>

// Of a concatenation the window wrote a part; and rows of three are too short.
// CHECK-LABEL: @part_of_a_map_and_short_rows
// CHECK-NOT: row_sums
func.func @part_of_a_map_and_short_rows(%a: memref<1x6x5x16xf32>, %b: memref<1x6x3x16xf32>, %whole: memref<1x6x5x32xf32>, %sum: memref<1x1x1x32xf32>, %sum3: memref<1x1x1x16xf32>) {
  %part = memref.subview %whole[0, 0, 0, 0] [1, 6, 5, 16] [1, 1, 1, 1] : memref<1x6x5x32xf32> to memref<1x6x5x16xf32, strided<[960, 160, 32, 1]>>
  %x = memref.alloc() : memref<1x6x3x16xf32>
  kernel.step "window" algorithm("max_pool") macs(0) bytes(0) {
    kernel.window max ins(%a : memref<1x6x5x16xf32>) outs(%part : memref<1x6x5x16xf32, strided<[960, 160, 32, 1]>>)
      {order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 16 : i64}
  }
  kernel.step "sum" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#map, #sum], iterator_types = ["parallel", "reduction", "reduction", "parallel"]}
      ins(%whole : memref<1x6x5x32xf32>) outs(%sum : memref<1x1x1x32xf32>) {
    ^bb0(%in: f32, %out: f32):
      %r = arith.addf %in, %out : f32
      linalg.yield %r : f32
    }
  }
  kernel.step "window" algorithm("max_pool") macs(0) bytes(0) {
    kernel.window max ins(%b : memref<1x6x3x16xf32>) outs(%x : memref<1x6x3x16xf32>)
      {order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 16 : i64}
  }
  kernel.step "sum" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#map, #sum], iterator_types = ["parallel", "reduction", "reduction", "parallel"]}
      ins(%x : memref<1x6x3x16xf32>) outs(%sum3 : memref<1x1x1x16xf32>) {
    ^bb0(%in: f32, %out: f32):
      %r = arith.addf %in, %out : f32
      linalg.yield %r : f32
    }
  }
  return
}

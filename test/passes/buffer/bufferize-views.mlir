// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --split-input-file --bufferize | FileCheck %s
// Which views each op reads and writes in place, and which are copied first: test/unit/dialects/kernel/views.py has the
// numbers.

// A contraction reads pixels wherever they lie: steps, and a part of the channels.
// CHECK-LABEL: func.func @main
// CHECK: %[[VIEW:.*]] = memref.reinterpret_cast %arg0 to offset: [48], sizes: [1, 9, 16], strides: [720, 80, 1]
// CHECK-NOT: linalg.generic
// CHECK: kernel.contract ins(%[[VIEW]], %arg1
func.func @main(%x: tensor<1x18x40xf32>, %w: tensor<1x1x16x16xf32>) -> tensor<1x9x16xf32> {
  %v = tensor.extract_slice %x[0, 1, 8] [1, 9, 16] [1, 2, 1] : tensor<1x18x40xf32> to tensor<1x9x16xf32>
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.contract ins(%v, %w : tensor<1x9x16xf32>, tensor<1x1x16x16xf32>) outs(%e : tensor<1x9x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x9x16xf32>
  return %y : tensor<1x9x16xf32>
}

// -----

// Channels are a run: where they lie apart, they are copied.
// CHECK-LABEL: func.func @main
// CHECK: %[[DENSE:.*]] = memref.alloc() : memref<1x9x16xf32>
// CHECK: linalg.generic {{.*}} outs(%[[DENSE]] : {{.*}} attrs = {algorithm = "copy"}
// CHECK: kernel.contract ins(%[[DENSE]], %arg1
func.func @main(%x: tensor<1x9x32xf32>, %w: tensor<1x1x16x16xf32>) -> tensor<1x9x16xf32> {
  %v = tensor.extract_slice %x[0, 0, 1] [1, 9, 16] [1, 1, 2] : tensor<1x9x32xf32> to tensor<1x9x16xf32>
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.contract ins(%v, %w : tensor<1x9x16xf32>, tensor<1x1x16x16xf32>) outs(%e : tensor<1x9x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x9x16xf32>
  return %y : tensor<1x9x16xf32>
}

// -----

// With channels first a run lies along the row, at any distance.
// CHECK-LABEL: func.func @main
// CHECK: %[[VIEW:.*]] = memref.reinterpret_cast %arg0 to offset: [1], sizes: [1, 3, 9], strides: [81, 27, 3]
// CHECK-NOT: linalg.generic
// CHECK: kernel.contract ins(%[[VIEW]], %arg1
func.func @main(%x: tensor<1x3x27xf32>, %w: tensor<1x3x1x16xf32>) -> tensor<1x9x16xf32> {
  %v = tensor.extract_slice %x[0, 0, 1] [1, 3, 9] [1, 1, 3] : tensor<1x3x27xf32> to tensor<1x3x9xf32>
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.contract ins(%v, %w : tensor<1x3x9xf32>, tensor<1x3x1x16xf32>) outs(%e : tensor<1x9x16xf32>) {a_order = #kernel<channel_order first>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 3 : i64, out_channels = 16 : i64} -> tensor<1x9x16xf32>
  return %y : tensor<1x9x16xf32>
}

// -----

// Panels follow one another without gaps: of a filter, whole panels are a view, parts of each are copied.
// CHECK-LABEL: func.func @main
// CHECK: %[[VIEW:.*]] = memref.reinterpret_cast %arg1 to offset: [256]
// CHECK-NOT: linalg.generic
// CHECK: kernel.contract ins(%arg0, %[[VIEW]]
func.func @main(%x: tensor<1x9x16xf32>, %w: tensor<3x1x16x16xf32>) -> tensor<1x9x16xf32> {
  %v = tensor.extract_slice %w[1, 0, 0, 0] [1, 1, 16, 16] [1, 1, 1, 1] : tensor<3x1x16x16xf32> to tensor<1x1x16x16xf32>
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.contract ins(%x, %v : tensor<1x9x16xf32>, tensor<1x1x16x16xf32>) outs(%e : tensor<1x9x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x9x16xf32>
  return %y : tensor<1x9x16xf32>
}

// -----

// The rows of this one lie apart.
// CHECK-LABEL: func.func @main
// CHECK: %[[DENSE:.*]] = memref.alloc() : memref<1x1x16x16xf32>
// CHECK: linalg.generic {{.*}} outs(%[[DENSE]]
// CHECK: kernel.contract ins(%arg0, %[[DENSE]]
func.func @main(%x: tensor<1x9x16xf32>, %w: tensor<1x1x32x16xf32>) -> tensor<1x9x16xf32> {
  %v = tensor.extract_slice %w[0, 0, 0, 0] [1, 1, 16, 16] [1, 1, 2, 1] : tensor<1x1x32x16xf32> to tensor<1x1x16x16xf32>
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.contract ins(%x, %v : tensor<1x9x16xf32>, tensor<1x1x16x16xf32>) outs(%e : tensor<1x9x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x9x16xf32>
  return %y : tensor<1x9x16xf32>
}

// -----

// The filters of images may lie apart.
// CHECK-LABEL: func.func @main
// CHECK: %[[VIEW:.*]] = memref.reinterpret_cast %arg1 to offset: [256]
// CHECK-NOT: linalg.generic
// CHECK: kernel.contract ins(%arg0, %[[VIEW]]
func.func @main(%x: tensor<2x9x16xf32>, %w: tensor<4x1x1x16x16xf32>) -> tensor<2x9x16xf32> {
  %v = tensor.extract_slice %w[1, 0, 0, 0, 0] [2, 1, 1, 16, 16] [2, 1, 1, 1, 1] : tensor<4x1x1x16x16xf32> to tensor<2x1x1x16x16xf32>
  %e = tensor.empty() : tensor<2x9x16xf32>
  %y = kernel.contract ins(%x, %v : tensor<2x9x16xf32>, tensor<2x1x1x16x16xf32>) outs(%e : tensor<2x9x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64, batched_filter} -> tensor<2x9x16xf32>
  return %y : tensor<2x9x16xf32>
}

// -----

// A bias has no gaps.
// CHECK-LABEL: func.func @main
// CHECK: %[[DENSE:.*]] = memref.alloc() : memref<16xf32>
// CHECK: linalg.generic {{.*}} outs(%[[DENSE]]
// CHECK: kernel.contract ins(%arg0, %arg1 bias %[[DENSE]]
func.func @main(%x: tensor<1x9x16xf32>, %w: tensor<1x1x16x16xf32>, %b: tensor<32xf32>) -> tensor<1x9x16xf32> {
  %v = tensor.extract_slice %b[0] [16] [2] : tensor<32xf32> to tensor<16xf32>
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.contract ins(%x, %w bias %v : tensor<1x9x16xf32>, tensor<1x1x16x16xf32>, tensor<16xf32>) outs(%e : tensor<1x9x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x9x16xf32>
  return %y : tensor<1x9x16xf32>
}

// -----

// An extra operand is read as the input is.
// CHECK-LABEL: func.func @main
// CHECK: %[[VIEW:.*]] = memref.reinterpret_cast %arg2 to offset: [28]
// CHECK-NOT: linalg.generic
// CHECK: kernel.contract ins(%arg0, %arg1 extras %[[VIEW]]
func.func @main(%x: tensor<1x9x16xf32>, %w: tensor<1x1x16x16xf32>, %r: tensor<1x18x24xf32>) -> tensor<1x9x16xf32> {
  %v = tensor.extract_slice %r[0, 1, 4] [1, 9, 16] [1, 2, 1] : tensor<1x18x24xf32> to tensor<1x9x16xf32>
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.contract ins(%x, %w extras %v : tensor<1x9x16xf32>, tensor<1x1x16x16xf32>, tensor<1x9x16xf32>) outs(%e : tensor<1x9x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x9x16xf32> epilogue {
  ^bb0(%acc: f32, %k: f32):
    %s = arith.addf %acc, %k : f32
    kernel.yield %s : f32
  }
  return %y : tensor<1x9x16xf32>
}

// -----

// Winograd reads pixels wherever they lie, and a part of the blocks.
// CHECK-LABEL: func.func @main
// CHECK: %[[VIEW:.*]] = memref.reinterpret_cast %arg0 to offset: [304], sizes: [1, 1, 9, 16], strides: [864, 288, 32, 1]
// CHECK-NOT: linalg.generic
// CHECK: kernel.winograd ins(%[[VIEW]], %arg1
func.func @main(%x: tensor<1x3x18x16xf32>, %w: tensor<4x1x1x16x16xf32>) -> tensor<1x1x9x16xf32> {
  %v = tensor.extract_slice %x[0, 1, 1, 0] [1, 1, 9, 16] [1, 1, 2, 1] : tensor<1x3x18x16xf32> to tensor<1x1x9x16xf32>
  %e = tensor.empty() : tensor<1x1x9x16xf32>
  %y = kernel.winograd ins(%v, %w : tensor<1x1x9x16xf32>, tensor<4x1x1x16x16xf32>) outs(%e : tensor<1x1x9x16xf32>) {tile = array<i64: 1, 2>, kernel = array<i64: 1, 3>, pads = array<i64: 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x9x16xf32>
  return %y : tensor<1x1x9x16xf32>
}

// -----

// So does a window, whose filter may have gaps between its taps as well.
// CHECK-LABEL: func.func @main
// CHECK-DAG: %[[VIEW:.*]] = memref.reinterpret_cast %arg0 to offset: [48]
// CHECK-DAG: %[[FILTER:.*]] = memref.reinterpret_cast %arg1 to offset: [8]
// CHECK-NOT: linalg.generic
// CHECK: kernel.window mul_add ins(%[[VIEW]] filter %[[FILTER]]
func.func @main(%x: tensor<1x18x40xf32>, %w: tensor<1x32xf32>) -> tensor<1x9x16xf32> {
  %v = tensor.extract_slice %x[0, 1, 8] [1, 9, 16] [1, 2, 1] : tensor<1x18x40xf32> to tensor<1x9x16xf32>
  %f = tensor.extract_slice %w[0, 8] [1, 16] [1, 1] : tensor<1x32xf32> to tensor<1x16xf32>
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.window mul_add ins(%v filter %f : tensor<1x9x16xf32> filter tensor<1x16xf32>) outs(%e : tensor<1x9x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, channels = 16 : i64} -> tensor<1x9x16xf32>
  return %y : tensor<1x9x16xf32>
}

// -----

// Its channels lie together.
// CHECK-LABEL: func.func @main
// CHECK: %[[DENSE:.*]] = memref.alloc() : memref<1x9x16xf32>
// CHECK: linalg.generic {{.*}} outs(%[[DENSE]]
// CHECK: kernel.window max ins(%[[DENSE]]
func.func @main(%x: tensor<1x9x48xf32>) -> tensor<1x9x16xf32> {
  %v = tensor.extract_slice %x[0, 0, 0] [1, 9, 16] [1, 1, 3] : tensor<1x9x48xf32> to tensor<1x9x16xf32>
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.window max ins(%v : tensor<1x9x16xf32>) outs(%e : tensor<1x9x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, channels = 16 : i64} -> tensor<1x9x16xf32>
  return %y : tensor<1x9x16xf32>
}

// -----

// A relayout copies anyhow, from anywhere.
// CHECK-LABEL: func.func @main
// CHECK: %[[VIEW:.*]] = memref.reinterpret_cast %arg0 to offset: [0], sizes: [1, 16, 9], strides: [288, 18, 2]
// CHECK-NOT: linalg.generic
// CHECK: kernel.relayout ins(%[[VIEW]]
func.func @main(%x: tensor<1x16x18xf32>) -> tensor<1x9x16xf32> {
  %v = tensor.extract_slice %x[0, 0, 0] [1, 16, 9] [1, 1, 2] : tensor<1x16x18xf32> to tensor<1x16x9xf32>
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.relayout ins(%v : tensor<1x16x9xf32>) outs(%e : tensor<1x9x16xf32>) {shape = array<i64: 1, 16, 9>, a_order = array<i64: 0, 1, 2>, a_block = -1 : i64, out_order = array<i64: 0, 2, 1>, out_block = -1 : i64} -> tensor<1x9x16xf32>
  return %y : tensor<1x9x16xf32>
}

// -----

// An elementwise op reads and writes anywhere.
// CHECK-LABEL: func.func @main
// CHECK-DAG: %[[VIEW:.*]] = memref.reinterpret_cast %arg0 to offset: [1], sizes: [4, 8], strides: [18, 2]
// CHECK-DAG: %[[OUT:.*]] = memref.reinterpret_cast %arg1 to offset: [1], sizes: [4, 8], strides: [16, 2]
// CHECK: linalg.generic {{.*}} ins(%[[VIEW]] : {{.*}}) outs(%[[OUT]]
// CHECK-NOT: linalg.generic
#id = affine_map<(a, b) -> (a, b)>
func.func @main(%x: tensor<4x18xf32>) -> tensor<4x16xf32> {
  %v = tensor.extract_slice %x[0, 1] [4, 8] [1, 2] : tensor<4x18xf32> to tensor<4x8xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %m = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%v : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %n = arith.negf %a : f32
    linalg.yield %n : f32
  } -> tensor<4x8xf32>
  %w = tensor.empty() : tensor<4x16xf32>
  %y = tensor.insert_slice %m into %w[0, 1] [4, 8] [1, 2] : tensor<4x8xf32> into tensor<4x16xf32>
  return %y : tensor<4x16xf32>
}

// -----

// A kernel stores vectors: into channels that lie apart it writes elsewhere, and a copy follows.
// CHECK-LABEL: func.func @main
// CHECK: %[[DENSE:.*]] = memref.alloc() : memref<1x9x16xf32>
// CHECK: kernel.contract {{.*}} outs(%[[DENSE]]
// CHECK: linalg.generic {{.*}} ins(%[[DENSE]] : {{.*}} attrs = {algorithm = "copy"}
func.func @main(%x: tensor<1x9x16xf32>, %w: tensor<1x1x16x16xf32>) -> tensor<1x9x32xf32> {
  %e = tensor.empty() : tensor<1x9x16xf32>
  %y = kernel.contract ins(%x, %w : tensor<1x9x16xf32>, tensor<1x1x16x16xf32>) outs(%e : tensor<1x9x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x9x16xf32>
  %o = tensor.empty() : tensor<1x9x32xf32>
  %z = tensor.insert_slice %y into %o[0, 0, 1] [1, 9, 16] [1, 1, 2] : tensor<1x9x16xf32> into tensor<1x9x32xf32>
  return %z : tensor<1x9x32xf32>
}

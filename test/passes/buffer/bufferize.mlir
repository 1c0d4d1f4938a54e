// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --split-input-file --bufferize | FileCheck %s

// The producer writes inside of the border.
// CHECK-LABEL: @main
// CHECK: %[[PADDED:.*]] = memref.alloc() : memref<1x10x10x16xf32>
// CHECK: %[[INSIDE:.*]] = memref.reinterpret_cast %[[PADDED]] to offset: [176], sizes: [1, 8, 8, 16], strides: [1600, 160, 16, 1]
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}}) outs(%[[INSIDE]]
// CHECK-NOT: linalg.generic
// CHECK: kernel.border %[[PADDED]] {{.*}} low = array<i64: 0, 1, 1, 0>
// CHECK: kernel.window sum ins(%[[PADDED]] : {{.*}}) outs(%arg1
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32> {
  %e = tensor.empty() : tensor<1x8x8x16xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x16xf32>
  %1 = kernel.pad %0 {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>, value = 0.0 : f32} : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  %2 = kernel.window sum ins(%1 : tensor<1x10x10x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 16} -> tensor<1x8x8x16xf32>
  return %2 : tensor<1x8x8x16xf32>
}

// -----

// A second border of another value, and the border of a graph input, are copies.
// CHECK-LABEL: @main
// CHECK-DAG: %[[ZERO:.*]] = memref.reinterpret_cast %{{.*}} to offset: [176]
// CHECK: linalg.generic {{.*}} outs(%[[INSIDE:.*]] : memref<1x8x8x16xf32, strided<[1600, 160, 16, 1], offset: 176>>
// CHECK: kernel.border
// CHECK: linalg.generic {{.*}} ins(%[[INSIDE]] : {{.*}}) outs(%{{.*}} : memref<1x8x8x16xf32, strided<[1600, 160, 16, 1], offset: 176>>) attrs = {algorithm = "copy"}
// CHECK: kernel.border {{.*}} value = 1.0
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}} attrs = {algorithm = "copy"}
// CHECK: kernel.border {{.*}} value = 2.0
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x8x8x16xf32>) -> (tensor<1x10x10x16xf32>, tensor<1x10x10x16xf32>, tensor<1x10x10x16xf32>) {
  %e = tensor.empty() : tensor<1x8x8x16xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x16xf32>
  %1 = kernel.pad %0 {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>, value = 0.0 : f32} : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  %2 = kernel.pad %0 {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>, value = 1.0 : f32} : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  %3 = kernel.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>, value = 2.0 : f32} : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  return %1, %2, %3 : tensor<1x10x10x16xf32>, tensor<1x10x10x16xf32>, tensor<1x10x10x16xf32>
}

// -----

// Producers write their part of a concatenation; a graph input is copied.
// CHECK-LABEL: @main
// CHECK-DAG: %[[FIRST:.*]] = memref.reinterpret_cast %arg1 to offset: [0], {{.*}} strides: [3072, 384, 48, 1]
// CHECK-DAG: %[[SECOND:.*]] = memref.reinterpret_cast %arg1 to offset: [16], {{.*}} strides: [3072, 384, 48, 1]
// CHECK-DAG: %[[THIRD:.*]] = memref.reinterpret_cast %arg1 to offset: [32], {{.*}} strides: [3072, 384, 48, 1]
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}}) outs(%[[FIRST]]
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} ins(%[[FIRST]] : {{.*}}) outs(%[[THIRD]]
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}}) outs(%[[SECOND]] {{.*}} attrs = {algorithm = "copy"}
// CHECK-NOT: linalg.generic
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x8x8x16xf32>) -> tensor<1x8x8x48xf32> {
  %e = tensor.empty() : tensor<1x8x8x16xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x16xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%0 : tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x16xf32>
  %2 = kernel.concat(%0, %x, %1) {axis = 3 : i64} : (tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>) -> tensor<1x8x8x48xf32>
  return %2 : tensor<1x8x8x48xf32>
}

// -----

// Phases of a transposed convolution are written where they belong.
// CHECK-LABEL: @main
// CHECK-DAG: %[[EVEN:.*]] = memref.reinterpret_cast %arg1 to offset: [0], sizes: [1, 8, 4, 16], strides: [1024, 128, 32, 1]
// CHECK-DAG: %[[ODD:.*]] = memref.reinterpret_cast %arg1 to offset: [16], sizes: [1, 8, 4, 16], strides: [1024, 128, 32, 1]
// CHECK: kernel.window sum ins(%arg0 : {{.*}}) outs(%[[EVEN]]
// CHECK: kernel.window max ins(%arg0 : {{.*}}) outs(%[[ODD]]
// CHECK-NOT: linalg.generic
func.func @main(%x: tensor<1x8x4x16xf32>) -> tensor<1x8x8x16xf32> {
  %e = tensor.empty() : tensor<1x8x8x16xf32>
  %d0 = tensor.extract_slice %e[0, 0, 0, 0] [1, 8, 4, 16] [1, 1, 2, 1] : tensor<1x8x8x16xf32> to tensor<1x8x4x16xf32>
  %0 = kernel.window sum ins(%x : tensor<1x8x4x16xf32>) outs(%d0 : tensor<1x8x4x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 16} -> tensor<1x8x4x16xf32>
  %1 = tensor.insert_slice %0 into %e[0, 0, 0, 0] [1, 8, 4, 16] [1, 1, 2, 1] : tensor<1x8x4x16xf32> into tensor<1x8x8x16xf32>
  %d1 = tensor.extract_slice %1[0, 0, 1, 0] [1, 8, 4, 16] [1, 1, 2, 1] : tensor<1x8x8x16xf32> to tensor<1x8x4x16xf32>
  %2 = kernel.window max ins(%x : tensor<1x8x4x16xf32>) outs(%d1 : tensor<1x8x4x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 16} -> tensor<1x8x4x16xf32>
  %3 = tensor.insert_slice %2 into %1[0, 0, 1, 0] [1, 8, 4, 16] [1, 1, 2, 1] : tensor<1x8x4x16xf32> into tensor<1x8x8x16xf32>
  return %3 : tensor<1x8x8x16xf32>
}

// -----

// Insertions into a part that an earlier one filled are copies, in order.
// CHECK-LABEL: @main
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} ins(%{{.*}}) outs(%{{.*}} attrs = {algorithm = "copy"}
// CHECK: return
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x8x4x16xf32>) -> tensor<1x8x8x16xf32> {
  %e = tensor.empty() : tensor<1x8x8x16xf32>
  %h = tensor.empty() : tensor<1x8x4x16xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x4x16xf32>) outs(%h : tensor<1x8x4x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x4x16xf32>
  %1 = tensor.insert_slice %0 into %e[0, 0, 0, 0] [1, 8, 4, 16] [1, 1, 1, 1] : tensor<1x8x4x16xf32> into tensor<1x8x8x16xf32>
  %2 = tensor.insert_slice %x into %1[0, 0, 2, 0] [1, 8, 4, 16] [1, 1, 1, 1] : tensor<1x8x4x16xf32> into tensor<1x8x8x16xf32>
  return %2 : tensor<1x8x8x16xf32>
}

// -----

// A chain of elementwise ops stays in place; the graph's input is never written.
// CHECK-LABEL: @main
// CHECK: %[[BUFFER:.*]] = memref.alloc() : memref<1x8x8x16xf32>
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}}) outs(%[[BUFFER]]
// CHECK: linalg.generic {{.*}} ins(%[[BUFFER]] : {{.*}}) outs(%[[BUFFER]]
// CHECK: linalg.generic {{.*}} ins(%[[BUFFER]] : {{.*}}) outs(%arg1
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32> {
  %e = tensor.empty() : tensor<1x8x8x16xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x16xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%0 : tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x16xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%1 : tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x16xf32>
  return %2 : tensor<1x8x8x16xf32>
}

// -----

// Not in place where the operand is read again.
// CHECK-LABEL: @main
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}}) outs(%[[FIRST:[^ ]*]]
// CHECK: linalg.generic {{.*}} ins(%[[FIRST]] : {{.*}}) outs(%[[SECOND:[^ ]*]]
// CHECK: kernel.window sum ins(%[[SECOND]] extras %[[FIRST]]
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32> {
  %e = tensor.empty() : tensor<1x8x8x16xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x16xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%0 : tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x16xf32>
  %2 = kernel.window sum ins(%1 extras %0 : tensor<1x8x8x16xf32> extras tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 16} -> tensor<1x8x8x16xf32> epilogue {
  ^bb0(%acc: f32, %r: f32):
    %s = arith.addf %acc, %r : f32
    kernel.yield %s : f32
  }
  return %2 : tensor<1x8x8x16xf32>
}

// -----

// The residual is overwritten by the tile that reads it.
// CHECK-LABEL: @main
// CHECK: kernel.contract ins(%{{.*}}, %arg1 extras %[[RESIDUAL:.*]] : {{.*}}) outs(%[[RESIDUAL]] :
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x8x8x64xf32>, %w: tensor<4x4x16x16xf32>) -> (tensor<1x8x8x64xf32>, tensor<1x8x8x64xf32>) {
  %e = tensor.empty() : tensor<1x8x8x64xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x8x64xf32>) outs(%e : tensor<1x8x8x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x64xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%0 : tensor<1x8x8x64xf32>) outs(%e : tensor<1x8x8x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x64xf32>
  %2 = kernel.contract ins(%0, %w extras %1 : tensor<1x8x8x64xf32>, tensor<4x4x16x16xf32>, tensor<1x8x8x64xf32>) outs(%e : tensor<1x8x8x64xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1, in_channels = 64, out_channels = 64} -> tensor<1x8x8x64xf32> epilogue {
  ^bb0(%acc: f32, %r: f32):
    %s = arith.addf %acc, %r : f32
    kernel.yield %s : f32
  }
  %3 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%2 : tensor<1x8x8x64xf32>) outs(%e : tensor<1x8x8x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x64xf32>
  %4 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%2 : tensor<1x8x8x64xf32>) outs(%e : tensor<1x8x8x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x64xf32>
  return %3, %4 : tensor<1x8x8x64xf32>, tensor<1x8x8x64xf32>
}

// -----

// Not where blocks of the reduction are worth their partial sums, which rest in the result.
// CHECK-LABEL: @main
// CHECK: linalg.generic {{.*}} outs(%[[RESIDUAL:[a-z0-9_]+]] :
// CHECK: kernel.contract ins(%arg0, %arg1 extras %[[RESIDUAL]] :
// CHECK-NOT: outs(%[[RESIDUAL]] :
// CHECK: return
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @main(%x: tensor<1x8x8x1024xf32>, %w: tensor<4x64x16x16xf32>, %y: tensor<1x8x8x64xf32>) -> (tensor<1x8x8x64xf32>, tensor<1x8x8x64xf32>) {
  %e = tensor.empty() : tensor<1x8x8x64xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%y : tensor<1x8x8x64xf32>) outs(%e : tensor<1x8x8x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x64xf32>
  %2 = kernel.contract ins(%x, %w extras %1 : tensor<1x8x8x1024xf32>, tensor<4x64x16x16xf32>, tensor<1x8x8x64xf32>) outs(%e : tensor<1x8x8x64xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1, in_channels = 1024, out_channels = 64} -> tensor<1x8x8x64xf32> epilogue {
  ^bb0(%acc: f32, %r: f32):
    %s = arith.addf %acc, %r : f32
    kernel.yield %s : f32
  }
  %3 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%2 : tensor<1x8x8x64xf32>) outs(%e : tensor<1x8x8x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x64xf32>
  %4 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%2 : tensor<1x8x8x64xf32>) outs(%e : tensor<1x8x8x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x64xf32>
  return %3, %4 : tensor<1x8x8x64xf32>, tensor<1x8x8x64xf32>
}
}

// -----

// A reshape is the same memory, before and after; a returned input or a second output is copied.
// CHECK-LABEL: @main
// CHECK-SAME: (%arg0: memref<1x8x8x16xf32> {cnnc.name = "x"}, %arg1: memref<1024xf32> {cnnc.name = "y", cnnc.output}, %arg2: memref<1024xf32> {cnnc.output}, %arg3: memref<1x8x8x16xf32> {cnnc.output})
// CHECK: %[[Y:.*]] = memref.reinterpret_cast %arg1 {{.*}} to memref<1x8x8x16xf32>
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}}) outs(%[[Y]]
// CHECK: linalg.generic {{.*}} ins(%arg1 : {{.*}}) outs(%arg2 : {{.*}} attrs = {algorithm = "copy"}
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}}) outs(%arg3 : {{.*}} attrs = {algorithm = "copy"}
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x8x8x16xf32> {cnnc.name = "x"}) -> (tensor<1024xf32> {cnnc.name = "y"}, tensor<1024xf32>, tensor<1x8x8x16xf32>) {
  %e = tensor.empty() : tensor<1x8x8x16xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x8x16xf32>) outs(%e : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } -> tensor<1x8x8x16xf32>
  %1 = kernel.reshape %0 : tensor<1x8x8x16xf32> to tensor<1024xf32>
  return %1, %1, %x : tensor<1024xf32>, tensor<1024xf32>, tensor<1x8x8x16xf32>
}

// -----

// A reshape of a part that is no one run is a copy.
// CHECK-LABEL: @main
// CHECK: %[[DENSE:.*]] = memref.alloc() : memref<512xf32>
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : memref<1x8x4x16xf32, strided<[1024, 128, 16, 1], offset: 64>>) outs(%{{.*}} : memref<1x8x4x16xf32>) attrs = {algorithm = "copy"}
func.func @main(%x: tensor<1x8x8x16xf32>) -> tensor<512xf32> {
  %e = tensor.empty() : tensor<512xf32>
  %0 = tensor.extract_slice %x[0, 0, 4, 0] [1, 8, 4, 16] [1, 1, 1, 1] : tensor<1x8x8x16xf32> to tensor<1x8x4x16xf32>
  %1 = kernel.reshape %0 : tensor<1x8x4x16xf32> to tensor<512xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(a) -> (a)>, affine_map<(a) -> (a)>], iterator_types = ["parallel"]} ins(%1 : tensor<512xf32>) outs(%e : tensor<512xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<512xf32>
  return %2 : tensor<512xf32>
}

// -----

// Equal constants are one, each starts at a multiple of 64 bytes; booleans take a byte each.
// CHECK: module attributes {cnnc.weights_bytes = 128 : i64}
// CHECK: memref.global "private" constant @w_0 : memref<2x2xf32> = dense<{{.*}}> {alignment = 64 : i64, cnnc.offset = 0 : i64}
// CHECK: memref.global "private" constant @w_1 : memref<4xi1> = dense_resource<booleans> {alignment = 64 : i64, cnnc.offset = 64 : i64}
// CHECK-NOT: memref.global
// CHECK-LABEL: @main
// CHECK: %[[WHOLE:.*]] = memref.get_global @w_0 : memref<2x2xf32>
// CHECK: memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [4], strides: [1]
// CHECK: booleans: "0x4000000001000101"
func.func @main() -> (tensor<2x2xf32>, tensor<4xf32>, tensor<4xi1>) {
  %0 = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %1 = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %2 = arith.constant dense<[true, false, true, true]> : tensor<4xi1>
  return %0, %1, %2 : tensor<2x2xf32>, tensor<4xf32>, tensor<4xi1>
}

// -----

// A reduction carries its start; bodies read tables from memory and hold their constants.
// CHECK-LABEL: @main
// CHECK-NOT: linalg.fill
// CHECK: linalg.generic {{.*}} attrs = {init = [0xFF800000 : f32]}
// CHECK: %[[LOADED:.*]] = memref.load %arg1[
// CHECK: %[[TWO:.*]] = arith.constant 2.0
// CHECK: arith.mulf %[[LOADED]], %[[TWO]]
func.func @main(%x: tensor<8x16xf32>, %table: tensor<16xf32>) -> tensor<8xf32> {
  %low = arith.constant 0xFF800000 : f32
  %two = arith.constant 2.0 : f32
  %e = tensor.empty() : tensor<8xf32>
  %f = linalg.fill ins(%low : f32) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(a, b) -> (a, b)>, affine_map<(a, b) -> (a)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<8x16xf32>) outs(%f : tensor<8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %i = linalg.index 1 : index
    %t = tensor.extract %table[%i] : tensor<16xf32>
    %d = arith.mulf %t, %two : f32
    %m = arith.mulf %a, %d : f32
    %v = arith.maximumf %m, %o : f32
    linalg.yield %v : f32
  } -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

// A fill that is read as such is an op; what two readers overwrite is copied.
// CHECK-LABEL: @main
// CHECK: linalg.fill {{.*}} outs(%[[FILLED:.*]] :
// CHECK: linalg.generic {{.*}} ins(%[[FILLED]] : {{.*}}) outs(%arg1 : {{.*}} "copy"
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}}) outs(%arg1 :
// CHECK: linalg.generic {{.*}} ins(%[[FILLED]] : {{.*}}) outs(%arg2 : {{.*}} "copy"
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}}) outs(%arg2 :
func.func @main(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<8xf32>
  %f = linalg.fill ins(%one : f32) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(a) -> (a)>, affine_map<(a) -> (a)>], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%f : tensor<8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = arith.addf %a, %o : f32
    linalg.yield %v : f32
  } -> tensor<8xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(a) -> (a)>, affine_map<(a) -> (a)>], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%f : tensor<8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = arith.addf %a, %o : f32
    linalg.yield %v : f32
  } -> tensor<8xf32>
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}

// -----

// The same for a fill written as a generic.
// CHECK-LABEL: @main
// CHECK-COUNT-1: linalg.generic
// CHECK-SAME: attrs = {init = [0.000000e+00 : f32]}
// CHECK-NOT: linalg.generic
func.func @main(%x: tensor<8x16xf32>) -> tensor<8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8xf32>
  %f = linalg.generic {indexing_maps = [affine_map<(a) -> (a)>], iterator_types = ["parallel"]} outs(%e : tensor<8xf32>) {
  ^bb0(%o: f32):
    linalg.yield %zero : f32
  } -> tensor<8xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(a, b) -> (a, b)>, affine_map<(a, b) -> (a)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<8x16xf32>) outs(%f : tensor<8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = arith.addf %a, %o : f32
    linalg.yield %v : f32
  } -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

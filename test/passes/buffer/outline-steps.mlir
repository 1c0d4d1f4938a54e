// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --split-input-file --outline-steps | FileCheck %s

#id = affine_map<(a, b) -> (a, b)>

// The border joins the step that wrote inside of it, also when others come between.
// CHECK-LABEL: @border_joins_its_producer
// CHECK: kernel.step "conv1" algorithm("window") macs(100) bytes(512) {
// CHECK-NEXT: kernel.window
// CHECK-NEXT: kernel.border
// CHECK: kernel.step "other" algorithm("generic") macs(0) bytes(512)
func.func @border_joins_its_producer(%x: memref<1x4x1x16xf32>, %y: memref<8x8xf32>, %z: memref<8x8xf32>) {
  %p = memref.alloc() : memref<1x6x1x16xf32>
  %i = memref.reinterpret_cast %p to offset: [16], sizes: [1, 4, 1, 16], strides: [96, 16, 16, 1] : memref<1x6x1x16xf32> to memref<1x4x1x16xf32, strided<[96, 16, 16, 1], offset: 16>>
  kernel.window sum ins(%x : memref<1x4x1x16xf32>) outs(%i : memref<1x4x1x16xf32, strided<[96, 16, 16, 1], offset: 16>>)
    {order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 16, macs = 100} loc(fused["conv1", "relu1"])
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%y : memref<8x8xf32>) outs(%z : memref<8x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = math.exp %a : f32
    linalg.yield %v : f32
  } loc("other")
  kernel.border %p {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 1, 0, 0>, value = 0.0 : f32} : memref<1x6x1x16xf32> loc("conv2")
  return
}

// -----

#id = affine_map<(a, b) -> (a, b)>

// The copies of one op share a step.
// CHECK-LABEL: @copies_share_a_step
// CHECK: kernel.step "concat" algorithm("copy") macs(0) bytes(2097152) {
// CHECK-COUNT-2: linalg.generic
func.func @copies_share_a_step(%x: memref<256x512xf32>, %y: memref<512x512xf32>) {
  %0 = memref.reinterpret_cast %y to offset: [0], sizes: [256, 512], strides: [512, 1] : memref<512x512xf32> to memref<256x512xf32>
  %1 = memref.reinterpret_cast %y to offset: [131072], sizes: [256, 512], strides: [512, 1] : memref<512x512xf32> to memref<256x512xf32, strided<[512, 1], offset: 131072>>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<256x512xf32>) outs(%0 : memref<256x512xf32>) attrs = {algorithm = "copy"} {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } loc("concat")
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<256x512xf32>) outs(%1 : memref<256x512xf32, strided<[512, 1], offset: 131072>>) attrs = {algorithm = "copy"} {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } loc("concat")
  return
}

// -----

// Phases of one transposed convolution are one step, if they are worth as many tasks; what reads another's result is not.
// CHECK-LABEL: @phases_are_one_step
// CHECK: kernel.step "up" algorithm("phases") macs(20)
// CHECK-COUNT-2: kernel.window
// CHECK: kernel.step "up" algorithm("phases") macs(10)
// CHECK: kernel.step "next" algorithm("phases") macs(10)
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @phases_are_one_step(%x: memref<1x8000x16xf32>, %y: memref<1x16000x16xf32>, %few: memref<1x4x16xf32>, %less: memref<1x4x16xf32>, %z: memref<1x4x16xf32>) {
  %even = memref.reinterpret_cast %y to offset: [0], sizes: [1, 8000, 16], strides: [256000, 32, 1] : memref<1x16000x16xf32> to memref<1x8000x16xf32, strided<[256000, 32, 1]>>
  %odd = memref.reinterpret_cast %y to offset: [16], sizes: [1, 8000, 16], strides: [256000, 32, 1] : memref<1x16000x16xf32> to memref<1x8000x16xf32, strided<[256000, 32, 1], offset: 16>>
  kernel.window sum ins(%x : memref<1x8000x16xf32>) outs(%even : memref<1x8000x16xf32, strided<[256000, 32, 1]>>)
    {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, channels = 16, macs = 10, algorithm = "phases"} loc("up")
  kernel.window sum ins(%x : memref<1x8000x16xf32>) outs(%odd : memref<1x8000x16xf32, strided<[256000, 32, 1], offset: 16>>)
    {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, channels = 16, macs = 10, algorithm = "phases"} loc("up")
  kernel.window sum ins(%few : memref<1x4x16xf32>) outs(%less : memref<1x4x16xf32>)
    {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, channels = 16, macs = 10, algorithm = "phases"} loc("up")
  kernel.window sum ins(%less : memref<1x4x16xf32>) outs(%z : memref<1x4x16xf32>)
    {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, channels = 16, macs = 10, algorithm = "phases"} loc("next")
  return
}
}

// -----

#id = affine_map<(a, b) -> (a, b)>

// CHECK-LABEL: @a_ninth_copy_has_another_step
// CHECK: kernel.step
// CHECK-COUNT-8: linalg.generic
// CHECK: kernel.step
// CHECK-COUNT-1: linalg.generic
func.func @a_ninth_copy_has_another_step(%x: memref<2x2xf32>, %0: memref<2x2xf32>, %1: memref<2x2xf32>, %2: memref<2x2xf32>, %3: memref<2x2xf32>, %4: memref<2x2xf32>, %5: memref<2x2xf32>, %6: memref<2x2xf32>, %7: memref<2x2xf32>, %8: memref<2x2xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<2x2xf32>) outs(%0 : memref<2x2xf32>) attrs = {algorithm = "copy"} { ^bb0(%a: f32, %o: f32): linalg.yield %a : f32 } loc("concat")
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<2x2xf32>) outs(%1 : memref<2x2xf32>) attrs = {algorithm = "copy"} { ^bb0(%a: f32, %o: f32): linalg.yield %a : f32 } loc("concat")
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<2x2xf32>) outs(%2 : memref<2x2xf32>) attrs = {algorithm = "copy"} { ^bb0(%a: f32, %o: f32): linalg.yield %a : f32 } loc("concat")
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<2x2xf32>) outs(%3 : memref<2x2xf32>) attrs = {algorithm = "copy"} { ^bb0(%a: f32, %o: f32): linalg.yield %a : f32 } loc("concat")
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<2x2xf32>) outs(%4 : memref<2x2xf32>) attrs = {algorithm = "copy"} { ^bb0(%a: f32, %o: f32): linalg.yield %a : f32 } loc("concat")
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<2x2xf32>) outs(%5 : memref<2x2xf32>) attrs = {algorithm = "copy"} { ^bb0(%a: f32, %o: f32): linalg.yield %a : f32 } loc("concat")
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<2x2xf32>) outs(%6 : memref<2x2xf32>) attrs = {algorithm = "copy"} { ^bb0(%a: f32, %o: f32): linalg.yield %a : f32 } loc("concat")
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<2x2xf32>) outs(%7 : memref<2x2xf32>) attrs = {algorithm = "copy"} { ^bb0(%a: f32, %o: f32): linalg.yield %a : f32 } loc("concat")
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<2x2xf32>) outs(%8 : memref<2x2xf32>) attrs = {algorithm = "copy"} { ^bb0(%a: f32, %o: f32): linalg.yield %a : f32 } loc("concat")
  return
}

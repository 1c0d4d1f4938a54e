// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --select-tiles --split-input-file | FileCheck %s

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3", "x86-64-v4"]>} {

// CHECK-LABEL: @one_tile_per_level
func.func @one_tile_per_level(%a: tensor<1x4x58x58x16xf32>, %w: tensor<4x36x16x16xf32>, %o: tensor<1x4x56x56x16xf32>) -> tensor<1x4x56x56x16xf32> {
  // CHECK: kernel.contract
  // CHECK-SAME: split = array<i64: 1, 28>
  // CHECK-SAME: tiles = [#kernel.tile<{{[0-9]+}} x {{[0-9]+}} v>, #kernel.tile<{{[0-9]+}} x 4 v>]
  %r = kernel.contract ins(%a, %w : tensor<1x4x58x58x16xf32>, tensor<4x36x16x16xf32>) outs(%o : tensor<1x4x56x56x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 64 : i64, out_channels = 64 : i64} -> tensor<1x4x56x56x16xf32>
  return %r : tensor<1x4x56x56x16xf32>
}

// CHECK-LABEL: @filter_beyond_the_cache_is_cut
func.func @filter_beyond_the_cache_is_cut(%a: tensor<1x32x9x9x16xf32>, %w: tensor<32x288x16x16xf32>, %o: tensor<1x32x7x7x16xf32>) -> tensor<1x32x7x7x16xf32> {
  // Small map, large filter: tasks share out the channels.
  // CHECK: kernel.contract
  // CHECK-SAME: k_block = array<i64: 72, 72>
  // CHECK-SAME: split = array<i64: 11, 1>
  %r = kernel.contract ins(%a, %w : tensor<1x32x9x9x16xf32>, tensor<32x288x16x16xf32>) outs(%o : tensor<1x32x7x7x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 512 : i64, out_channels = 512 : i64} -> tensor<1x32x7x7x16xf32>
  return %r : tensor<1x32x7x7x16xf32>
}

// CHECK-LABEL: @small_step_is_one_task
func.func @small_step_is_one_task(%a: tensor<1x1x4x4x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x1x4x4x16xf32>) -> tensor<1x1x4x4x16xf32> {
  // CHECK: kernel.contract
  // CHECK-SAME: split = array<i64: 1, 1>
  %r = kernel.contract ins(%a, %w : tensor<1x1x4x4x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x1x4x4x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x4x4x16xf32>
  return %r : tensor<1x1x4x4x16xf32>
}

// CHECK-LABEL: @images_of_one_pixel_share_a_tile
func.func @images_of_one_pixel_share_a_tile(%a: tensor<197x48x1x16xf32>, %w: tensor<4x48x16x16xf32>, %o: tensor<197x4x1x16xf32>) -> tensor<197x4x1x16xf32> {
  // CHECK: kernel.contract
  // CHECK-SAME: tiles = [#kernel.tile<6 x 2 v>,
  %r = kernel.contract ins(%a, %w : tensor<197x48x1x16xf32>, tensor<4x48x16x16xf32>) outs(%o : tensor<197x4x1x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 768 : i64, out_channels = 64 : i64} -> tensor<197x4x1x16xf32>
  return %r : tensor<197x4x1x16xf32>
}

// Four parts of the panels, and each filter is transformed once in a part.
// CHECK-LABEL: @winograd_of_a_raw_filter_is_one_block
func.func @winograd_of_a_raw_filter_is_one_block(%a: tensor<1x32x28x28x16xf32>, %w: tensor<32x32x16x9x16xf32>, %o: tensor<1x32x28x28x16xf32>) -> tensor<1x32x28x28x16xf32> {
  // CHECK: kernel.winograd
  // CHECK-SAME: split = array<i64: 4, 1>, tile = array<i64: 4, 4>, tile_block = 49 : i64
  %r = kernel.winograd ins(%a, %w : tensor<1x32x28x28x16xf32>, tensor<32x32x16x9x16xf32>) outs(%o : tensor<1x32x28x28x16xf32>) {tile = array<i64: 4, 4>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 512 : i64, out_channels = 512 : i64} -> tensor<1x32x28x28x16xf32>
  return %r : tensor<1x32x28x28x16xf32>
}

// CHECK-LABEL: @winograd_in_equal_blocks
func.func @winograd_in_equal_blocks(%a: tensor<1x4x56x56x16xf32>, %w: tensor<36x4x4x16x16xf32>, %o: tensor<1x4x56x56x16xf32>) -> tensor<1x4x56x56x16xf32> {
  // CHECK: kernel.winograd
  // CHECK-SAME: scratch_bytes = {{[0-9]+}} : i64, split = array<i64: 1, 6>, tile = array<i64: 4, 4>, tile_block = 33 : i64
  %r = kernel.winograd ins(%a, %w : tensor<1x4x56x56x16xf32>, tensor<36x4x4x16x16xf32>) outs(%o : tensor<1x4x56x56x16xf32>) {tile = array<i64: 4, 4>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 64 : i64, out_channels = 64 : i64} -> tensor<1x4x56x56x16xf32>
  return %r : tensor<1x4x56x56x16xf32>
}

// CHECK-LABEL: @others_receive_tasks
func.func @others_receive_tasks(%a: tensor<1x4x58x58x16xf32>, %o: tensor<1x4x56x56x16xf32>, %l: tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32> {
  // CHECK: kernel.window
  // CHECK-SAME: tasks = 8 : i64
  %r = kernel.window max ins(%a : tensor<1x4x58x58x16xf32>) outs(%o : tensor<1x4x56x56x16xf32>) {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 64 : i64} -> tensor<1x4x56x56x16xf32>
  // CHECK: kernel.relayout
  // CHECK-SAME: tasks = 16 : i64
  %s = kernel.relayout ins(%r : tensor<1x4x56x56x16xf32>) outs(%l : tensor<1x64x56x56xf32>) {shape = array<i64: 1, 64, 56, 56>, a_order = array<i64: 0, 1, 2, 3>, a_block = 1 : i64, out_order = array<i64: 0, 1, 2, 3>, out_block = -1 : i64} -> tensor<1x64x56x56xf32>
  return %s : tensor<1x64x56x56xf32>
}
}

// -----

// Tiles and tasks are a CPU's.
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">} {
// CHECK-LABEL: @without_a_cpu
// CHECK-NOT: {{split|tiles|tasks}} =
// CHECK: return
func.func @without_a_cpu(%a: tensor<1x58x58x64xf32>, %w: tensor<4x36x16x16xf32>, %o: tensor<1x56x56x64xf32>, %p: tensor<1x54x54x64xf32>) -> tensor<1x54x54x64xf32> {
  %r = kernel.contract ins(%a, %w : tensor<1x58x58x64xf32>, tensor<4x36x16x16xf32>) outs(%o : tensor<1x56x56x64xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 64 : i64, out_channels = 64 : i64} -> tensor<1x56x56x64xf32>
  %s = kernel.window max ins(%r : tensor<1x56x56x64xf32>) outs(%p : tensor<1x54x54x64xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 64 : i64} -> tensor<1x54x54x64xf32>
  return %s : tensor<1x54x54x64xf32>
}
}

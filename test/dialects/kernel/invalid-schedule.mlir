// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --split-input-file --verify-diagnostics
// Schedules that an op or a level cannot follow.

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @no_rows(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires rows from 1 to 12 in its schedule, but found 0}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 0>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @more_sums_than_registers(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires a register tile of at most 12 vectors at the level x86-64-v3, but found 7 x 2}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 7, vectors = 2>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @a_panel_and_a_half(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires vectors of whole panels of 16 channels, or an equal part of one, but found 3 of 8 lanes at the level x86-64-v3}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 4, vectors = 3>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3"]>} {
func.func @one_schedule_for_two_levels(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires a schedule for each of the target's 2 levels, but found 1}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 4>]}
  return
}
}

// -----

module {
func.func @no_target(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires a schedule for each of the target's 0 levels, but found 1}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 4>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">} {
func.func @machine_without_cores(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires a schedule for each of the target's 0 levels, but found 1}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 4>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @unknown_strides(%a: memref<5x64xf32, strided<[?, 1]>>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires operands in memory, of known strides, where it has a schedule, but found 'memref<5x64xf32, strided<[?, 1]>>'}}
  kernel.contract ins(%a, %w : memref<5x64xf32, strided<[?, 1]>>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 4>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @tasks_of_rows_and_columns(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires tasks that share rows or columns, but found 2 row_parts and 3 column_parts}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<row_parts = 2, column_parts = 3>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @block_of_no_rows(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires row_block from 1 to}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<row_block = 0>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @no_tasks(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires panel_parts from 1 to 4096 in its schedule, but found 0}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<panel_parts = 0>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @more_blocks_than_segments(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires reduction_blocks from 1 to 4 in its schedule, but found 5}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<reduction_blocks = 5>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @no_blocks(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires reduction_blocks from 1 to 4 in its schedule, but found 0}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<reduction_blocks = 0>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @partial_sums_over_an_extra(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires extras apart from out, where the partial sums of 2 reduction_blocks rest}}
  kernel.contract ins(%a, %w extras %o : memref<5x64xf32>, memref<1x4x16x16xf32>, memref<5x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<reduction_blocks = 2>]} epilogue {
  ^bb0(%acc: f32, %r: f32):
    %s = arith.addf %acc, %r : f32
    kernel.yield %s : f32
  }
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @partial_sums_in_bytes(%a: memref<5x64xi8>, %w: memref<1x4x4x16x4xi8>, %o: memref<5x16xi8>) {
  // expected-error @+1 {{requires out of 'i32', where the partial sums of 2 reduction_blocks rest, but found 'memref<5x16xi8>'}}
  kernel.contract ins(%a, %w : memref<5x64xi8>, memref<1x4x4x16x4xi8>) outs(%o : memref<5x16xi8>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<reduction_blocks = 2>]} epilogue {
  ^bb0(%acc: i32):
    %b = arith.trunci %acc : i32 to i8
    kernel.yield %b : i8
  }
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @integers_need_no_sums_of_sums(%a: memref<5x64xi8>, %w: memref<1x4x4x16x4xi8>, %o: memref<5x16xi32>) {
  // expected-error @+1 {{requires sum_block from 0 to 0 in its schedule, but found 2}}
  kernel.contract ins(%a, %w : memref<5x64xi8>, memref<1x4x4x16x4xi8>) outs(%o : memref<5x16xi32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<sum_block = 2>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @lines_of_a_row(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{cannot cut 2 rows of 5 pixels as one}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<lines = 2>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @lines_that_do_not_divide(%a: memref<1x3x6x64xf32, strided<[1152, 384, 64, 1]>>, %w: memref<1x4x16x16xf32>, %o: memref<1x3x4x16xf32>) {
  // expected-error @+1 {{cannot cut 2 rows of 4 pixels as one}}
  kernel.contract ins(%a, %w : memref<1x3x6x64xf32, strided<[1152, 384, 64, 1]>>, memref<1x4x16x16xf32>) outs(%o : memref<1x3x4x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<lines = 2>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @nothing_unrolled(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires unroll from 1 to 64 in its schedule, but found 0}}
  kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<unroll = 0>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @along_no_dimension(%a: memref<1x6x6x40xf32>, %o: memref<1x4x4x40xf32>, %s: memref<1x4x1x40xf32>) {
  // expected-error @+1 {{requires along from 0 to 1 in its schedule, but found 2}}
  kernel.window max ins(%a : memref<1x6x6x40xf32>) outs(%o : memref<1x4x4x40xf32>)
    {order = #kernel<channel_order last>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
     channels = 40 : i64, schedule = [#kernel.window_schedule<along = 2>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @summed_rows_along_another_dimension(%a: memref<1x6x6x40xf32>, %o: memref<1x4x4x40xf32>, %s: memref<1x4x1x40xf32>) {
  // expected-error @+1 {{requires along from 1 to 1 in its schedule, but found 0}}
  kernel.window max ins(%a : memref<1x6x6x40xf32>) outs(%o : memref<1x4x4x40xf32>) row_sums(%s : memref<1x4x1x40xf32>)
    {order = #kernel<channel_order last>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
     channels = 40 : i64, schedule = [#kernel.window_schedule<along = 0>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @tile_of_more_than_the_registers(%a: memref<1x6x6x40xf32>, %o: memref<1x4x4x40xf32>, %s: memref<1x4x1x40xf32>) {
  // expected-error @+1 {{requires tile from 1 to 14 in its schedule, but found 15}}
  kernel.window max ins(%a : memref<1x6x6x40xf32>) outs(%o : memref<1x4x4x40xf32>)
    {order = #kernel<channel_order last>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
     channels = 40 : i64, schedule = [#kernel.window_schedule<tile = 15>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @calls_of_part_of_a_vector(%a: memref<1x6x6x40xf32>, %o: memref<1x4x4x40xf32>, %s: memref<1x4x1x40xf32>) {
  // expected-error @+1 {{requires calls of all 40 channels or of a multiple of 16 in its schedule, but found 24}}
  kernel.window max ins(%a : memref<1x6x6x40xf32>) outs(%o : memref<1x4x4x40xf32>)
    {order = #kernel<channel_order last>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
     channels = 40 : i64, schedule = [#kernel.window_schedule<channels = 24>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @calls_of_two_blocks(%a: memref<1x3x6x6x16xf32>, %o: memref<1x3x4x4x16xf32>, %s: memref<1x4x1x40xf32>) {
  // expected-error @+1 {{requires channels from 16 to 16 in its schedule, but found 32}}
  kernel.window max ins(%a : memref<1x3x6x6x16xf32>) outs(%o : memref<1x3x4x4x16xf32>)
    {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
     channels = 40 : i64, schedule = [#kernel.window_schedule<channels = 32>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @many_unrolled_taps(%a: memref<1x12x12x40xf32>, %o: memref<1x4x4x40xf32>, %s: memref<1x4x1x40xf32>) {
  // expected-error @+1 {{requires at most 64 unrolled taps in its schedule, but found 81}}
  kernel.window max ins(%a : memref<1x12x12x40xf32>) outs(%o : memref<1x4x4x40xf32>)
    {order = #kernel<channel_order last>, kernel = array<i64: 9, 9>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
     channels = 40 : i64, schedule = [#kernel.window_schedule<unroll = all>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @no_tiles(%a: memref<1x1x7x7x16xf32>, %w: memref<16x3x1x16x16xf32>, %o: memref<1x3x7x7x16xf32>) {
  // expected-error @+1 {{requires tile_block from 1 to 4096 in its schedule, but found 0}}
  kernel.winograd ins(%a, %w : memref<1x1x7x7x16xf32>, memref<16x3x1x16x16xf32>) outs(%o : memref<1x3x7x7x16xf32>)
    {tile = array<i64: 2, 2>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 48 : i64,
     schedule = [#kernel.winograd_schedule<tile_block = 0>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @planes_of_a_plane(%a: memref<1x1x7x7x16xf32>, %w: memref<16x3x1x16x16xf32>, %o: memref<1x3x7x7x16xf32>) {
  // expected-error @+1 {{requires depth_block from 1 to 1 in its schedule, but found 2}}
  kernel.winograd ins(%a, %w : memref<1x1x7x7x16xf32>, memref<16x3x1x16x16xf32>) outs(%o : memref<1x3x7x7x16xf32>)
    {tile = array<i64: 2, 2>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 48 : i64,
     schedule = [#kernel.winograd_schedule<depth_block = 2>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @chunk_beyond_the_scratch(%a: memref<1x1x7x7x16xf32>, %w: memref<16x3x1x16x16xf32>, %o: memref<1x3x7x7x16xf32>) {
  // expected-error @+1 {{requires chunk from 1 to 4 in its schedule, but found 5}}
  kernel.winograd ins(%a, %w : memref<1x1x7x7x16xf32>, memref<16x3x1x16x16xf32>) outs(%o : memref<1x3x7x7x16xf32>)
    {tile = array<i64: 2, 2>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 48 : i64,
     schedule = [#kernel.winograd_schedule<chunk = 5>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @filters_beyond_the_scratch(%a: memref<1x1x7x7x16xf32>, %w: memref<3x1x16x9x16xf32>, %o: memref<1x3x7x7x16xf32>) {
  // expected-error @+1 {{requires at most 16 transformed filters at a time, but found a chunk of 4 by 8 blocks}}
  kernel.winograd ins(%a, %w : memref<1x1x7x7x16xf32>, memref<3x1x16x9x16xf32>) outs(%o : memref<1x3x7x7x16xf32>)
    {tile = array<i64: 2, 2>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 48 : i64,
     schedule = [#kernel.winograd_schedule<chunk = 4, blocks = 8>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @narrow_tile_beyond_the_registers(%a: memref<1x1x7x7x16xf32>, %w: memref<16x3x1x16x16xf32>, %o: memref<1x3x7x7x16xf32>) {
  // expected-error @+1 {{requires a register tile of at most 12 vectors at the level x86-64-v3, but found 12 x 2}}
  kernel.winograd ins(%a, %w : memref<1x1x7x7x16xf32>, memref<16x3x1x16x16xf32>) outs(%o : memref<1x3x7x7x16xf32>)
    {tile = array<i64: 2, 2>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 48 : i64,
     schedule = [#kernel.winograd_schedule<vectors = 4, rows = 3, narrow_rows = 12, chunk = 2, panel_parts = 1>]}
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @step_without_tasks(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  // expected-error @+1 {{requires at least one task, and neither less than no macs nor bytes, but found 0, 0 and 0}}
  kernel.step "s" algorithm("test") tasks(0) macs(0) bytes(0) {
  }
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @parts_that_no_task_computes(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  kernel.step "s" algorithm("test") tasks(2) macs(0) bytes(0) {
    // expected-error @+1 {{requires 2 parts, one for each task, but its schedule has 3}}
    kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
      {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
       group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64,
       schedule = [#kernel.contract_schedule<panel_parts = 1, row_parts = 1, column_parts = 3>]}
  }
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @parts_in_a_loop_over_the_tasks(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  kernel.step "s" algorithm("test") tasks(3) macs(0) bytes(0) {
    scf.forall (%task) in (3) {
    // expected-error @+1 {{requires 1 parts, one for each task, but its schedule has 3}}
    kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>)
      {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
       group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64,
       schedule = [#kernel.contract_schedule<panel_parts = 1, row_parts = 1, column_parts = 3>]}
    }
  }
  return
}
}

// -----

func.func @tensors_have_no_place(%a: tensor<5x64xf32>, %w: tensor<1x4x16x16xf32>, %o: tensor<5x16xf32>) {
  // expected-error @+1 {{requires operands in memory, of known strides, where it has a schedule, but found 'tensor<5x64xf32>'}}
  %r = kernel.contract ins(%a, %w : tensor<5x64xf32>, tensor<1x4x16x16xf32>) outs(%o : tensor<5x16xf32>)
    {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>,
     group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 4>]} -> tensor<5x16xf32>
  return
}

// -----

#id = affine_map<(a, b) -> (a, b)>
#rows = affine_map<(a, b) -> (a)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @lanes_along_no_loop(%a: memref<4x8xf32>, %o: memref<4xf32>) {
  // expected-error @+1 {{requires along from 0 to 1 in its schedule, but found 2}}
  linalg.generic {indexing_maps = [#id, #rows], iterator_types = ["parallel", "reduction"]} ins(%a : memref<4x8xf32>) outs(%o : memref<4xf32>) attrs = {kernel.schedule = [#kernel.generic_schedule<along = 2>]} {
  ^bb0(%x: f32, %o0: f32):
    %v = arith.addf %x, %o0 : f32
    linalg.yield %v : f32
  }
  return
}
}

// -----

#id = affine_map<(a, b) -> (a, b)>
#rows = affine_map<(a, b) -> (a)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @no_vectors(%a: memref<4x8xf32>, %o: memref<4xf32>) {
  // expected-error @+1 {{requires vectors from 1 to 8 in its schedule, but found 0}}
  linalg.generic {indexing_maps = [#id, #rows], iterator_types = ["parallel", "reduction"]} ins(%a : memref<4x8xf32>) outs(%o : memref<4xf32>) attrs = {kernel.schedule = [#kernel.generic_schedule<vectors = 0>]} {
  ^bb0(%x: f32, %o0: f32):
    %v = arith.addf %x, %o0 : f32
    linalg.yield %v : f32
  }
  return
}
}

// -----

#id = affine_map<(a, b) -> (a, b)>
#rows = affine_map<(a, b) -> (a)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @lanes_along_a_sum_in_order(%a: memref<4x8xf32>, %o: memref<4xf32>) {
  // expected-error @+1 {{cannot accumulate in lanes along dimension 1: the order counts}}
  linalg.generic {indexing_maps = [#id, #rows], iterator_types = ["parallel", "reduction"]} ins(%a : memref<4x8xf32>) outs(%o : memref<4xf32>) attrs = {kernel.schedule = [#kernel.generic_schedule<along = 1>]} {
  ^bb0(%x: f32, %o0: f32):
    %v = arith.subf %x, %o0 : f32
    linalg.yield %v : f32
  }
  return
}
}

// -----

#id = affine_map<(a, b) -> (a, b)>
#rows = affine_map<(a, b) -> (a)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @another_schedule(%a: memref<4x8xf32>, %o: memref<4xf32>) {
  // expected-error @+1 {{requires a list of #kernel.generic_schedule as kernel.schedule}}
  linalg.generic {indexing_maps = [#id, #rows], iterator_types = ["parallel", "reduction"]} ins(%a : memref<4x8xf32>) outs(%o : memref<4xf32>) attrs = {kernel.schedule = [#kernel.window_schedule<tile = 2>]} {
  ^bb0(%x: f32, %o0: f32):
    %v = arith.addf %x, %o0 : f32
    linalg.yield %v : f32
  }
  return
}
}

// -----

#id = affine_map<(a, b) -> (a, b)>
#rows = affine_map<(a, b) -> (a)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @an_attribute_of_no_meaning(%a: memref<4x8xf32>, %o: memref<4xf32>) {
  // expected-error @+1 {{has no attribute "kernel.tiles"}}
  linalg.generic {indexing_maps = [#id, #rows], iterator_types = ["parallel", "reduction"]} ins(%a : memref<4x8xf32>) outs(%o : memref<4xf32>) attrs = {kernel.tiles = 2 : i64} {
  ^bb0(%x: f32, %o0: f32):
    %v = arith.addf %x, %o0 : f32
    linalg.yield %v : f32
  }
  return
}
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --split-input-file --verify-diagnostics

func.func @contract_filter_has_too_few_panels(%a: tensor<1x1x8x8x16xf32>, %w: tensor<1x9x16x16xf32>, %o: tensor<1x2x6x6x16xf32>) {
  // expected-error @+1 {{requires 2 panels, but found 1}}
  %r = kernel.contract ins(%a, %w : tensor<1x1x8x8x16xf32>, tensor<1x9x16x16xf32>) outs(%o : tensor<1x2x6x6x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 32 : i64} -> tensor<1x2x6x6x16xf32>
  return
}

// -----

func.func @contract_segments_do_not_add_up(%a: tensor<1x1x8x8x16xf32>, %w: tensor<1x8x16x16xf32>, %o: tensor<1x1x6x6x16xf32>) {
  // expected-error @+1 {{requires segments of together 144 elements, but found 8 of 16}}
  %r = kernel.contract ins(%a, %w : tensor<1x1x8x8x16xf32>, tensor<1x8x16x16xf32>) outs(%o : tensor<1x1x6x6x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x6x6x16xf32>
  return
}

// -----

func.func @contract_input_is_not_padded(%a: tensor<1x1x6x8x16xf32>, %w: tensor<1x9x16x16xf32>, %o: tensor<1x1x6x6x16xf32>) {
  // expected-error @+1 {{requires an extent of at least 8 in spatial dimension 0 of a, but found 6}}
  %r = kernel.contract ins(%a, %w : tensor<1x1x6x8x16xf32>, tensor<1x9x16x16xf32>) outs(%o : tensor<1x1x6x6x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x6x6x16xf32>
  return
}

// -----

func.func @contract_order_does_not_fit_the_rank(%a: tensor<1x8x8x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x1x8x8x16xf32>) {
  // expected-error @+1 {{requires a of rank 5 in order blocked, but found 'tensor<1x8x8x16xf32>'}}
  %r = kernel.contract ins(%a, %w : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x1x8x8x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x8x8x16xf32>
  return
}

// -----

func.func @contract_extra_does_not_broadcast(%a: tensor<1x8x8x16xf32>, %w: tensor<1x1x16x16xf32>, %e: tensor<1x4x8x16xf32>, %o: tensor<1x8x8x16xf32>) {
  // expected-error @+1 {{requires extras that broadcast to 'tensor<1x8x8x16xf32>', but found 'tensor<1x4x8x16xf32>'}}
  %r = kernel.contract ins(%a, %w extras %e : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>, tensor<1x4x8x16xf32>) outs(%o : tensor<1x8x8x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x8x8x16xf32> epilogue {
  ^bb0(%x: f32, %y: f32):
    kernel.yield %x : f32
  }
  return
}

// -----

func.func @contract_epilogue_misses_an_argument(%a: tensor<1x8x8x16xf32>, %w: tensor<1x1x16x16xf32>, %e: tensor<1x8x8x16xf32>, %o: tensor<1x8x8x16xf32>) {
  // expected-error @+1 {{requires an epilogue of 2 arguments, but found 1}}
  %r = kernel.contract ins(%a, %w extras %e : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>, tensor<1x8x8x16xf32>) outs(%o : tensor<1x8x8x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x8x8x16xf32> epilogue {
  ^bb0(%x: f32):
    kernel.yield %x : f32
  }
  return
}

// -----

func.func @window_of_maxima_has_a_filter(%a: tensor<1x8x8x16xf32>, %w: tensor<1x16xf32>, %o: tensor<1x8x8x16xf32>) {
  // expected-error @+1 {{requires no filter where the kind is max}}
  %r = kernel.window max ins(%a filter %w : tensor<1x8x8x16xf32> filter tensor<1x16xf32>) outs(%o : tensor<1x8x8x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 16 : i64} -> tensor<1x8x8x16xf32>
  return
}

// -----

func.func @window_filter_is_not_packed(%a: tensor<1x1x8x8x16xf32>, %w: tensor<9x16xf32>, %o: tensor<1x1x6x6x16xf32>) {
  // expected-error @+1 {{requires a filter of shape 1, 9, 16, but found 'tensor<9x16xf32>'}}
  %r = kernel.window mul_add ins(%a filter %w : tensor<1x1x8x8x16xf32> filter tensor<9x16xf32>) outs(%o : tensor<1x1x6x6x16xf32>) {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 10 : i64} -> tensor<1x1x6x6x16xf32>
  return
}

// -----

func.func @row_sums_of_whole_rows(%a: memref<1x8x8x16xf32>, %o: memref<1x8x8x16xf32>, %s: memref<1x8x8x16xf32>) {
  // expected-error @+1 {{requires row sums of shape 1, 8, 1, 16, but found 'memref<1x8x8x16xf32>'}}
  kernel.window max ins(%a : memref<1x8x8x16xf32>) outs(%o : memref<1x8x8x16xf32>) row_sums(%s : memref<1x8x8x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 16 : i64}
  return
}

// -----

func.func @winograd_of_an_unknown_size(%a: tensor<1x1x8x8x16xf32>, %w: tensor<25x1x1x16x16xf32>, %o: tensor<1x1x8x8x16xf32>) {
  // expected-error @+1 {{requires an F(m, r) with m + r - 1 of 4, 6 or 8, but found F(3, 3)}}
  %r = kernel.winograd ins(%a, %w : tensor<1x1x8x8x16xf32>, tensor<25x1x1x16x16xf32>) outs(%o : tensor<1x1x8x8x16xf32>) {tile = array<i64: 3, 3>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x8x8x16xf32>
  return
}

// -----

func.func @winograd_output_misses_a_row(%a: tensor<1x1x8x8x16xf32>, %w: tensor<36x1x1x16x16xf32>, %o: tensor<1x1x7x8x16xf32>) {
  // expected-error @+1 {{requires an extent of 8 in spatial dimension 0 of out, but found 7}}
  %r = kernel.winograd ins(%a, %w : tensor<1x1x8x8x16xf32>, tensor<36x1x1x16x16xf32>) outs(%o : tensor<1x1x7x8x16xf32>) {tile = array<i64: 4, 4>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x7x8x16xf32>
  return
}

// -----

func.func @winograd_of_a_raw_filter_with_too_few_taps(%a: tensor<1x1x8x8x16xf32>, %w: tensor<1x1x16x6x16xf32>, %o: tensor<1x1x8x8x16xf32>) {
  // expected-error @+1 {{requires a filter of shape 36, 1, 1, 16, 16, but found 'tensor<1x1x16x6x16xf32>'}}
  %r = kernel.winograd ins(%a, %w : tensor<1x1x8x8x16xf32>, tensor<1x1x16x6x16xf32>) outs(%o : tensor<1x1x8x8x16xf32>) {tile = array<i64: 4, 4>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x8x8x16xf32>
  return
}

// -----

func.func @winograd_output_misses_a_plane(%a: tensor<1x1x4x8x8x16xf32>, %w: tensor<36x1x3x16x16xf32>, %o: tensor<1x1x4x8x8x16xf32>) {
  // expected-error@+1 {{requires an extent of 3 in spatial dimension 0 of out, but found 4}}
  %r = kernel.winograd ins(%a, %w : tensor<1x1x4x8x8x16xf32>, tensor<36x1x3x16x16xf32>) outs(%o : tensor<1x1x4x8x8x16xf32>) {tile = array<i64: 4, 4>, kernel = array<i64: 3, 3>, pads = array<i64: 0, 1, 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x4x8x8x16xf32>
  return
}

// -----

func.func @relayout_out_is_not_blocked(%a: tensor<1x20x8xf32>, %o: tensor<1x20x8xf32>) {
  // expected-error @+1 {{requires out of shape 1, 2, 8, 16, but found 'tensor<1x20x8xf32>'}}
  %r = kernel.relayout ins(%a : tensor<1x20x8xf32>) outs(%o : tensor<1x20x8xf32>) {shape = array<i64: 1, 20, 8>, a_order = array<i64: 0, 1, 2>, a_block = -1 : i64, out_order = array<i64: 0, 1, 2>, out_block = 1 : i64} -> tensor<1x20x8xf32>
  return
}

// -----

func.func @relayout_order_repeats_a_dimension(%a: tensor<1x20x8xf32>, %o: tensor<1x20x8xf32>) {
  // expected-error @+1 {{requires an order of a that permutes 3 dimensions, but found 0, 1, 1}}
  %r = kernel.relayout ins(%a : tensor<1x20x8xf32>) outs(%o : tensor<1x20x8xf32>) {shape = array<i64: 1, 20, 8>, a_order = array<i64: 0, 1, 1>, a_block = -1 : i64, out_order = array<i64: 0, 1, 2>, out_block = -1 : i64} -> tensor<1x20x8xf32>
  return
}

// -----

func.func @pad_output_is_too_small(%a: tensor<4x4xf32>) {
  // expected-error @+1 {{requires an output of shape 5, 6, but found 'tensor<5x5xf32>'}}
  %r = kernel.pad %a {low = array<i64: 1, 1>, high = array<i64: 0, 1>, value = 0.0 : f32} : tensor<4x4xf32> to tensor<5x5xf32>
  return
}

// -----

func.func @pad_is_negative(%a: tensor<4x4xf32>) {
  // expected-error @+1 {{requires low and high that are not negative}}
  %r = kernel.pad %a {low = array<i64: 0, -1>, high = array<i64: 0, 0>, value = 0.0 : f32} : tensor<4x4xf32> to tensor<4x3xf32>
  return
}

// -----

func.func @concat_extents_do_not_add_up(%a: tensor<1x4xf32>, %b: tensor<1x3xf32>) {
  // expected-error @+1 {{requires an extent of 7 along the axis, but found 8}}
  %r = kernel.concat(%a, %b) {axis = 1 : i64} : (tensor<1x4xf32>, tensor<1x3xf32>) -> tensor<1x8xf32>
  return
}

// -----

func.func @reshape_loses_elements(%a: tensor<4x4xf32>) {
  // expected-error @+1 {{requires as many elements in as out, but found 'tensor<4x4xf32>' and 'tensor<15xf32>'}}
  %r = kernel.reshape %a : tensor<4x4xf32> to tensor<15xf32>
  return
}

// -----

func.func @border_of_another_rank(%a: memref<4x4xf32>) {
  // expected-error @+1 {{requires 2 entries in low and high, but found 1 and 1}}
  kernel.border %a {low = array<i64: 1>, high = array<i64: 1>, value = 0.0 : f32} : memref<4x4xf32>
  return
}

// -----

// expected-error @+1 {{requires rows, vectors and lines, but found 0 x 2, 1}}
func.func private @empty_tile() attributes {tile = #kernel.tile<0 x 2 v>}

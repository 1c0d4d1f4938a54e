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

func.func @contract_run_is_no_row_of_the_window(%a: tensor<1x9x4xf32>, %w: tensor<1x1x12x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{cannot read a run of 12 elements in order last}}
  %r = kernel.contract ins(%a, %w : tensor<1x9x4xf32>, tensor<1x1x12x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 2>, group = 1 : i64, in_channels = 4 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_channels_have_gaps(%a: memref<1x9x16xf32, strided<[288, 32, 2]>>, %w: memref<1x1x16x16xf32>, %o: memref<1x9x16xf32>) {
  // expected-error @+1 {{requires elements without gaps from dimension 2 on in operand 0, but found 'memref<1x9x16xf32, strided<[288, 32, 2]>>'}}
  kernel.contract ins(%a, %w : memref<1x9x16xf32, strided<[288, 32, 2]>>, memref<1x1x16x16xf32>) outs(%o : memref<1x9x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64}
  return
}

// -----

func.func @contract_panels_have_gaps(%a: memref<1x9x16xf32>, %w: memref<1x1x16x16xf32, strided<[512, 512, 32, 1]>>, %o: memref<1x9x16xf32>) {
  // expected-error @+1 {{requires elements without gaps from dimension 0 on in operand 1}}
  kernel.contract ins(%a, %w : memref<1x9x16xf32>, memref<1x1x16x16xf32, strided<[512, 512, 32, 1]>>) outs(%o : memref<1x9x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64}
  return
}

// -----

func.func @winograd_bias_has_gaps(%a: memref<1x1x9x16xf32>, %w: memref<4x1x1x16x16xf32>, %b: memref<16xf32, strided<[2]>>, %o: memref<1x1x9x16xf32>) {
  // expected-error @+1 {{requires elements without gaps from dimension 0 on in operand 2}}
  kernel.winograd ins(%a, %w bias %b : memref<1x1x9x16xf32>, memref<4x1x1x16x16xf32>, memref<16xf32, strided<[2]>>) outs(%o : memref<1x1x9x16xf32>) {tile = array<i64: 1, 2>, kernel = array<i64: 1, 3>, pads = array<i64: 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64}
  return
}

// -----

func.func @window_stores_into_gaps(%a: memref<1x9x16xf32>, %o: memref<1x9x16xf32, strided<[288, 32, 2]>>) {
  // expected-error @+1 {{requires elements without gaps from dimension 2 on in operand 1}}
  kernel.window max ins(%a : memref<1x9x16xf32>) outs(%o : memref<1x9x16xf32, strided<[288, 32, 2]>>) {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, channels = 16 : i64}
  return
}

// -----

func.func @relayout_stores_into_gaps(%a: memref<2x9xf32, strided<[36, 2]>>, %o: memref<9x2xf32, strided<[8, 4]>>) {
  // expected-error @+1 {{requires elements without gaps from dimension 1 on in operand 1}}
  kernel.relayout ins(%a : memref<2x9xf32, strided<[36, 2]>>) outs(%o : memref<9x2xf32, strided<[8, 4]>>) {shape = array<i64: 2, 9>, a_order = array<i64: 0, 1>, a_block = -1 : i64, out_order = array<i64: 1, 0>, out_block = -1 : i64}
  return
}

// -----

func.func @contract_cannot_store_channels_first(%a: tensor<1x3x5xf32>, %w: tensor<1x3x2x16xf32>, %o: tensor<1x16x4xf32>) {
  // expected-error @+1 {{requires the out_order blocked or last, but found first}}
  %r = kernel.contract ins(%a, %w : tensor<1x3x5xf32>, tensor<1x3x2x16xf32>) outs(%o : tensor<1x16x4xf32>) {a_order = #kernel<channel_order first>, out_order = #kernel<channel_order first>, kernel = array<i64: 2>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 3 : i64, out_channels = 16 : i64} -> tensor<1x16x4xf32>
  return
}

// -----

func.func @contract_groups_cut_blocks_of_a(%a: tensor<1x1x5x16xf32>, %w: tensor<2x1x16x16xf32>, %o: tensor<1x5x32xf32>) {
  // expected-error @+1 {{requires groups of whole blocks of 16 in order blocked, but found groups of 8}}
  %r = kernel.contract ins(%a, %w : tensor<1x1x5x16xf32>, tensor<2x1x16x16xf32>) outs(%o : tensor<1x5x32xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 2 : i64, in_channels = 16 : i64, out_channels = 32 : i64} -> tensor<1x5x32xf32>
  return
}

// -----

func.func @contract_groups_cut_blocks_of_out(%a: tensor<1x5x32xf32>, %w: tensor<2x1x16x16xf32>, %o: tensor<1x1x5x16xf32>) {
  // expected-error @+1 {{requires groups of whole blocks of 16 in order blocked, but found groups of 8}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x32xf32>, tensor<2x1x16x16xf32>) outs(%o : tensor<1x1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 2 : i64, in_channels = 32 : i64, out_channels = 16 : i64} -> tensor<1x1x5x16xf32>
  return
}

// -----

func.func @contract_of_integers(%a: tensor<1x5x16xi8>, %w: tensor<1x1x16x16xi8>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires a filter of rank 5 in panels of 16 x 4, but found 'tensor<1x1x16x16xi8>'}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xi8>, tensor<1x1x16x16xi8>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_without_product(%a: tensor<1x5x16xi8>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{has no product of 'i8' and 'f32'}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xi8>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_bias_of_other_type(%a: tensor<1x5x16xi8>, %w: tensor<1x1x4x16x4xi8>, %o: tensor<1x5x16xi32>, %b: tensor<16xf32>) {
  // expected-error @+1 {{requires a bias of 'i32', but found 'tensor<16xf32>'}}
  %r = kernel.contract ins(%a, %w bias %b : tensor<1x5x16xi8>, tensor<1x1x4x16x4xi8>, tensor<16xf32>) outs(%o : tensor<1x5x16xi32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xi32>
  return
}

// -----

func.func @contract_without_way_to_bytes(%a: tensor<1x5x16xi8>, %w: tensor<1x1x4x16x4xi8>, %o: tensor<1x5x16xi8>) {
  // expected-error @+1 {{requires an epilogue from 'i32' to 'i8'}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xi8>, tensor<1x1x4x16x4xi8>) outs(%o : tensor<1x5x16xi8>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xi8>
  return
}

// -----

func.func @contract_epilogue_of_other_types(%a: tensor<1x5x16xi16>, %w: tensor<1x1x8x16x2xi16>, %o: tensor<1x5x16xi32>) {
  // expected-error @+1 {{requires an epilogue of the types 'i32', 'i32', but found 'f32', 'f32'}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xi16>, tensor<1x1x8x16x2xi16>) outs(%o : tensor<1x5x16xi32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xi32> epilogue {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @contract_of_unknown_extents(%a: tensor<1x?x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires static extents of at least 1, but found 'tensor<1x?x16xf32>'}}
  %r = kernel.contract ins(%a, %w : tensor<1x?x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_of_nothing(%a: tensor<0x5x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<0x5x16xf32>) {
  // expected-error @+1 {{requires static extents of at least 1, but found 'tensor<0x5x16xf32>'}}
  %r = kernel.contract ins(%a, %w : tensor<0x5x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<0x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<0x5x16xf32>
  return
}

// -----

func.func @contract_group_does_not_divide(%a: tensor<1x5x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires a group that divides 16 and 16 channels, but found 3}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 3 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_misses_dilations(%a: tensor<1x5x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires 1 strides and dilations, but found 1 and 2}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_dilation_of_zero(%a: tensor<1x5x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires positive kernel extents, strides and dilations}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 0>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_channels_do_not_fit(%a: tensor<1x5x16xf32>, %w: tensor<1x2x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires 32 stored channels in a, but found 16}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xf32>, tensor<1x2x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 32 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_images_do_not_fit(%a: tensor<2x5x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires as many images in as out, but found 2 and 1}}
  %r = kernel.contract ins(%a, %w : tensor<2x5x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_filter_is_not_packed(%a: tensor<1x5x16xf32>, %w: tensor<1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires a filter of rank 4 in panels of 16, but found 'tensor<1x16x16xf32>'}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xf32>, tensor<1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_run_of_a_block(%a: tensor<1x1x5x16xf32>, %w: tensor<1x2x8x16xf32>, %o: tensor<1x1x5x16xf32>) {
  // expected-error @+1 {{cannot read a run of 8 elements in order blocked}}
  %r = kernel.contract ins(%a, %w : tensor<1x1x5x16xf32>, tensor<1x2x8x16xf32>) outs(%o : tensor<1x1x5x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x5x16xf32>
  return
}

// -----

func.func @contract_run_of_channels_first(%a: tensor<1x3x5xf32>, %w: tensor<1x1x6x16xf32>, %o: tensor<1x4x16xf32>) {
  // expected-error @+1 {{cannot read a run of 6 elements in order first}}
  %r = kernel.contract ins(%a, %w : tensor<1x3x5xf32>, tensor<1x1x6x16xf32>) outs(%o : tensor<1x4x16xf32>) {a_order = #kernel<channel_order first>, out_order = #kernel<channel_order last>, kernel = array<i64: 2>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 3 : i64, out_channels = 16 : i64} -> tensor<1x4x16xf32>
  return
}

// -----

func.func @contract_rank_of_the_destination(%a: tensor<1x5x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<5x16xf32>) {
  // expected-error @+1 {{requires out of rank 3 in order last, but found 'tensor<5x16xf32>'}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<5x16xf32>
  return
}

// -----

func.func @contract_lanes_of_a_block(%a: tensor<1x1x5x8xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x1x5x16xf32>) {
  // expected-error @+1 {{requires a in blocks of 16, but found 'tensor<1x1x5x8xf32>'}}
  %r = kernel.contract ins(%a, %w : tensor<1x1x5x8xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x1x5x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x5x16xf32>
  return
}

// -----

func.func @contract_returns_nothing_on_tensors(%a: tensor<1x5x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires one result on tensors, but found 0}}
  kernel.contract ins(%a, %w : tensor<1x5x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64}
  return
}

// -----

func.func @contract_returns_a_memref_destination(%a: memref<1x5x16xf32>, %w: memref<1x1x16x16xf32>, %o: memref<1x5x16xf32>) {
  // expected-error @+1 {{requires no result on memrefs, but found 1}}
  %r = kernel.contract ins(%a, %w : memref<1x5x16xf32>, memref<1x1x16x16xf32>) outs(%o : memref<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_returns_another_type(%a: tensor<1x5x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires a result of the destination's type 'tensor<1x5x16xf32>', but found 'tensor<1x4x16xf32>'}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x4x16xf32>
  return
}

// -----

func.func @contract_epilogue_does_not_yield(%a: tensor<1x5x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires an epilogue that ends in kernel.yield}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xf32>, tensor<1x1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32> epilogue {
  ^bb0(%x: f32):
    %n = arith.negf %x : f32
  }
  return
}

// -----

func.func @contract_extra_without_epilogue(%a: tensor<1x5x16xf32>, %w: tensor<1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires an epilogue for its 1 extras}}
  %r = kernel.contract ins(%a, %w extras %a : tensor<1x5x16xf32>, tensor<1x1x16x16xf32>, tensor<1x5x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_filters_of_more_images(%a: tensor<1x5x16xf32>, %w: tensor<2x1x1x16x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires a filter for each of 1 images, but found 2}}
  %r = kernel.contract ins(%a, %w : tensor<1x5x16xf32>, tensor<2x1x1x16x16xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64, batched_filter} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @contract_bias_is_too_short(%a: tensor<1x5x16xf32>, %w: tensor<1x1x16x16xf32>, %b: tensor<8xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires a bias of 16 elements, but found 'tensor<8xf32>'}}
  %r = kernel.contract ins(%a, %w bias %b : tensor<1x5x16xf32>, tensor<1x1x16x16xf32>, tensor<8xf32>) outs(%o : tensor<1x5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @window_of_groups_of_3(%a: tensor<1x5x16xf32>, %w: tensor<3x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires groups of 1, 2, 4 or 8 channels (1 without a filter), but found 3}}
  %r = kernel.window mul_add ins(%a filter %w : tensor<1x5x16xf32> filter tensor<3x16xf32>) outs(%o : tensor<1x5x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, width = 3 : i64, channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @window_of_wide_groups_in_order_last(%a: tensor<1x5x16xf32>, %w: tensor<8x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires groups of at most 4 channels in order last, but found 8}}
  %r = kernel.window mul_add ins(%a filter %w : tensor<1x5x16xf32> filter tensor<8x16xf32>) outs(%o : tensor<1x5x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, width = 8 : i64, channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @window_of_channels_first(%a: tensor<1x16x5xf32>, %w: tensor<1x16xf32>, %o: tensor<1x16x5xf32>) {
  // expected-error @+1 {{requires the order blocked or last, but found first}}
  %r = kernel.window mul_add ins(%a filter %w : tensor<1x16x5xf32> filter tensor<1x16xf32>) outs(%o : tensor<1x16x5xf32>) {order = #kernel<channel_order first>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, width = 1 : i64, channels = 16 : i64} -> tensor<1x16x5xf32>
  return
}

// -----

func.func @window_without_a_filter(%a: tensor<1x5x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires a filter where the kind is mul_add}}
  %r = kernel.window mul_add ins(%a : tensor<1x5x16xf32>) outs(%o : tensor<1x5x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, width = 1 : i64, channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @window_filter_of_two_taps(%a: tensor<1x5x16xf32>, %w: tensor<2x16xf32>, %o: tensor<1x5x16xf32>) {
  // expected-error @+1 {{requires a filter of shape 1, 16, but found 'tensor<2x16xf32>'}}
  %r = kernel.window mul_add ins(%a filter %w : tensor<1x5x16xf32> filter tensor<2x16xf32>) outs(%o : tensor<1x5x16xf32>) {order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, width = 1 : i64, channels = 16 : i64} -> tensor<1x5x16xf32>
  return
}

// -----

func.func @winograd_tile_of_one_dimension(%a: tensor<1x1x9x16xf32>, %w: tensor<4x1x1x16x16xf32>, %o: tensor<1x1x9x16xf32>) {
  // expected-error @+1 {{requires two dimensions of a tile and of a kernel}}
  %r = kernel.winograd ins(%a, %w : tensor<1x1x9x16xf32>, tensor<4x1x1x16x16xf32>) outs(%o : tensor<1x1x9x16xf32>) {tile = array<i64: 2>, kernel = array<i64: 1, 3>, pads = array<i64: 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x9x16xf32>
  return
}

// -----

func.func @winograd_pads_of_half_a_dimension(%a: tensor<1x1x9x16xf32>, %w: tensor<4x1x1x16x16xf32>, %o: tensor<1x1x9x16xf32>) {
  // expected-error @+1 {{requires 2, 4 or 6 pads, two per dimension, but found 3}}
  %r = kernel.winograd ins(%a, %w : tensor<1x1x9x16xf32>, tensor<4x1x1x16x16xf32>) outs(%o : tensor<1x1x9x16xf32>) {tile = array<i64: 1, 2>, kernel = array<i64: 1, 3>, pads = array<i64: 1, 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x9x16xf32>
  return
}

// -----

func.func @winograd_kernel_of_rows_in_a_line(%a: tensor<1x1x9x16xf32>, %w: tensor<4x1x1x16x16xf32>, %o: tensor<1x1x9x16xf32>) {
  // expected-error @+1 {{requires a kernel of one row in one dimension, but found 3}}
  %r = kernel.winograd ins(%a, %w : tensor<1x1x9x16xf32>, tensor<4x1x1x16x16xf32>) outs(%o : tensor<1x1x9x16xf32>) {tile = array<i64: 2, 2>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x1x9x16xf32>
  return
}

// -----

func.func @relayout_block_of_no_dimension(%a: tensor<2x9xf32>, %o: tensor<9x2xf32>) {
  // expected-error @+1 {{requires a block of out below 2, but found 2}}
  %r = kernel.relayout ins(%a : tensor<2x9xf32>) outs(%o : tensor<9x2xf32>) {shape = array<i64: 2, 9>, a_order = array<i64: 0, 1>, a_block = -1 : i64, out_order = array<i64: 1, 0>, out_block = 2 : i64} -> tensor<9x2xf32>
  return
}

// -----

func.func @relayout_of_two_types(%a: tensor<2x9xi8>, %o: tensor<9x2xf32>) {
  // expected-error @+1 {{requires one element type, but found 'tensor<2x9xi8>' and 'tensor<9x2xf32>'}}
  %r = kernel.relayout ins(%a : tensor<2x9xi8>) outs(%o : tensor<9x2xf32>) {shape = array<i64: 2, 9>, a_order = array<i64: 0, 1>, a_block = -1 : i64, out_order = array<i64: 1, 0>, out_block = -1 : i64} -> tensor<9x2xf32>
  return
}

// -----

func.func @pad_with_a_value_of_another_type(%a: tensor<4xi8>) {
  // expected-error @+1 {{requires one element type, but found 'tensor<4xi8>' and 'f32'}}
  %r = kernel.pad %a {low = array<i64: 1>, high = array<i64: 1>, value = 0.0 : f32} : tensor<4xi8> to tensor<6xi8>
  return
}

// -----

func.func @border_of_another_type(%a: memref<4xi8>) {
  // expected-error @+1 {{requires one element type, but found 'memref<4xi8>' and 'f32'}}
  kernel.border %a {low = array<i64: 1>, high = array<i64: 1>, value = 0.0 : f32} : memref<4xi8>
  return
}

// -----

func.func @concat_of_two_types(%a: tensor<4xi8>, %b: tensor<4xf32>) {
  // expected-error @+1 {{requires one element type, but found 'tensor<8xf32>' and 'tensor<4xi8>'}}
  %r = kernel.concat(%a, %b) {axis = 0 : i64} : (tensor<4xi8>, tensor<4xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @reshape_to_another_type(%a: tensor<4xi8>) {
  // expected-error @+1 {{requires one element type, but found 'tensor<4xi8>' and 'tensor<2x2xf32>'}}
  %r = kernel.reshape %a : tensor<4xi8> to tensor<2x2xf32>
  return
}

// -----

func.func @concat_along_no_axis(%a: tensor<4xf32>) {
  // expected-error @+1 {{requires an axis below the rank 1, but found 1}}
  %r = kernel.concat(%a) {axis = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @concat_of_two_ranks(%a: tensor<4xf32>, %b: tensor<4x1xf32>) {
  // expected-error @+1 {{requires inputs of rank 1, but found 'tensor<4x1xf32>'}}
  %r = kernel.concat(%a, %b) {axis = 0 : i64} : (tensor<4xf32>, tensor<4x1xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @concat_of_rows_and_columns(%a: tensor<4x2xf32>, %b: tensor<4x3xf32>) {
  // expected-error @+1 {{requires inputs of the output's extents beside the axis, but found 'tensor<4x3xf32>'}}
  %r = kernel.concat(%a, %b) {axis = 0 : i64} : (tensor<4x2xf32>, tensor<4x3xf32>) -> tensor<8x2xf32>
  return
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --convert-cnn-to-kernel | FileCheck %s

#row = #cnn.layout<[0, 1, 2, 3]>
#last = #cnn.layout<[0, 2, 3, 1]>
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>

// CHECK-LABEL: @first_layer_reads_the_graph_input
func.func @first_layer_reads_the_graph_input(%x: tensor<1x3x8x8xf32>, %w: tensor<20x3x3x3xf32>, %b: tensor<20xf32>) -> tensor<1x20x4x4xf32, #blocked> {
  // The last row and column of the border are beyond the last window.
  // CHECK: %[[PAD:.*]] = kernel.pad %arg0 {high = array<i64: 0, 0, 0, 0>, low = array<i64: 0, 0, 1, 1>
  // CHECK: kernel.relayout ins(%{{.*}} : tensor<1x20x3x1x3x3xf32>) outs(%{{.*}} : tensor<1x2x3x1x3x3x16xf32>)
  // CHECK-SAME: out_block = 1 : i64, out_order = array<i64: 0, 1, 2, 3, 4, 5>
  // CHECK: %[[FILTER:.*]] = kernel.reshape {{.*}} to tensor<2x9x3x16xf32>
  // CHECK: kernel.pad {{.*}} : tensor<1x20xf32> to tensor<1x32xf32>
  // CHECK: kernel.contract ins(%[[PAD]], %[[FILTER]] bias
  // CHECK-SAME: outs(%{{.*}} : tensor<1x2x4x4x16xf32>) {a_order = #kernel<channel_order first>
  // CHECK-SAME: macs = 8640 : i64, out_channels = 20 : i64
  %y = cnn.conv %x, %w bias(%b) {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64, algorithm = #cnn<algorithm first_layer>} : (tensor<1x3x8x8xf32>, tensor<20x3x3x3xf32>, tensor<20xf32>) -> tensor<1x20x4x4xf32, #blocked>
  return %y : tensor<1x20x4x4xf32, #blocked>
}

// CHECK-LABEL: @blocked_channels_make_segments_of_16
func.func @blocked_channels_make_segments_of_16(%x: tensor<1x20x4x4xf32, #blocked>, %w: tensor<16x20x3x3xf32>) -> tensor<1x16x2x2xf32, #blocked> {
  // CHECK: kernel.pad %{{.*}} {high = array<i64: 0, 12, 0, 0>
  // CHECK: kernel.relayout {{.*}} out_order = array<i64: 0, 1, 4, 5, 2, 3>, shape = array<i64: 1, 16, 2, 16, 3, 3>
  // CHECK: kernel.reshape {{.*}} to tensor<1x18x16x16xf32>
  // CHECK: kernel.contract
  %y = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x20x4x4xf32, #blocked>, tensor<16x20x3x3xf32>) -> tensor<1x16x2x2xf32, #blocked>
  return %y : tensor<1x16x2x2xf32, #blocked>
}

// CHECK-LABEL: @odd_groups_stay_channels_last
func.func @odd_groups_stay_channels_last(%x: tensor<1x6x4x4xf32, #last>, %w: tensor<10x3x1x1xf32>) -> tensor<1x10x4x4xf32, #last> {
  // CHECK: kernel.contract ins(%{{.*}} : tensor<1x4x4x6xf32>, tensor<2x1x3x16xf32> )
  // CHECK-SAME: group = 2 : i64
  %y = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2 : i64} : (tensor<1x6x4x4xf32, #last>, tensor<10x3x1x1xf32>) -> tensor<1x10x4x4xf32, #last>
  return %y : tensor<1x10x4x4xf32, #last>
}

// CHECK-LABEL: @rows_of_a_narrow_window_are_one_segment
func.func @rows_of_a_narrow_window_are_one_segment(%x: tensor<1x6x4x4xf32, #last>, %w: tensor<16x6x3x3xf32>) -> tensor<1x16x2x2xf32, #last> {
  // CHECK: kernel.contract ins(%{{.*}} : tensor<1x4x4x6xf32>, tensor<1x3x18x16xf32> )
  %y = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x6x4x4xf32, #last>, tensor<16x6x3x3xf32>) -> tensor<1x16x2x2xf32, #last>
  return %y : tensor<1x16x2x2xf32, #last>
}

// CHECK-LABEL: @depthwise_is_a_window
func.func @depthwise_is_a_window(%x: tensor<1x20x4x4xf32, #blocked>, %w: tensor<20x1x3x3xf32>) -> tensor<1x20x4x4xf32, #blocked> {
  // CHECK: kernel.relayout {{.*}} out_block = 0 : i64, out_order = array<i64: 0, 2, 3, 1>
  // CHECK: kernel.window mul_add ins(%{{.*}} : tensor<1x2x6x6x16xf32> filter tensor<2x9x16xf32>)
  // CHECK-SAME: channels = 20 : i64
  %y = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 20 : i64, algorithm = #cnn<algorithm depthwise>} : (tensor<1x20x4x4xf32, #blocked>, tensor<20x1x3x3xf32>) -> tensor<1x20x4x4xf32, #blocked>
  return %y : tensor<1x20x4x4xf32, #blocked>
}

// CHECK-LABEL: @narrow_groups_are_a_window
func.func @narrow_groups_are_a_window(%x: tensor<1x16x4x4xf32, #blocked>, %w: tensor<16x4x1x1xf32>) -> tensor<1x16x4x4xf32, #blocked> {
  // CHECK: kernel.window mul_add {{.*}} filter tensor<1x4x16xf32>)
  // CHECK-SAME: width = 4 : i64
  %y = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 4 : i64, algorithm = #cnn<algorithm grouped>} : (tensor<1x16x4x4xf32, #blocked>, tensor<16x4x1x1xf32>) -> tensor<1x16x4x4xf32, #blocked>
  return %y : tensor<1x16x4x4xf32, #blocked>
}

// CHECK-LABEL: @winograd_pads_by_itself
func.func @winograd_pads_by_itself(%x: tensor<1x16x8x8xf32, #blocked>) -> tensor<1x20x8x8xf32, #blocked> {
  %w = arith.constant dense<1.0> : tensor<20x16x3x3xf32>
  // CHECK-NOT: kernel.pad
  // CHECK: kernel.winograd ins(%{{.*}} : tensor<1x1x8x8x16xf32>, tensor<36x2x1x16x16xf32> )
  // CHECK-SAME: kernel = array<i64: 3, 3>
  // CHECK-SAME: pads = array<i64: 1, 1, 1, 1>
  // CHECK-SAME: tile = array<i64: 4, 4>
  %y = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64, algorithm = #cnn<algorithm winograd_4_3>} : (tensor<1x16x8x8xf32, #blocked>, tensor<20x16x3x3xf32>) -> tensor<1x20x8x8xf32, #blocked>
  return %y : tensor<1x20x8x8xf32, #blocked>
}

// CHECK-LABEL: @winograd_of_a_raw_filter
func.func @winograd_of_a_raw_filter(%x: tensor<1x16x8x8xf32, #blocked>) -> tensor<1x20x8x8xf32, #blocked> {
  %w = arith.constant dense<1.0> : tensor<20x16x3x3xf32>
  // CHECK: kernel.winograd ins(%{{.*}} : tensor<1x1x8x8x16xf32>, tensor<2x1x16x9x16xf32> )
  %y = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64, algorithm = #cnn<algorithm winograd_4_3_raw>} : (tensor<1x16x8x8xf32, #blocked>, tensor<20x16x3x3xf32>) -> tensor<1x20x8x8xf32, #blocked>
  return %y : tensor<1x20x8x8xf32, #blocked>
}

// CHECK-LABEL: @winograd_of_an_unknown_filter_is_direct
func.func @winograd_of_an_unknown_filter_is_direct(%x: tensor<1x16x8x8xf32, #blocked>, %w: tensor<16x16x3x3xf32>) -> tensor<1x16x8x8xf32, #blocked> {
  // CHECK: kernel.contract
  // CHECK-SAME: algorithm = "direct"
  %y = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64, algorithm = #cnn<algorithm winograd_4_3>} : (tensor<1x16x8x8xf32, #blocked>, tensor<16x16x3x3xf32>) -> tensor<1x16x8x8xf32, #blocked>
  return %y : tensor<1x16x8x8xf32, #blocked>
}

// CHECK-LABEL: @epilogue_and_extras_move_over
func.func @epilogue_and_extras_move_over(%x: tensor<1x16x4x4xf32, #blocked>, %w: tensor<16x16x1x1xf32>, %r: tensor<1x16x4x4xf32, #blocked>, %s: tensor<1x1x4x4xf32, #row>) -> tensor<1x16x4x4xf32, #blocked> {
  // CHECK: %[[TRAILING:.*]] = kernel.reshape %{{.*}} : tensor<1x1x4x4xf32> to tensor<1x1x4x4x1xf32>
  // CHECK: kernel.contract ins(%{{.*}}, %{{.*}} extras %{{.*}}, %[[TRAILING]] :
  // CHECK: epilogue {
  // CHECK: arith.addf
  // CHECK: arith.mulf
  // CHECK: kernel.yield
  %y = cnn.conv %x, %w extras(%r, %s) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x16x4x4xf32, #blocked>, tensor<16x16x1x1xf32>, tensor<1x16x4x4xf32, #blocked>, tensor<1x1x4x4xf32, #row>) -> tensor<1x16x4x4xf32, #blocked> epilogue {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = arith.addf %a, %b : f32
    %1 = arith.mulf %0, %c : f32
    cnn.yield %1 : f32
  }
  return %y : tensor<1x16x4x4xf32, #blocked>
}

// CHECK-LABEL: @product_is_a_convolution_of_one_image
func.func @product_is_a_convolution_of_one_image(%x: tensor<5x24xf32>, %w: tensor<10x24xf32>) -> tensor<5x10xf32> {
  // CHECK: kernel.contract ins(%{{.*}} : tensor<1x5x24xf32>, tensor<1x1x24x16xf32> ) outs(%{{.*}} : tensor<1x5x10xf32>)
  // CHECK: kernel.reshape %{{.*}} : tensor<1x5x10xf32> to tensor<5x10xf32>
  %y = cnn.conv %x, %w {strides = array<i64>, dilations = array<i64>, pads = array<i64>, group = 1 : i64} : (tensor<5x24xf32>, tensor<10x24xf32>) -> tensor<5x10xf32>
  return %y : tensor<5x10xf32>
}

// CHECK-LABEL: @convolutions_of_one_and_three_dimensions
func.func @convolutions_of_one_and_three_dimensions(%x: tensor<1x16x9xf32, #cnn.layout<[0, 1, 2], block = 1>>, %v: tensor<16x16x3xf32>, %z: tensor<1x16x2x3x4xf32, #cnn.layout<[0, 1, 2, 3, 4], block = 1>>, %w: tensor<16x16x1x1x1xf32>) {
  // CHECK: kernel.contract ins(%{{.*}} : tensor<1x1x9x16xf32>, tensor<1x3x16x16xf32> ) outs(%{{.*}} : tensor<1x1x7x16xf32>)
  %0 = cnn.conv %x, %v {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, group = 1 : i64} : (tensor<1x16x9xf32, #cnn.layout<[0, 1, 2], block = 1>>, tensor<16x16x3xf32>) -> tensor<1x16x7xf32, #cnn.layout<[0, 1, 2], block = 1>>
  // CHECK: kernel.contract ins(%{{.*}} : tensor<1x1x2x3x4x16xf32>, tensor<1x1x16x16xf32> )
  %1 = cnn.conv %z, %w {strides = array<i64: 1, 1, 1>, dilations = array<i64: 1, 1, 1>, pads = array<i64: 0, 0, 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x16x2x3x4xf32, #cnn.layout<[0, 1, 2, 3, 4], block = 1>>, tensor<16x16x1x1x1xf32>) -> tensor<1x16x2x3x4xf32, #cnn.layout<[0, 1, 2, 3, 4], block = 1>>
  return
}

// CHECK-LABEL: @transposed_convolution_in_phases
func.func @transposed_convolution_in_phases(%x: tensor<1x4x4x16xf32>, %l: tensor<1x16x4x4xf32, #last>) -> tensor<1x16x8x8xf32, #last> {
  %w = arith.constant dense<1.0> : tensor<16x16x3x3xf32>
  // One border for all phases: the odd outputs look one input further.
  // CHECK: kernel.pad %{{.*}} {high = array<i64: 0, 1, 1, 0>, low = array<i64: 0, 0, 0, 0>
  // CHECK: tensor.extract_slice %{{.*}}[0, 0, 0, 0] [1, 4, 4, 16] [1, 1, 1, 1]
  // CHECK: tensor.extract_slice %{{.*}}[0, 0, 0, 0] [1, 4, 4, 16] [1, 2, 2, 1]
  // CHECK: kernel.contract {{.*}} tensor<1x1x16x16xf32> )
  // CHECK: tensor.insert_slice %{{.*}}[0, 0, 0, 0] [1, 4, 4, 16] [1, 2, 2, 1]
  // CHECK: tensor.insert_slice %{{.*}}[0, 0, 1, 0] [1, 4, 4, 16] [1, 2, 2, 1]
  // CHECK: tensor.insert_slice %{{.*}}[0, 1, 0, 0] [1, 4, 4, 16] [1, 2, 2, 1]
  // CHECK: kernel.contract
  // CHECK-SAME: kernel = array<i64: 2, 2>
  // CHECK: tensor.insert_slice %{{.*}}[0, 1, 1, 0] [1, 4, 4, 16] [1, 2, 2, 1]
  %y = cnn.conv_transpose %l, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, output_padding = array<i64: 1, 1>, group = 1 : i64} : (tensor<1x16x4x4xf32, #last>, tensor<16x16x3x3xf32>) -> tensor<1x16x8x8xf32, #last>
  return %y : tensor<1x16x8x8xf32, #last>
}

// CHECK-LABEL: @transposed_convolution_of_an_unknown_filter
func.func @transposed_convolution_of_an_unknown_filter(%l: tensor<1x16x4x4xf32, #last>, %w: tensor<16x16x2x2xf32>) -> tensor<1x16x5x5xf32, #last> {
  // CHECK: cnn.slice %{{.*}} {starts = array<i64: 0, 0, 1, 1>, steps = array<i64: 1, 1, -1, -1>}
  // CHECK: kernel.contract
  %y = cnn.conv_transpose %l, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 1 : i64} : (tensor<1x16x4x4xf32, #last>, tensor<16x16x2x2xf32>) -> tensor<1x16x5x5xf32, #last>
  return %y : tensor<1x16x5x5xf32, #last>
}

// CHECK-LABEL: @maximum_ignores_the_border
func.func @maximum_ignores_the_border(%x: tensor<1x16x8x8xf32, #blocked>) -> tensor<1x16x4x4xf32, #blocked> {
  // CHECK: kernel.pad %{{.*}} {high = array<i64: 0, 0, 0, 0, 0>, low = array<i64: 0, 0, 1, 1, 0>, value = 0xFF800000 : f32}
  // CHECK: kernel.window max
  %y = cnn.pool max %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf32, #blocked>) -> tensor<1x16x4x4xf32, #blocked>
  return %y : tensor<1x16x4x4xf32, #blocked>
}

// CHECK-LABEL: @average_of_whole_windows_is_scaled
func.func @average_of_whole_windows_is_scaled(%x: tensor<1x16x8x8xf32, #last>) -> tensor<1x16x4x4xf32, #last> {
  // CHECK-NOT: kernel.pad
  // CHECK: kernel.window sum
  // CHECK: %[[SCALE:.*]] = arith.constant 2.500000e-01 : f32
  // CHECK: arith.mulf %{{.*}}, %[[SCALE]]
  %y = cnn.pool average %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x16x8x8xf32, #last>) -> tensor<1x16x4x4xf32, #last>
  return %y : tensor<1x16x4x4xf32, #last>
}

// CHECK-LABEL: @average_counts_what_lies_inside
func.func @average_counts_what_lies_inside(%x: tensor<1x16x3x3xf32, #blocked>) -> tensor<1x16x3x3xf32, #blocked> {
  // CHECK: arith.constant dense<{{\[\[\[}}[2.500000e-01, 0.166666672, 2.500000e-01], [0.166666672, 0.111111112, 0.166666672], [2.500000e-01, 0.166666672, 2.500000e-01]]]]> : tensor<1x1x3x3xf32>
  // CHECK: kernel.window sum ins(%{{.*}} extras %{{.*}} : tensor<1x1x5x5x16xf32> extras tensor<1x1x3x3x1xf32>)
  %y = cnn.pool average %x {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x16x3x3xf32, #blocked>) -> tensor<1x16x3x3xf32, #blocked>
  return %y : tensor<1x16x3x3xf32, #blocked>
}

// CHECK-LABEL: @average_with_the_border_counts_all
func.func @average_with_the_border_counts_all(%x: tensor<1x16x3x3xf32, #blocked>) -> tensor<1x16x3x3xf32, #blocked> {
  // CHECK: kernel.window sum
  // CHECK: arith.constant 0.111111112 : f32
  %y = cnn.pool average %x {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, count_include_pad} : (tensor<1x16x3x3xf32, #blocked>) -> tensor<1x16x3x3xf32, #blocked>
  return %y : tensor<1x16x3x3xf32, #blocked>
}

// CHECK-LABEL: @product_of_two_computed_matrices
func.func @product_of_two_computed_matrices(%a: tensor<2x3x5x24xf32>, %b: tensor<2x3x24x20xf32>) -> tensor<2x3x5x20xf32> {
  // CHECK: kernel.relayout ins(%{{.*}} : tensor<6x24x20xf32>) outs(%{{.*}} : tensor<6x2x24x16xf32>)
  // CHECK: kernel.contract ins(%{{.*}} : tensor<6x5x24xf32>, tensor<6x2x1x24x16xf32> )
  // CHECK-SAME: batched_filter
  %y = cnn.matmul %a, %b : (tensor<2x3x5x24xf32>, tensor<2x3x24x20xf32>) -> tensor<2x3x5x20xf32>
  return %y : tensor<2x3x5x20xf32>
}

// CHECK-LABEL: @matrix_shared_by_all_images
func.func @matrix_shared_by_all_images(%a: tensor<6x5x24xf32>, %b: tensor<1x24x20xf32>, %e: tensor<6x1x20xf32>) -> tensor<6x5x20xf32> {
  // The extra repeats along rows that are now pixels of one image.
  // CHECK: cnn.map
  // CHECK: kernel.contract ins(%{{.*}} : tensor<1x30x24xf32>, tensor<2x1x24x16xf32> , tensor<1x30x20xf32>)
  %y = cnn.matmul %a, %b extras(%e) : (tensor<6x5x24xf32>, tensor<1x24x20xf32>, tensor<6x1x20xf32>) -> tensor<6x5x20xf32> epilogue {
  ^bb0(%x: f32, %z: f32):
    %0 = arith.addf %x, %z : f32
    cnn.yield %0 : f32
  }
  return %y : tensor<6x5x20xf32>
}

// CHECK-LABEL: @concat_along_whole_blocks
func.func @concat_along_whole_blocks(%a: tensor<1x32x4x4xf32, #blocked>, %b: tensor<1x20x4x4xf32, #blocked>) -> tensor<1x52x4x4xf32, #blocked> {
  // CHECK: kernel.concat(%{{.*}}, %{{.*}}) {axis = 1 : i64} : (tensor<1x2x4x4x16xf32>, tensor<1x2x4x4x16xf32>) -> tensor<1x4x4x4x16xf32>
  %y = cnn.concat(%a, %b) {axis = 1 : i64} : (tensor<1x32x4x4xf32, #blocked>, tensor<1x20x4x4xf32, #blocked>) -> tensor<1x52x4x4xf32, #blocked>
  return %y : tensor<1x52x4x4xf32, #blocked>
}

// CHECK-LABEL: @concat_follows_the_order
func.func @concat_follows_the_order(%a: tensor<1x3x4x4xf32, #last>, %b: tensor<1x2x4x4xf32, #last>) -> tensor<1x5x4x4xf32, #last> {
  // CHECK: kernel.concat(%{{.*}}, %{{.*}}) {axis = 3 : i64}
  %y = cnn.concat(%a, %b) {axis = 1 : i64} : (tensor<1x3x4x4xf32, #last>, tensor<1x2x4x4xf32, #last>) -> tensor<1x5x4x4xf32, #last>
  return %y : tensor<1x5x4x4xf32, #last>
}

// CHECK-LABEL: @pad_with_zero
func.func @pad_with_zero(%a: tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x6x6xf32, #blocked> {
  // CHECK: kernel.pad %{{.*}} {high = array<i64: 0, 0, 1, 1, 0>, low = array<i64: 0, 0, 1, 1, 0>
  %y = cnn.pad constant %a {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, value = 0.0 : f32} : (tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x6x6xf32, #blocked>
  return %y : tensor<1x20x6x6xf32, #blocked>
}

// CHECK-LABEL: @pad_that_would_fill_padding_lanes_is_left
func.func @pad_that_would_fill_padding_lanes_is_left(%a: tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x6x6xf32, #blocked> {
  // CHECK: cnn.pad
  %y = cnn.pad constant %a {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, value = 1.0 : f32} : (tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x6x6xf32, #blocked>
  return %y : tensor<1x20x6x6xf32, #blocked>
}

// CHECK-LABEL: @transpose_is_free_where_the_layout_follows
func.func @transpose_is_free_where_the_layout_follows(%a: tensor<1x4x4x6xf32>) -> tensor<1x6x4x4xf32, #last> {
  // CHECK-NOT: kernel
  // CHECK: return
  %y = cnn.transpose %a [0, 3, 1, 2] : (tensor<1x4x4x6xf32>) -> tensor<1x6x4x4xf32, #last>
  return %y : tensor<1x6x4x4xf32, #last>
}

// CHECK-LABEL: @what_moves_behind_a_transpose
func.func @what_moves_behind_a_transpose(%a: tensor<1x4x4x6xf32>) -> tensor<1x6x4x4xf32> {
  // CHECK: kernel.relayout {{.*}} a_order = array<i64: 0, 2, 3, 1>, {{.*}} out_order = array<i64: 0, 1, 2, 3>, shape = array<i64: 1, 6, 4, 4>
  %0 = cnn.transpose %a [0, 3, 1, 2] : (tensor<1x4x4x6xf32>) -> tensor<1x6x4x4xf32, #last>
  %y = cnn.convert_layout %0 : tensor<1x6x4x4xf32, #last> to tensor<1x6x4x4xf32>
  return %y : tensor<1x6x4x4xf32>
}

// CHECK-LABEL: @reshape_of_one_pixel_keeps_the_bytes
func.func @reshape_of_one_pixel_keeps_the_bytes(%a: tensor<1x32x1x1xf32, #blocked>) -> tensor<1x32xf32> {
  // CHECK-NOT: kernel.relayout
  // CHECK: return
  %0 = cnn.convert_layout %a : tensor<1x32x1x1xf32, #blocked> to tensor<1x32x1x1xf32>
  %y = cnn.reshape %0 : (tensor<1x32x1x1xf32>) -> tensor<1x32xf32>
  return %y : tensor<1x32xf32>
}

// CHECK-LABEL: @convert_layout_moves
func.func @convert_layout_moves(%a: tensor<1x20x4x4xf32, #blocked>) -> tensor<1x20x4x4xf32> {
  // CHECK: kernel.relayout ins(%{{.*}} : tensor<1x2x4x4x16xf32>) outs(%{{.*}} : tensor<1x20x4x4xf32>) {a_block = 1 : i64
  %y = cnn.convert_layout %a : tensor<1x20x4x4xf32, #blocked> to tensor<1x20x4x4xf32>
  return %y : tensor<1x20x4x4xf32>
}

// CHECK-LABEL: @windows_become_columns
func.func @windows_become_columns(%x: tensor<1x6x5x5xf32, #last>, %w: tensor<16x6x3x3xf32>) -> tensor<1x16x3x3xf32, #blocked> {
  // CHECK: %[[COLUMNS:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<1x3x3x3x3x6xf32>)
  // CHECK: %[[PIXELS:.*]] = kernel.reshape %[[COLUMNS]] : tensor<1x3x3x3x3x6xf32> to tensor<1x3x3x54xf32>
  // CHECK: kernel.relayout {{.*}} out_order = array<i64: 0, 2, 3, 1>, shape = array<i64: 16, 6, 3, 3>
  // CHECK: kernel.contract ins(%[[PIXELS]],
  // CHECK-SAME: algorithm = "im2col"
  // CHECK-SAME: kernel = array<i64: 1, 1>
  %y = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64, algorithm = #cnn<algorithm im2col>} : (tensor<1x6x5x5xf32, #last>, tensor<16x6x3x3xf32>) -> tensor<1x16x3x3xf32, #blocked>
  return %y : tensor<1x16x3x3xf32, #blocked>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --verify-layout --split-input-file --verify-diagnostics %s

#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
#last = #cnn.layout<[0, 2, 3, 1]>

func.func @converted(%x: tensor<1x32x4x4xf32>) -> tensor<1x32x4x4xf32> {
  %0 = cnn.convert_layout %x : tensor<1x32x4x4xf32> to tensor<1x32x4x4xf32, #blocked>
  %1 = cnn.map(%0) : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x32x4x4xf32, #blocked> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  %2 = cnn.transpose %1 [0, 2, 3, 1] : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x4x4x32xf32, #cnn.layout<[0, 3, 1, 2], block = 3>>
  %3 = cnn.convert_layout %1 : tensor<1x32x4x4xf32, #blocked> to tensor<1x32x4x4xf32>
  return %3 : tensor<1x32x4x4xf32>
}

// -----

func.func @missing(%x: tensor<1x32x4x4xf32>) -> tensor<1x32x4x4xf32> {
  // expected-error@+1 {{requires a layout on its result, but found 'tensor<1x32x4x4xf32>'}}
  %0 = cnn.map(%x) : (tensor<1x32x4x4xf32>) -> tensor<1x32x4x4xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return %0 : tensor<1x32x4x4xf32>
}

// -----

#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @changed(%x: tensor<1x32x4x4xf32>) {
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 1, 2, 3], block = 1>, but found 'tensor<1x32x4x4xf32>'}}
  %0 = cnn.map(%x) : (tensor<1x32x4x4xf32>) -> tensor<1x32x4x4xf32, #blocked> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return
}

// -----

// Each op of a function is told of.
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @misaligned_concats(%x: tensor<1x8x4x4xf32, #blocked>) {
  // expected-error@+1 {{cannot store its result as #cnn.layout<[0, 1, 2, 3], block = 1>: a block of the result holds parts of several blocks, or a part of one}}
  %0 = cnn.concat (%x, %x) {axis = 1 : i64} : (tensor<1x8x4x4xf32, #blocked>, tensor<1x8x4x4xf32, #blocked>) -> tensor<1x16x4x4xf32, #blocked>
  // expected-error@+1 {{cannot store its result as}}
  %1 = cnn.concat (%x, %x) {axis = 1 : i64} : (tensor<1x8x4x4xf32, #blocked>, tensor<1x8x4x4xf32, #blocked>) -> tensor<1x16x4x4xf32, #blocked>
  return
}

// -----

// Convolutions: one group, whole blocks, narrow groups, a first layer, Winograd.
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @convolutions(%rows: tensor<1x32x4x4xf32>, %x: tensor<1x32x4x4xf32, #blocked>, %y: tensor<1x32x4x4xf32, #last>, %w: tensor<16x32x1x1xf32>, %v: tensor<32x16x1x1xf32>, %u: tensor<32x4x1x1xf32>) {
  %k = arith.constant dense<1.0> : tensor<32x32x3x3xf32>
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x4x4xf32, #blocked>, tensor<16x32x1x1xf32>) -> tensor<1x16x4x4xf32, #last>
  %1 = cnn.conv %y, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2 : i64} : (tensor<1x32x4x4xf32, #last>, tensor<32x16x1x1xf32>) -> tensor<1x32x4x4xf32, #blocked>
  %2 = cnn.conv %y, %u {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 8 : i64} : (tensor<1x32x4x4xf32, #last>, tensor<32x4x1x1xf32>) -> tensor<1x32x4x4xf32, #last>
  %3 = cnn.conv %rows, %w {algorithm = #cnn<algorithm first_layer>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x4x4xf32>, tensor<16x32x1x1xf32>) -> tensor<1x16x4x4xf32, #blocked>
  %4 = cnn.conv %x, %k {algorithm = #cnn<algorithm winograd_4_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x32x4x4xf32, #blocked>, tensor<32x32x3x3xf32>) -> tensor<1x32x4x4xf32, #blocked>
  return
}

// -----

#last = #cnn.layout<[0, 2, 3, 1]>
func.func @convolution_of_rows(%x: tensor<1x32x4x4xf32>, %w: tensor<16x32x1x1xf32>) {
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 1, 2, 3], block = 1> or #cnn.layout<[0, 2, 3, 1]>, but found 'tensor<1x32x4x4xf32>'}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x4x4xf32>, tensor<16x32x1x1xf32>) -> tensor<1x16x4x4xf32, #last>
  return
}

// -----

#row = #cnn.layout<[0, 1, 2, 3]>
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @convolution_to_rows(%x: tensor<1x32x4x4xf32, #last>, %w: tensor<16x32x1x1xf32>) {
  // expected-error@+1 {{cannot store its result as #cnn.layout<[0, 1, 2, 3]>: a convolution stores its channels last or in blocks}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x4x4xf32, #last>, tensor<16x32x1x1xf32>) -> tensor<1x16x4x4xf32, #row>
  return
}

// -----

#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @groups_inside_blocks(%x: tensor<1x24x4x4xf32, #blocked>, %w: tensor<48x12x1x1xf32>) {
  // expected-error@+1 {{the channels of a group fill no whole blocks}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2 : i64} : (tensor<1x24x4x4xf32, #blocked>, tensor<48x12x1x1xf32>) -> tensor<1x48x4x4xf32, #blocked>
  return
}

// -----

#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @window_from_another_order(%x: tensor<1x32x4x4xf32, #last>, %w: tensor<32x1x1x1xf32>) {
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 1, 2, 3], block = 1>, but found 'tensor<1x32x4x4xf32, #cnn.layout<[0, 2, 3, 1]>>'}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 32 : i64} : (tensor<1x32x4x4xf32, #last>, tensor<32x1x1x1xf32>) -> tensor<1x32x4x4xf32, #blocked>
  return
}

// -----

#last = #cnn.layout<[0, 2, 3, 1]>
func.func @winograd_channels_last(%x: tensor<1x32x4x4xf32, #last>) {
  %w = arith.constant dense<1.0> : tensor<32x32x3x3xf32>
  // expected-error@+1 {{Winograd stores its channels in blocks}}
  %0 = cnn.conv %x, %w {algorithm = #cnn<algorithm winograd_4_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x32x4x4xf32, #last>, tensor<32x32x3x3xf32>) -> tensor<1x32x4x4xf32, #last>
  return
}

// -----

// What Winograd cannot compute is direct: its filter is no constant.
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @winograd_in_name_only(%x: tensor<1x32x4x4xf32, #last>, %w: tensor<32x32x3x3xf32>) {
  %0 = cnn.conv %x, %w {algorithm = #cnn<algorithm winograd_4_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x32x4x4xf32, #last>, tensor<32x32x3x3xf32>) -> tensor<1x32x4x4xf32, #last>
  return
}

// -----

// Bytes: a window of a constant filter, and steps of four.
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @bytes(%x: tensor<1x32x4x4xi8, #blocked>, %y: tensor<1x32x4x4xi8, #last>, %w: tensor<32x4x1x1xi8>) {
  %v = arith.constant dense<1> : tensor<32x1x1x1xi8>
  %0 = cnn.conv %x, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 32 : i64} : (tensor<1x32x4x4xi8, #blocked>, tensor<32x1x1x1xi8>) -> tensor<1x32x4x4xi8, #blocked> epilogue {
  ^bb0(%a: i32):
    %t = arith.trunci %a : i32 to i8
    cnn.yield %t : i8
  }
  %1 = cnn.conv %y, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 8 : i64} : (tensor<1x32x4x4xi8, #last>, tensor<32x4x1x1xi8>) -> tensor<1x32x4x4xi8, #last> epilogue {
  ^bb0(%a: i32):
    %t = arith.trunci %a : i32 to i8
    cnn.yield %t : i8
  }
  return
}

// -----

#last = #cnn.layout<[0, 2, 3, 1]>
func.func @bytes_of_no_whole_steps(%x: tensor<1x32x4x4xi8, #last>) {
  %w = arith.constant dense<1> : tensor<32x2x1x1xi8>
  // expected-error@+1 {{integers of a group fill no step of 4 bytes, and no window multiplies them}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 16 : i64} : (tensor<1x32x4x4xi8, #last>, tensor<32x2x1x1xi8>) -> tensor<1x32x4x4xi8, #last> epilogue {
  ^bb0(%a: i32):
    %t = arith.trunci %a : i32 to i8
    cnn.yield %t : i8
  }
  return
}

// -----

#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @sums_of_bytes(%x: tensor<1x32x4x4xi8, #blocked>) {
  %w = arith.constant dense<1> : tensor<32x32x1x1xi8>
  // expected-error@+1 {{cannot store its result as 'tensor<1x32x4x4xi32>': a convolution stores its channels last or in blocks}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x4x4xi8, #blocked>, tensor<32x32x1x1xi8>) -> tensor<1x32x4x4xi32>
  return
}

// -----

// What no kernel multiplies is computed on rows: transposed convolutions of bytes.
#row = #cnn.layout<[0, 1, 2, 3]>
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @transposed_convolutions(%x: tensor<1x16x4x4xf32, #last>, %y: tensor<1x16x4x4xi8>, %z: tensor<1x16x4x4xi8, #last>, %v: tensor<16x16x1x1xf32>, %w: tensor<16x16x1x1xi8>) {
  %0 = cnn.conv_transpose %x, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 1 : i64} : (tensor<1x16x4x4xf32, #last>, tensor<16x16x1x1xf32>) -> tensor<1x16x4x4xf32, #last>
  %1 = cnn.conv_transpose %y, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 1 : i64} : (tensor<1x16x4x4xi8>, tensor<16x16x1x1xi8>) -> tensor<1x16x4x4xi8, #row>
  // expected-error@+1 {{cannot store its result as #cnn.layout<[0, 2, 3, 1]>: it is computed in row-major order}}
  %2 = cnn.conv_transpose %z, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 1 : i64} : (tensor<1x16x4x4xi8, #last>, tensor<16x16x1x1xi8>) -> tensor<1x16x4x4xi8, #last>
  return
}

// -----

// A filter that is computed is packed from rows.
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @filter_in_another_order(%x: tensor<1x32x4x4xf32, #last>, %w: tensor<16x32x1x1xf32, #last>) {
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 1, 2, 3]>, but found 'tensor<16x32x1x1xf32, #cnn.layout<[0, 2, 3, 1]>>'}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x4x4xf32, #last>, tensor<16x32x1x1xf32, #last>) -> tensor<1x16x4x4xf32, #last>
  return
}

// -----

// Extras have the result's layout, without a block where they have one channel.
#row = #cnn.layout<[0, 1, 2, 3]>
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @extras(%x: tensor<1x32x4x4xf32, #blocked>, %w: tensor<32x32x1x1xf32>, %g: tensor<1x1x4x4xf32, #row>, %h: tensor<1x1x4x4xf32, #blocked>) {
  %0 = cnn.conv %x, %w extras(%x, %g) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x4x4xf32, #blocked>, tensor<32x32x1x1xf32>, tensor<1x32x4x4xf32, #blocked>, tensor<1x1x4x4xf32, #row>) -> tensor<1x32x4x4xf32, #blocked> epilogue {
  ^bb0(%a: f32, %b: f32, %c: f32):
    cnn.yield %a : f32
  }
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 1, 2, 3]>, but found 'tensor<1x1x4x4xf32, #cnn.layout<[0, 1, 2, 3], block = 1>>'}}
  %1 = cnn.conv %x, %w extras(%h) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x4x4xf32, #blocked>, tensor<32x32x1x1xf32>, tensor<1x1x4x4xf32, #blocked>) -> tensor<1x32x4x4xf32, #blocked> epilogue {
  ^bb0(%a: f32, %b: f32):
    cnn.yield %a : f32
  }
  return
}

// -----

#row = #cnn.layout<[0, 1, 2, 3]>
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @pools(%rows: tensor<1x32x4x4xf32>, %x: tensor<1x32x4x4xf32, #blocked>, %y: tensor<1x32x4x4xi8, #last>) {
  %0 = cnn.pool max %x {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x32x4x4xf32, #blocked>
  %1 = cnn.pool max %y {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x32x4x4xi8, #last>) -> tensor<1x32x4x4xi8, #last>
  // expected-error@+1 {{cannot store its result as #cnn.layout<[0, 1, 2, 3]>: a window stores its channels last or in blocks}}
  %2 = cnn.pool max %rows {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x32x4x4xf32>) -> tensor<1x32x4x4xf32, #row>
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 2, 3, 1]>, but found}}
  %3 = cnn.pool max %x {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x32x4x4xf32, #last>
  return
}

// -----

// Ops that move elements keep blocks whole.
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @moved_blocks(%x: tensor<1x32x4x4xf32, #blocked>, %y: tensor<1x40x4x4xi8, #blocked>) {
  %0 = cnn.concat (%x, %x) {axis = 1 : i64} : (tensor<1x32x4x4xf32, #blocked>, tensor<1x32x4x4xf32, #blocked>) -> tensor<1x64x4x4xf32, #blocked>
  %1 = cnn.slice %y {starts = array<i64: 0, 16, 0, 0>, steps = array<i64: 1, 1, -1, 1>} : (tensor<1x40x4x4xi8, #blocked>) -> tensor<1x24x1x4xi8, #blocked>
  %2 = cnn.pad constant %x {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, value = 0.0 : f32} : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x32x6x6xf32, #blocked>
  %3 = cnn.resize nearest %x {coordinate_transformation_mode = "asymmetric", nearest_mode = "floor", scales = array<f64: 1.0, 1.0, 2.0, 2.0>} : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x32x8x8xf32, #blocked>
  return
}

// -----

#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @slices_of_blocks(%x: tensor<1x40x4x4xf32, #blocked>) {
  // Lanes past its end would hold what lies behind.
  // expected-error@+1 {{a block of the result holds parts of several blocks, or a part of one}}
  %0 = cnn.slice %x {starts = array<i64: 0, 0, 0, 0>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x40x4x4xf32, #blocked>) -> tensor<1x20x4x4xf32, #blocked>
  // expected-error@+1 {{a block of the result holds parts of several blocks, or a part of one}}
  %1 = cnn.slice %x {starts = array<i64: 0, 8, 0, 0>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x40x4x4xf32, #blocked>) -> tensor<1x32x4x4xf32, #blocked>
  return
}

// -----

#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @padded_and_resized_blocks(%x: tensor<1x32x4x4xf32, #blocked>) {
  // expected-error@+1 {{a block of the result holds parts of several blocks, or a part of one}}
  %0 = cnn.pad constant %x {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 0, 0>, value = 0.0 : f32} : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x33x4x4xf32, #blocked>
  // expected-error@+1 {{a block of the result holds parts of several blocks, or a part of one}}
  %1 = cnn.resize nearest %x {coordinate_transformation_mode = "asymmetric", nearest_mode = "floor", scales = array<f64: 1.0, 2.0, 1.0, 1.0>} : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x64x4x4xf32, #blocked>
  return
}

// -----

#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @concat_of_two_orders(%x: tensor<1x32x4x4xf32, #blocked>, %y: tensor<1x32x4x4xf32, #last>) {
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 1, 2, 3], block = 1>, but found 'tensor<1x32x4x4xf32, #cnn.layout<[0, 2, 3, 1]>>'}}
  %0 = cnn.concat (%x, %y) {axis = 1 : i64} : (tensor<1x32x4x4xf32, #blocked>, tensor<1x32x4x4xf32, #last>) -> tensor<1x64x4x4xf32, #blocked>
  return
}

// -----

// A transpose renames the dimensions of the same bytes.
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @transposes(%x: tensor<1x4x4x6xf32>) {
  %0 = cnn.transpose %x [0, 3, 1, 2] : (tensor<1x4x4x6xf32>) -> tensor<1x6x4x4xf32, #last>
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 3, 1, 2]>, but found 'tensor<1x4x4x6xf32>'}}
  %1 = cnn.transpose %x [0, 3, 1, 2] : (tensor<1x4x4x6xf32>) -> tensor<1x6x4x4xf32, #cnn.layout<[0, 1, 2, 3]>>
  return
}

// -----

// A reduced dimension may have had the block; a block that stays is everyone's.
#row = #cnn.layout<[0, 1, 2, 3]>
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @reductions(%x: tensor<1x32x4x4xf32, #blocked>, %y: tensor<1x32x4x4xf32, #last>) {
  %0 = cnn.reduce max(%x) {axes = array<i64: 1>} : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x1x4x4xf32, #row> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  // expected-error@+1 {{cannot store its result as #cnn.layout<[0, 1, 2, 3], block = 1>: the dimension of the blocks is reduced}}
  %1 = cnn.reduce max(%x) {axes = array<i64: 1>} : (tensor<1x32x4x4xf32, #blocked>) -> tensor<1x1x4x4xf32, #blocked> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 1, 2, 3]> or #cnn.layout<[0, 1, 2, 3], block = 1>, but found 'tensor<1x32x4x4xf32, #cnn.layout<[0, 2, 3, 1]>>'}}
  %2 = cnn.reduce max(%y) {axes = array<i64: 1>} : (tensor<1x32x4x4xf32, #last>) -> tensor<1x1x4x4xf32, #row> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return
}

// -----

// The inputs of a reduction agree on the block.
#row = #cnn.layout<[0, 1, 2, 3]>
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @reduction_of_two_layouts(%x: tensor<1x32x4x4xf32, #blocked>, %y: tensor<1x32x4x4xf32, #row>) {
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 1, 2, 3], block = 1>, but found 'tensor<1x32x4x4xf32, #cnn.layout<[0, 1, 2, 3]>>'}}
  %0 = cnn.reduce sum(%x, %y) {axes = array<i64: 1>} : (tensor<1x32x4x4xf32, #blocked>, tensor<1x32x4x4xf32, #row>) -> tensor<1x1x4x4xf32, #row> {
  ^bb0(%a: f32, %b: f32):
    cnn.yield %a : f32
  }
  return
}

// -----

// What touches doubles, halves and integers of 32 bits is row major, and so are products of matrices and reshapes.
#row = #cnn.layout<[0, 1, 2, 3]>
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @rows(%h: tensor<1x32x4x4xf16>, %x: tensor<1x32x1x1xf32, #blocked>, %a: tensor<4x8xf32>, %b: tensor<8x4xf32>) {
  %0 = cnn.map(%h) : (tensor<1x32x4x4xf16>) -> tensor<1x32x4x4xf32, #row> {
  ^bb0(%v: f16):
    %e = arith.extf %v : f16 to f32
    cnn.yield %e : f32
  }
  %1 = cnn.matmul %a, %b : (tensor<4x8xf32>, tensor<8x4xf32>) -> tensor<4x4xf32, #cnn.layout<[0, 1]>>
  // expected-error@+1 {{cannot store its result as #cnn.layout<[0, 1, 2, 3], block = 1>: it is computed in row-major order}}
  %2 = cnn.map(%h) : (tensor<1x32x4x4xf16>) -> tensor<1x32x4x4xf32, #blocked> {
  ^bb0(%v: f16):
    %e = arith.extf %v : f16 to f32
    cnn.yield %e : f32
  }
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 1, 2, 3]>, but found 'tensor<1x32x1x1xf32, #cnn.layout<[0, 1, 2, 3], block = 1>>'}}
  %3 = cnn.reshape %x : (tensor<1x32x1x1xf32, #blocked>) -> tensor<1x32xf32, #cnn.layout<[0, 1]>>
  return
}

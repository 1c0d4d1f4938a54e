// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --split-input-file --verify-diagnostics

func.func @conv_with_wrong_channels(%x: tensor<1x4x8x8xf32>, %w: tensor<8x3x3x3xf32>) {
  // expected-error @+1 {{requires 3 input channels in each of 1 groups, but found 4 channels}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x4x8x8xf32>, tensor<8x3x3x3xf32>) -> tensor<1x8x8x8xf32>
  return
}

// -----

func.func @conv_with_two_pads(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x3x3xf32>) {
  // expected-error @+1 {{requires 4 pads, but found 2}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x3x8x8xf32>, tensor<8x3x3x3xf32>) -> tensor<1x8x8x8xf32>
  return
}

// -----

func.func @conv_with_wrong_result(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x3x3xf32>) {
  // expected-error @+1 {{requires a result of shape 1x8x6x6, but found 1x8x8x8}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x3x8x8xf32>, tensor<8x3x3x3xf32>) -> tensor<1x8x8x8xf32>
  return
}

// -----

func.func @conv_with_zero_stride(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x3x3xf32>) {
  // expected-error @+1 {{requires strides of at least 1, but found 0}}
  %0 = cnn.conv %x, %w {strides = array<i64: 0, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x3x8x8xf32>, tensor<8x3x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @conv_with_short_bias(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x1x1xf32>, %b: tensor<7xf32>) {
  // expected-error @+1 {{requires a bias of shape 8, but found 7}}
  %0 = cnn.conv %x, %w bias(%b) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x3x8x8xf32>, tensor<8x3x1x1xf32>, tensor<7xf32>) -> tensor<1x8x8x8xf32>
  return
}

// -----

func.func @conv_with_extras_but_no_epilogue(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x1x1xf32>, %r: tensor<1x8x8x8xf32>) {
  // expected-error @+1 {{requires an epilogue for its extras}}
  %0 = cnn.conv %x, %w extras(%r) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x3x8x8xf32>, tensor<8x3x1x1xf32>, tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return
}

// -----

func.func @epilogue_with_missing_argument(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x1x1xf32>, %r: tensor<1x8x8x8xf32>) {
  // expected-error @+1 {{requires region arguments ('f32', 'f32'), but found ('f32')}}
  %0 = cnn.conv %x, %w extras(%r) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x3x8x8xf32>, tensor<8x3x1x1xf32>, tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> epilogue {
  ^bb0(%acc: f32):
    cnn.yield %acc : f32
  }
  return
}

// -----

func.func @conv_transpose_with_wide_output_padding(%x: tensor<1x3x8x8xf32>, %w: tensor<3x8x2x2xf32>) {
  // expected-error @+1 {{requires output_padding below stride or dilation, but found 2}}
  %0 = cnn.conv_transpose %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
    output_padding = array<i64: 2, 0>, group = 1 : i64} : (tensor<1x3x8x8xf32>, tensor<3x8x2x2xf32>) -> tensor<1x8x18x16xf32>
  return
}

// -----

func.func @pool_larger_than_input(%x: tensor<1x3x2x2xf32>) {
  // expected-error @+1 {{requires a window that fits the padded input, but found kernel 3x3}}
  %0 = cnn.pool max %x {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
    pads = array<i64: 0, 0, 0, 0>} : (tensor<1x3x2x2xf32>) -> tensor<1x3x1x1xf32>
  return
}

// -----

func.func @matmul_with_unequal_inner_extents(%x: tensor<2x3x4xf32>, %y: tensor<2x5x6xf32>) {
  // expected-error @+1 {{requires equal inner extents, but found 2x3x4 and 2x5x6}}
  %0 = cnn.matmul %x, %y : (tensor<2x3x4xf32>, tensor<2x5x6xf32>) -> tensor<2x3x6xf32>
  return
}

// -----

func.func @batch_norm_with_wrong_parameters(%x: tensor<1x3x4xf32>, %p: tensor<3xf32>, %q: tensor<4xf32>) {
  // expected-error @+1 {{requires parameters of shape 3, but found 4}}
  %0 = cnn.batch_norm %x, %p, %p, %p, %q {epsilon = 1.0e-5 : f64}
    : (tensor<1x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @map_of_other_rank(%x: tensor<1x3x4xf32>, %y: tensor<4xf32>) {
  // expected-error @+1 {{requires inputs that broadcast to 1x3x4, but found 4}}
  %0 = cnn.map (%x, %y) : (tensor<1x3x4xf32>, tensor<4xf32>) -> tensor<1x3x4xf32> {
  ^bb0(%a: f32, %b: f32):
    cnn.yield %a : f32
  }
  return
}

// -----

func.func @map_that_yields_another_type(%x: tensor<4xf32>) {
  // expected-error @+1 {{requires a region that yields 'i64', but found 'f32'}}
  %0 = cnn.map (%x) : (tensor<4xf32>) -> tensor<4xi64> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return
}

// -----

func.func @reduce_along_one_axis_twice(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{requires distinct axes, but found 1 twice}}
  %0 = cnn.reduce sum (%x) {axes = array<i64: 1, 1>} : (tensor<2x4xf32>) -> tensor<2x1xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return
}

// -----

func.func @resize_with_short_scales(%x: tensor<1x3x4x4xf32>) {
  // expected-error @+1 {{requires 4 scales, but found 2}}
  %0 = cnn.resize nearest %x {coordinate_transformation_mode = "asymmetric", nearest_mode = "floor",
    scales = array<f64: 2.0, 2.0>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @reshape_to_other_size(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{requires a shape of 6 elements, but found 7}}
  %0 = cnn.reshape %x : (tensor<2x3xf32>) -> tensor<7xf32>
  return
}

// -----

func.func @transpose_by_no_permutation(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{requires a permutation of 2 dimensions, but found 1x1}}
  %0 = cnn.transpose %x [1, 1] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @concat_of_unequal_inputs(%x: tensor<2x3xf32>, %y: tensor<3x3xf32>) {
  // expected-error @+1 {{requires inputs equal but along axis 1, but found 2x3 and 3x3}}
  %0 = cnn.concat (%x, %y) {axis = 1 : i64} : (tensor<2x3xf32>, tensor<3x3xf32>) -> tensor<2x6xf32>
  return
}

// -----

func.func @slice_past_the_end(%x: tensor<8xf32>) {
  // expected-error @+1 {{requires a slice inside extent 8 of dimension 0, but found 4 elements from 3 by 2}}
  %0 = cnn.slice %x {starts = array<i64: 3>, steps = array<i64: 2>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @pad_by_a_negative_number(%x: tensor<8xf32>) {
  // expected-error @+1 {{requires pads of at least 0, but found -1}}
  %0 = cnn.pad constant %x {low = array<i64: -1>, high = array<i64: 0>, value = 0.0 : f32} : (tensor<8xf32>) -> tensor<7xf32>
  return
}

// -----

func.func @reflection_wider_than_the_input(%x: tensor<4xf32>) {
  // expected-error @+1 {{requires pads of at most 3 in dimension 0, but found 4 and 0}}
  %0 = cnn.pad reflect %x {low = array<i64: 4>, high = array<i64: 0>, value = 0.0 : f32} : (tensor<4xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @gather_by_floats(%x: tensor<4x2xf32>, %i: tensor<3xf32>) {
  // expected-error @+1 {{requires integer indices, but found 'f32'}}
  %0 = cnn.gather %x[%i] {axis = 0 : i64} : (tensor<4x2xf32>, tensor<3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @tensor_of_too_many_elements(%x: tensor<65536x65536xf32>) {
  // expected-error @+1 {{requires at most 2147483647 elements, but found 65536x65536}}
  %0 = cnn.transpose %x [1, 0] : (tensor<65536x65536xf32>) -> tensor<65536x65536xf32>
  return
}

// -----

func.func @dynamic_shape(%x: tensor<?xf32>) {
  // expected-error @+1 {{requires static shapes, but found 'tensor<?xf32>'}}
  %0 = cnn.reshape %x : (tensor<?xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @conv_filter_of_another_type(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf16>) {
  // expected-error @+1 {{requires operands of 'f32', but found 'f16'}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf16>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @conv_bias_of_another_type(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>, %b: tensor<8xi32>) {
  // expected-error @+1 {{requires a bias of 'f32', but found 'i32'}}
  %0 = cnn.conv %x, %w bias(%b) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>, tensor<8xi32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @matmul_of_two_types(%x: tensor<4x8xf32>, %y: tensor<8x2xf64>) {
  // expected-error @+1 {{requires operands of 'f32', but found 'f64'}}
  %0 = cnn.matmul %x, %y : (tensor<4x8xf32>, tensor<8x2xf64>) -> tensor<4x2xf32>
  return
}

// -----

func.func @scaled_sum_of_integers(%x: tensor<4x8xi32>) {
  // expected-error @+1 {{requires a result of floats for its scale, but found 'i32'}}
  %0 = cnn.reduce sum(%x) {axes = array<i64: 1>, scale = 0.5 : f64} : (tensor<4x8xi32>) -> tensor<4x1xi32> {
  ^bb0(%a: i32):
    cnn.yield %a : i32
  }
  return
}

// -----

func.func @pad_with_a_value_of_another_type(%x: tensor<4xi8>) {
  // expected-error @+1 {{requires a value of 'i8', but found 'f32'}}
  %0 = cnn.pad constant %x {low = array<i64: 1>, high = array<i64: 1>, value = 0.0 : f32} : (tensor<4xi8>) -> tensor<6xi8>
  return
}

// -----

func.func @conv_of_bytes_with_bytes_for_sums(%x: tensor<1x4x8x8xi8>, %w: tensor<8x4x1x1xi8>) {
  // expected-error @+1 {{requires a result of 'i32', but found 'i8'}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x4x8x8xi8>, tensor<8x4x1x1xi8>) -> tensor<1x8x8x8xi8>
  return
}

// -----

func.func @conv_of_bytes_with_a_bias_of_bytes(%x: tensor<1x4x8x8xi8>, %w: tensor<8x4x1x1xi8>, %b: tensor<8xi8>) {
  // expected-error @+1 {{requires a bias of 'i32', but found 'i8'}}
  %0 = cnn.conv %x, %w bias(%b) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x4x8x8xi8>, tensor<8x4x1x1xi8>, tensor<8xi8>) -> tensor<1x8x8x8xi32>
  return
}

// -----

func.func @floats_with_a_pad_value(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x1x1xf32>) {
  // expected-error @+1 {{requires integers for its pad_value, but found 'f32'}}
  %0 = cnn.conv %x, %w {pad_value = 3 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x4x8x8xf32>, tensor<8x4x1x1xf32>) -> tensor<1x8x8x8xf32>
  return
}

// -----

func.func @quantize_doubles(%x: tensor<4xf64>, %s: tensor<1xf64>) {
  // expected-error @+1 {{requires floats of f32, but found 'f64'}}
  %0 = cnn.quantize %x scale(%s) : (tensor<4xf64>, tensor<1xf64>) -> tensor<4xi8>
  return
}

// -----

func.func @quantize_to_words(%x: tensor<4xf32>, %s: tensor<1xf32>) {
  // expected-error @+1 {{requires integers of 8 or 16 bits, but found 'i32'}}
  %0 = cnn.quantize %x scale(%s) : (tensor<4xf32>, tensor<1xf32>) -> tensor<4xi32>
  return
}

// -----

func.func @zero_point_of_another_type(%x: tensor<4xf32>, %s: tensor<1xf32>, %z: tensor<1xi16>) {
  // expected-error @+1 {{requires a parameter of 'i8', but found 'i16'}}
  %0 = cnn.quantize %x scale(%s) zero_point(%z) : (tensor<4xf32>, tensor<1xf32>, tensor<1xi16>) -> tensor<4xi8>
  return
}

// -----

func.func @scale_of_another_shape(%x: tensor<4xi8>, %s: tensor<3xf32>) {
  // expected-error @+1 {{requires parameters that broadcast to 4, but found 3}}
  %0 = cnn.dequantize %x scale(%s) : (tensor<4xi8>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @pad_value_past_a_byte(%x: tensor<1x4x8x8xi8>, %w: tensor<8x4x1x1xi8>) {
  // expected-error @+1 {{requires a pad_value that an element of its input may have, but found 256}}
  %0 = cnn.conv %x, %w {pad_value = 256 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x4x8x8xi8>, tensor<8x4x1x1xi8>) -> tensor<1x8x8x8xi32>
  return
}

// -----

func.func @bytes_by_winograd(%x: tensor<1x4x8x8xi8>, %w: tensor<8x4x3x3xi8>) {
  // expected-error @+1 {{requires floats for the algorithm winograd_4_3, but found 'i8'}}
  %0 = cnn.conv %x, %w {algorithm = #cnn<algorithm winograd_4_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x4x8x8xi8>, tensor<8x4x3x3xi8>) -> tensor<1x8x8x8xi32>
  return
}

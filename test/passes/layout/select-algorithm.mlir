// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --select-algorithm --split-input-file %s | FileCheck %s
// RUN: cnnc-opt --select-algorithm=im2col --split-input-file %s | FileCheck %s --check-prefix=IM2COL

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3", "x86-64-v4"]>} {
// CHECK-LABEL: @by_shape
func.func @by_shape(%image: tensor<1x3x56x56xf32>, %x: tensor<1x64x56x56xf32>, %y: tensor<1x512x7x7xf32>, %z: tensor<1x256x14x14xf32>,
                    %line: tensor<1x192x17x17xf32>, %deep: tensor<1x512x28x28xf32>) {
  %w0 = arith.constant dense<1.0> : tensor<64x3x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm first_layer>
  // IM2COL: cnn.conv {{.*}}algorithm = #cnn<algorithm im2col>
  %0 = cnn.conv %image, %w0 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x3x56x56xf32>, tensor<64x3x3x3xf32>) -> tensor<1x64x56x56xf32>
  %w1 = arith.constant dense<1.0> : tensor<64x64x1x1xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm pointwise>
  %1 = cnn.conv %x, %w1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x64x1x1xf32>) -> tensor<1x64x56x56xf32>
  %w2 = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm winograd_4_3>
  %2 = cnn.conv %x, %w2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm direct>{{.*}}strides = array<i64: 2, 2>
  %3 = cnn.conv %x, %w2 {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x28x28xf32>
  %w4 = arith.constant dense<1.0> : tensor<64x1x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm depthwise>
  %4 = cnn.conv %x, %w4 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 64 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x1x3x3xf32>) -> tensor<1x64x56x56xf32>
  %w5 = arith.constant dense<1.0> : tensor<64x32x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm grouped>
  %5 = cnn.conv %x, %w5 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 2 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x32x3x3xf32>) -> tensor<1x64x56x56xf32>
  %w6 = arith.constant dense<1.0> : tensor<512x512x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm winograd_2_3>
  %6 = cnn.conv %y, %w6 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x512x7x7xf32>, tensor<512x512x3x3xf32>) -> tensor<1x512x7x7xf32>
  %w7 = arith.constant dense<1.0> : tensor<256x256x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm winograd_2_3>
  %7 = cnn.conv %z, %w7 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x256x14x14xf32>, tensor<256x256x3x3xf32>) -> tensor<1x256x14x14xf32>
  // So many transformed filters would stream from memory.
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm winograd_4_3_raw>
  %11 = cnn.conv %deep, %w6 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x512x28x28xf32>, tensor<512x512x3x3xf32>) -> tensor<1x512x28x28xf32>
  // A line of taps, and a larger square.
  %w9 = arith.constant dense<1.0> : tensor<192x192x1x7xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm winograd_2_7>
  %9 = cnn.conv %line, %w9 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 3, 0, 3>, group = 1 : i64}
    : (tensor<1x192x17x17xf32>, tensor<192x192x1x7xf32>) -> tensor<1x192x17x17xf32>
  %w10 = arith.constant dense<1.0> : tensor<64x64x5x5xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm winograd_2_5>
  %10 = cnn.conv %x, %w10 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 2, 2, 2, 2>, group = 1 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x64x5x5xf32>) -> tensor<1x64x56x56xf32>
  // CHECK: cnn.conv_transpose {{.*}}algorithm = #cnn<algorithm phases>
  %8 = cnn.conv_transpose %x, %w2 {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, output_padding = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x112x112xf32>
  return
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>, cnnc.winograd = "off"} {
// CHECK-LABEL: @winograd_off
func.func @winograd_off(%x: tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32> {
  %w = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm direct>
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32>
  return %0 : tensor<1x64x56x56xf32>
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
// CHECK-LABEL: @an_algorithm_that_is_there_stays
func.func @an_algorithm_that_is_there_stays(%x: tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32> {
  %w = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm winograd_6_3>
  %0 = cnn.conv %x, %w {algorithm = #cnn<algorithm winograd_6_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32>
  return %0 : tensor<1x64x56x56xf32>
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
// CHECK-LABEL: @computed_filter_is_not_transformed
func.func @computed_filter_is_not_transformed(%x: tensor<1x64x56x56xf32>, %w: tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32> {
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm direct>
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32>
  return %0 : tensor<1x64x56x56xf32>
}
}

// -----

// Without a CPU there is no cost that Winograd could win by, and channels come last from the first layer on.
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">} {
// CHECK-LABEL: @without_a_cpu
func.func @without_a_cpu(%image: tensor<1x3x56x56xf32>, %x: tensor<1x64x56x56xf32>) {
  %w0 = arith.constant dense<1.0> : tensor<64x3x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm direct>
  %0 = cnn.conv %image, %w0 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x3x56x56xf32>, tensor<64x3x3x3xf32>) -> tensor<1x64x56x56xf32>
  %w1 = arith.constant dense<1.0> : tensor<64x64x1x1xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm pointwise>
  %1 = cnn.conv %x, %w1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x64x1x1xf32>) -> tensor<1x64x56x56xf32>
  %w2 = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm direct>
  %2 = cnn.conv %x, %w2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32>
  %w4 = arith.constant dense<1.0> : tensor<64x1x3x3xf32>
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm depthwise>
  %4 = cnn.conv %x, %w4 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 64 : i64}
    : (tensor<1x64x56x56xf32>, tensor<64x1x3x3xf32>) -> tensor<1x64x56x56xf32>
  return
}
}

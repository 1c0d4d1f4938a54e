// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --convert-cnn-to-kernel --split-input-file --verify-diagnostics

// verify-layout.mlir has the rules; the door asks them too, of text that is given to it.
#row = #cnn.layout<[0, 1, 2, 3]>
#last = #cnn.layout<[0, 2, 3, 1]>
func.func @convolution_to_rows(%x: tensor<1x32x4x4xf32, #last>, %w: tensor<16x32x1x1xf32>) {
  // expected-error@+1 {{cannot store its result as #cnn.layout<[0, 1, 2, 3]>: a convolution stores its channels last or in blocks}}
  %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x4x4xf32, #last>, tensor<16x32x1x1xf32>) -> tensor<1x16x4x4xf32, #row>
  return
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --convert-cnn-to-linalg --split-input-file --verify-diagnostics

// verify-layout.mlir has the rules; the door asks them too, of text that is given to it.
#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @map_between_layouts(%x: tensor<1x32x4x4xf32>) {
  // expected-error@+1 {{requires an operand stored as #cnn.layout<[0, 1, 2, 3], block = 1>, but found 'tensor<1x32x4x4xf32>'}}
  %0 = cnn.map(%x) : (tensor<1x32x4x4xf32>) -> tensor<1x32x4x4xf32, #blocked> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return
}

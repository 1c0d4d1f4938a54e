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

#blocked = #cnn.layout<[0, 1, 2, 3], block = 1>
func.func @misaligned_concat(%x: tensor<1x8x4x4xf32, #blocked>) {
  // expected-error@+1 {{cannot store its result as #cnn.layout<[0, 1, 2, 3], block = 1>}}
  %0 = cnn.concat (%x, %x) {axis = 1 : i64} : (tensor<1x8x4x4xf32, #blocked>, tensor<1x8x4x4xf32, #blocked>) -> tensor<1x16x4x4xf32, #blocked>
  return
}

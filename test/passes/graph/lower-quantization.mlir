// RUN: cnnc-opt --split-input-file --lower-quantization %s | FileCheck %s
// RUN: cnnc-opt --split-input-file --lower-quantization=only-constants %s | FileCheck %s --check-prefix=CONSTANTS

// What a quantize rounds, shifts and saturates, in this order.
// CHECK-LABEL: @quantize
// CHECK: cnn.map(%arg0, %arg1, %arg2)
// CHECK: %[[Q:.*]] = arith.divf %[[X:.*]], %[[S:.*]] : f32
// CHECK: %[[R:.*]] = math.roundeven %[[Q]]
// CHECK: %[[Z:.*]] = arith.uitofp %{{.*}} : i8 to f32
// CHECK: %[[SUM:.*]] = arith.addf %[[R]], %[[Z]]
// CHECK: %[[LOW:.*]] = arith.constant 0.0
// CHECK: %[[MAX:.*]] = arith.maxnumf %[[SUM]], %[[LOW]]
// CHECK: %[[HIGH:.*]] = arith.constant 2.550000e+02
// CHECK: %[[MIN:.*]] = arith.minnumf %[[MAX]], %[[HIGH]]
// CHECK: %[[I:.*]] = arith.fptosi %[[MIN]] : f32 to i32
// CHECK: arith.trunci %[[I]] : i32 to i8
// CONSTANTS-LABEL: @quantize
// CONSTANTS: cnn.quantize
func.func @quantize(%x: tensor<2x3xf32>, %s: tensor<1x1xf32>, %z: tensor<1x1xi8>) -> tensor<2x3xi8> {
  %0 = cnn.quantize %x scale(%s) zero_point(%z) {is_unsigned} : (tensor<2x3xf32>, tensor<1x1xf32>, tensor<1x1xi8>) -> tensor<2x3xi8>
  return %0 : tensor<2x3xi8>
}

// -----

// CHECK-LABEL: @signed_halves
// CHECK: arith.constant -3.276800e+04
// CHECK: arith.constant 3.276700e+04
// CHECK: arith.trunci %{{.*}} : i32 to i16
func.func @signed_halves(%x: tensor<2x3xf32>, %s: tensor<1x1xf32>) -> tensor<2x3xi16> {
  %0 = cnn.quantize %x scale(%s) : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xi16>
  return %0 : tensor<2x3xi16>
}

// -----

// CHECK-LABEL: @dequantize
// CHECK: %[[X:.*]] = arith.sitofp
// CHECK: %[[Z:.*]] = arith.sitofp
// CHECK: %[[D:.*]] = arith.subf %[[X]], %[[Z]]
// CHECK: arith.mulf %[[D]], %{{.*}} : f32
func.func @dequantize(%x: tensor<2x3xi8>, %s: tensor<2x1xf32>, %z: tensor<2x1xi8>) -> tensor<2x3xf32> {
  %0 = cnn.dequantize %x scale(%s) zero_point(%z) : (tensor<2x3xi8>, tensor<2x1xf32>, tensor<2x1xi8>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// CONSTANTS-LABEL: @constant
// CONSTANTS: cnn.map
// CONSTANTS: cnn.dequantize
func.func @constant(%s: tensor<1x1xf32>) -> tensor<2x3xf32> {
  %x = arith.constant dense<1.0> : tensor<2x3xf32>
  %0 = cnn.quantize %x scale(%s) : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xi8>
  %1 = cnn.dequantize %0 scale(%s) : (tensor<2x3xi8>, tensor<1x1xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

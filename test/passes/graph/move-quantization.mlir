// RUN: cnnc-opt --split-input-file --move-quantization %s | FileCheck %s

// CHECK-LABEL: @reshape_of_bytes
// CHECK-NEXT: %[[R:.*]] = cnn.reshape %arg0 : (tensor<1x4x2xi8>) -> tensor<1x8xi8>
// CHECK-NEXT: return %[[R]]
func.func @reshape_of_bytes(%x: tensor<1x4x2xi8>) -> tensor<1x8xi8> {
  %s = arith.constant dense<0.5> : tensor<1x1x1xf32>
  %z = arith.constant dense<7> : tensor<1x1x1xi8>
  %t = arith.constant dense<0.5> : tensor<1x1xf32>
  %u = arith.constant dense<7> : tensor<1x1xi8>
  %0 = cnn.dequantize %x scale(%s) zero_point(%z) {is_unsigned} : (tensor<1x4x2xi8>, tensor<1x1x1xf32>, tensor<1x1x1xi8>) -> tensor<1x4x2xf32>
  %1 = cnn.reshape %0 : (tensor<1x4x2xf32>) -> tensor<1x8xf32>
  %2 = cnn.quantize %1 scale(%t) zero_point(%u) {is_unsigned} : (tensor<1x8xf32>, tensor<1x1xf32>, tensor<1x1xi8>) -> tensor<1x8xi8>
  return %2 : tensor<1x8xi8>
}

// -----

// Another scale on the way out: both stay, side by side.
// CHECK-LABEL: @another_scale
// CHECK: cnn.transpose %arg0
// CHECK: cnn.dequantize
// CHECK: cnn.quantize
func.func @another_scale(%x: tensor<4x2xi8>) -> tensor<2x4xi8> {
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %t = arith.constant dense<0.25> : tensor<1x1xf32>
  %0 = cnn.dequantize %x scale(%s) {is_unsigned} : (tensor<4x2xi8>, tensor<1x1xf32>) -> tensor<4x2xf32>
  %1 = cnn.transpose %0 [1, 0] : (tensor<4x2xf32>) -> tensor<2x4xf32>
  %2 = cnn.quantize %1 scale(%t) {is_unsigned} : (tensor<2x4xf32>, tensor<1x1xf32>) -> tensor<2x4xi8>
  return %2 : tensor<2x4xi8>
}

// -----

// Signed bytes become unsigned ones between a quantize and its readers.
// CHECK-LABEL: @without_sign
// CHECK: arith.constant dense<-118> : tensor<1x1xi8>
// CHECK: %[[Q:.*]] = cnn.quantize %arg0 {{.*}} {is_unsigned}
// CHECK: cnn.dequantize %[[Q]] {{.*}} {is_unsigned}
func.func @without_sign(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %z = arith.constant dense<10> : tensor<1x1xi8>
  %0 = cnn.quantize %x scale(%s) zero_point(%z) : (tensor<4x2xf32>, tensor<1x1xf32>, tensor<1x1xi8>) -> tensor<4x2xi8>
  %1 = cnn.dequantize %0 scale(%s) zero_point(%z) : (tensor<4x2xi8>, tensor<1x1xf32>, tensor<1x1xi8>) -> tensor<4x2xf32>
  return %1 : tensor<4x2xf32>
}

// -----

// The bytes themselves are a result: their sign stays.
// CHECK-LABEL: @with_sign
// CHECK: cnn.quantize
// CHECK-NOT: is_unsigned
func.func @with_sign(%x: tensor<4x2xf32>) -> tensor<4x2xi8> {
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %0 = cnn.quantize %x scale(%s) : (tensor<4x2xf32>, tensor<1x1xf32>) -> tensor<4x2xi8>
  return %0 : tensor<4x2xi8>
}

// -----

// CHECK-LABEL: @signed_input
// CHECK: %[[B:.*]] = cnn.map(%arg0)
// CHECK: arith.xori %{{.*}}, %c-128_i8
// CHECK: cnn.dequantize %[[B]] {{.*}} {is_unsigned}
func.func @signed_input(%x: tensor<4x2xi8>) -> tensor<4x2xf32> {
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %0 = cnn.dequantize %x scale(%s) : (tensor<4x2xi8>, tensor<1x1xf32>) -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// -----

// A maximum is one of the bytes, an average is not.
// CHECK-LABEL: @pools
// CHECK: cnn.pool max %{{.*}} -> tensor<1x4x1x1xi8>
// CHECK: cnn.pool average %{{.*}} -> tensor<1x4x1x1xf32>
func.func @pools(%x: tensor<1x4x2x2xi8>) -> (tensor<1x4x1x1xf32>, tensor<1x4x1x1xf32>) {
  %s = arith.constant dense<0.5> : tensor<1x1x1x1xf32>
  %0 = cnn.dequantize %x scale(%s) {is_unsigned} : (tensor<1x4x2x2xi8>, tensor<1x1x1x1xf32>) -> tensor<1x4x2x2xf32>
  %1 = cnn.pool max %0 {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x4x2x2xf32>) -> tensor<1x4x1x1xf32>
  %2 = cnn.pool average %0 {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x4x2x2xf32>) -> tensor<1x4x1x1xf32>
  return %1, %2 : tensor<1x4x1x1xf32>, tensor<1x4x1x1xf32>
}

// -----

// Scales along a dimension follow it through a transpose, and through extents of 1 that come.
// CHECK-LABEL: @filter
// CHECK: %[[T:.*]] = cnn.transpose %{{.*}} [1, 0] : (tensor<2x3xi8>) -> tensor<3x2xi8>
// CHECK: %[[R:.*]] = cnn.reshape %[[T]] : (tensor<3x2xi8>) -> tensor<3x2x1x1xi8>
// CHECK: %[[S:.*]] = arith.constant dense<{{.*}}> : tensor<3x1x1x1xf32>
// CHECK: cnn.dequantize %[[R]] scale(%[[S]])
func.func @filter(%x: tensor<2x3xi8>) -> tensor<3x2x1x1xf32> {
  %s = arith.constant dense<[[0.5, 0.25, 1.0]]> : tensor<1x3xf32>
  %0 = cnn.dequantize %x scale(%s) : (tensor<2x3xi8>, tensor<1x3xf32>) -> tensor<2x3xf32>
  %1 = cnn.transpose %0 [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %2 = cnn.reshape %1 : (tensor<3x2xf32>) -> tensor<3x2x1x1xf32>
  return %2 : tensor<3x2x1x1xf32>
}

// -----

// Two scales: the parts keep theirs until they are quantised, each for itself.
// CHECK-LABEL: @concat
// CHECK: %[[Q:.*]] = cnn.quantize
// CHECK: cnn.concat(%arg0, %[[Q]]) {{.*}} -> tensor<1x4xi8>
func.func @concat(%a: tensor<1x2xi8>, %b: tensor<1x2xi8>) -> tensor<1x4xi8> {
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %t = arith.constant dense<0.25> : tensor<1x1xf32>
  %0 = cnn.dequantize %a scale(%s) {is_unsigned} : (tensor<1x2xi8>, tensor<1x1xf32>) -> tensor<1x2xf32>
  %1 = cnn.dequantize %b scale(%t) {is_unsigned} : (tensor<1x2xi8>, tensor<1x1xf32>) -> tensor<1x2xf32>
  %2 = cnn.concat(%0, %1) {axis = 1 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  %3 = cnn.quantize %2 scale(%s) {is_unsigned} : (tensor<1x4xf32>, tensor<1x1xf32>) -> tensor<1x4xi8>
  return %3 : tensor<1x4xi8>
}

// -----

// Zero is what the zero point stands for; one is something else.
// CHECK-LABEL: @pads
// CHECK: cnn.pad constant %arg0 {{.*}}value = 9 : i8
// CHECK: cnn.pad constant %{{.*}} {{.*}}value = 1.0
func.func @pads(%x: tensor<1x2xi8>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %z = arith.constant dense<9> : tensor<1x1xi8>
  %0 = cnn.dequantize %x scale(%s) zero_point(%z) {is_unsigned} : (tensor<1x2xi8>, tensor<1x1xf32>, tensor<1x1xi8>) -> tensor<1x2xf32>
  %1 = cnn.pad constant %0 {low = array<i64: 0, 1>, high = array<i64: 0, 1>, value = 0.0 : f32} : (tensor<1x2xf32>) -> tensor<1x4xf32>
  %2 = cnn.pad constant %0 {low = array<i64: 0, 1>, high = array<i64: 0, 1>, value = 1.0 : f32} : (tensor<1x2xf32>) -> tensor<1x4xf32>
  return %1, %2 : tensor<1x4xf32>, tensor<1x4xf32>
}

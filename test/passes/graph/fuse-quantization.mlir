// RUN: cnnc-opt --split-input-file --fuse-quantization %s | FileCheck %s

// The sum starts from -100 * (1 + 2 - 3 + 4), the factor is 0.5 * 0.25 / 2.
// CHECK-LABEL: @dense
// CHECK-DAG: %[[B:.*]] = arith.constant dense<-400> : tensor<1xi32>
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{.*}}1, 2, -3, 4{{.*}}> : tensor<1x4xi8>
// CHECK: %[[Y:.*]] = cnn.conv %arg0, %[[W]] bias(%[[B]]) {{.*}}pad_value = 100
// CHECK: ^bb0(%[[SUM:.*]]: i32):
// CHECK: %[[F:.*]] = arith.sitofp %[[SUM]] : i32 to f32
// CHECK: %[[M:.*]] = arith.constant 6.250000e-02 : f32
// CHECK: %[[S:.*]] = arith.mulf %[[F]], %[[M]]
// CHECK: %[[R:.*]] = math.roundeven %[[S]]
// CHECK: %[[I:.*]] = arith.fptosi %[[R]] : f32 to i32
// CHECK: %[[Z:.*]] = arith.constant 7 : i32
// CHECK: %[[A:.*]] = arith.addi %[[I]], %[[Z]]
// CHECK: %[[L:.*]] = arith.constant 0 : i32
// CHECK: arith.maxsi %[[A]], %[[L]]
// CHECK: %[[H:.*]] = arith.constant 255 : i32
// CHECK: arith.minsi
// CHECK: arith.trunci
// CHECK: return %[[Y]]
func.func @dense(%x: tensor<1x4xi8>) -> tensor<1x1xi8> {
  %w = arith.constant dense<[[1, 2, -3, 4]]> : tensor<1x4xi8>
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %z = arith.constant dense<100> : tensor<1x1xi8>
  %t = arith.constant dense<0.25> : tensor<1x1xf32>
  %u = arith.constant dense<2.0> : tensor<1x1xf32>
  %v = arith.constant dense<7> : tensor<1x1xi8>
  %0 = cnn.dequantize %x scale(%s) zero_point(%z) {is_unsigned} : (tensor<1x4xi8>, tensor<1x1xf32>, tensor<1x1xi8>) -> tensor<1x4xf32>
  %1 = cnn.dequantize %w scale(%t) : (tensor<1x4xi8>, tensor<1x1xf32>) -> tensor<1x4xf32>
  %2 = cnn.conv %0, %1 {strides = array<i64>, dilations = array<i64>, pads = array<i64>, group = 1 : i64} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  %3 = cnn.quantize %2 scale(%u) zero_point(%v) {is_unsigned} : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xi8>) -> tensor<1x1xi8>
  return %3 : tensor<1x1xi8>
}

// -----

// Weights of nine bits are halves, and so is the input.
// CHECK-LABEL: @wide_weights
// CHECK-DAG: arith.constant dense<{{.*}}-129, 126{{.*}}> : tensor<1x2xi16>
// CHECK: arith.extui %{{.*}} : i8 to i16
// CHECK: cnn.conv {{.*}} (tensor<1x2xi16>, tensor<1x2xi16>, tensor<1xi32>) -> tensor<1x1xf32>
func.func @wide_weights(%x: tensor<1x2xi8>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[-128, 127]]> : tensor<1x2xi8>
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %z = arith.constant dense<1> : tensor<1x1xi8>
  %0 = cnn.dequantize %x scale(%s) zero_point(%z) {is_unsigned} : (tensor<1x2xi8>, tensor<1x1xf32>, tensor<1x1xi8>) -> tensor<1x2xf32>
  %1 = cnn.dequantize %w scale(%s) zero_point(%z) : (tensor<1x2xi8>, tensor<1x1xf32>, tensor<1x1xi8>) -> tensor<1x2xf32>
  %2 = cnn.conv %0, %1 {strides = array<i64>, dilations = array<i64>, pads = array<i64>, group = 1 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// -----

// Neither signed bytes, nor a filter that is computed, nor a bias of another scale.
// CHECK-LABEL: @refused
// CHECK-COUNT-3: cnn.conv {{.*}} tensor<1x1xf32>) -> tensor<1x1xf32>
// CHECK: cnn.conv {{.*}}tensor<1xf32>) -> tensor<1x1xf32>
func.func @refused(%x: tensor<1x1xi8>, %f: tensor<1x1xi8>) -> (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>) {
  %w = arith.constant dense<3> : tensor<1x1xi8>
  %b = arith.constant dense<5> : tensor<1xi32>
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %t = arith.constant dense<0.5> : tensor<1xf32>
  %i = arith.constant dense<0x7F800000> : tensor<1x1xf32>
  %0 = cnn.dequantize %x scale(%s) : (tensor<1x1xi8>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %1 = cnn.dequantize %x scale(%s) {is_unsigned} : (tensor<1x1xi8>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %2 = cnn.dequantize %w scale(%s) : (tensor<1x1xi8>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %3 = cnn.dequantize %f scale(%s) : (tensor<1x1xi8>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %4 = cnn.dequantize %b scale(%t) : (tensor<1xi32>, tensor<1xf32>) -> tensor<1xf32>
  %5 = cnn.dequantize %w scale(%i) : (tensor<1x1xi8>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %6 = cnn.conv %0, %2 {strides = array<i64>, dilations = array<i64>, pads = array<i64>, group = 1 : i64} : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %7 = cnn.conv %1, %3 {strides = array<i64>, dilations = array<i64>, pads = array<i64>, group = 1 : i64} : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %8 = cnn.conv %1, %5 {strides = array<i64>, dilations = array<i64>, pads = array<i64>, group = 1 : i64} : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %9 = cnn.conv %1, %2 bias(%4) {strides = array<i64>, dilations = array<i64>, pads = array<i64>, group = 1 : i64} : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %6, %7, %8, %9 : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>
}

// -----

// CHECK-LABEL: @sum
// CHECK: cnn.map(%arg0, %arg1) : (tensor<1x4xi8>, tensor<1x4xi8>) -> tensor<1x4xi8>
// CHECK-COUNT-2: arith.uitofp
// CHECK-NOT: arith.divf
func.func @sum(%x: tensor<1x4xi8>, %y: tensor<1x4xi8>) -> tensor<1x4xi8> {
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %t = arith.constant dense<0.25> : tensor<1x1xf32>
  %0 = cnn.dequantize %x scale(%s) {is_unsigned} : (tensor<1x4xi8>, tensor<1x1xf32>) -> tensor<1x4xf32>
  %1 = cnn.dequantize %y scale(%t) {is_unsigned} : (tensor<1x4xi8>, tensor<1x1xf32>) -> tensor<1x4xf32>
  %2 = cnn.map(%0, %1) : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32> {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    cnn.yield %c : f32
  }
  %3 = cnn.quantize %2 scale(%t) {is_unsigned} : (tensor<1x4xf32>, tensor<1x1xf32>) -> tensor<1x4xi8>
  return %3 : tensor<1x4xi8>
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --assign-layout --verify-layout --split-input-file %s | FileCheck %s

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
// The argument is read as it comes, what is between the convolutions is blocked, and the result leaves row major.
// CHECK-LABEL: @chain
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x32x32xf32>)
func.func @chain(%x: tensor<1x3x32x32xf32>) -> tensor<1x32x32x32xf32> {
  %v = arith.constant dense<1.0> : tensor<32x3x3x3xf32>
  %w = arith.constant dense<1.0> : tensor<32x32x3x3xf32>
  // CHECK: %[[FIRST:.*]] = cnn.conv %[[X]], %{{.*}} {{.*}} -> tensor<1x32x32x32xf32, #cnn.layout<[0, 1, 2, 3], block = 1>>
  %0 = cnn.conv %x, %v {algorithm = #cnn<algorithm first_layer>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x3x32x32xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x32x32xf32>
  // CHECK: %[[SECOND:.*]] = cnn.conv %[[FIRST]]
  %1 = cnn.conv %0, %w {algorithm = #cnn<algorithm winograd_4_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x32x32x32xf32>, tensor<32x32x3x3xf32>) -> tensor<1x32x32x32xf32>
  // CHECK: %[[RESULT:.*]] = cnn.convert_layout %[[SECOND]] : {{.*}} to tensor<1x32x32x32xf32>{{$}}
  // CHECK: return %[[RESULT]]
  return %1 : tensor<1x32x32x32xf32>
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
// The image arrives channels last under a transpose: nothing is copied.
// CHECK-LABEL: @channels_last_image
func.func @channels_last_image(%x: tensor<1x32x32x3xf32>) -> tensor<1x1x1x32xf32> {
  %v = arith.constant dense<1.0> : tensor<32x3x3x3xf32>
  // CHECK: cnn.transpose %{{.*}} -> tensor<1x3x32x32xf32, #cnn.layout<[0, 2, 3, 1]>>
  // CHECK-NOT: cnn.convert_layout
  // CHECK: cnn.conv {{.*}}algorithm = #cnn<algorithm direct>
  // CHECK: cnn.reduce
  %0 = cnn.transpose %x [0, 3, 1, 2] : (tensor<1x32x32x3xf32>) -> tensor<1x3x32x32xf32>
  %1 = cnn.conv %0, %v {algorithm = #cnn<algorithm first_layer>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x3x32x32xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x32x32xf32>
  %2 = cnn.reduce sum(%1) {axes = array<i64: 2, 3>} : (tensor<1x32x32x32xf32>) -> tensor<1x32x1x1xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  %3 = cnn.transpose %2 [0, 2, 3, 1] : (tensor<1x32x1x1xf32>) -> tensor<1x1x1x32xf32>
  return %3 : tensor<1x1x1x32xf32>
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
// Between two pointwise convolutions 24 channels would waste a quarter of their blocks; channels last wastes nothing.
// CHECK-LABEL: @narrow_waist
func.func @narrow_waist(%x: tensor<1x96x56x56xf32>) -> tensor<1x144x56x56xf32> {
  %v = arith.constant dense<1.0> : tensor<24x96x1x1xf32>
  %w = arith.constant dense<1.0> : tensor<144x24x1x1xf32>
  // CHECK: cnn.conv {{.*}} -> tensor<1x24x56x56xf32, #cnn.layout<[0, 2, 3, 1]>>
  // CHECK: cnn.conv {{.*}} -> tensor<1x144x56x56xf32, #cnn.layout<
  %0 = cnn.conv %x, %v {algorithm = #cnn<algorithm pointwise>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x96x56x56xf32>, tensor<24x96x1x1xf32>) -> tensor<1x24x56x56xf32>
  %1 = cnn.conv %0, %w {algorithm = #cnn<algorithm pointwise>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x24x56x56xf32>, tensor<144x24x1x1xf32>) -> tensor<1x144x56x56xf32>
  return %1 : tensor<1x144x56x56xf32>
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
// Groups that begin inside a block cannot be computed in blocks.
// CHECK-LABEL: @odd_groups
func.func @odd_groups(%x: tensor<1x24x8x8xf32>) -> tensor<1x48x8x8xf32> {
  %w = arith.constant dense<1.0> : tensor<48x12x3x3xf32>
  // CHECK: %[[LAST:.*]] = cnn.convert_layout %{{.*}} : tensor<1x24x8x8xf32> to tensor<1x24x8x8xf32, #cnn.layout<[0, 2, 3, 1]>>
  // CHECK: cnn.conv %[[LAST]], {{.*}} -> tensor<1x48x8x8xf32, #cnn.layout<[0, 2, 3, 1]>>
  %0 = cnn.conv %x, %w {algorithm = #cnn<algorithm grouped>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 2 : i64}
    : (tensor<1x24x8x8xf32>, tensor<48x12x3x3xf32>) -> tensor<1x48x8x8xf32>
  return %0 : tensor<1x48x8x8xf32>
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
// A residual, a slope per channel and a gate per pixel beside the accumulators: constants are converted, what broadcasts
// over the channels has no block.
// CHECK-LABEL: @extras
func.func @extras(%x: tensor<1x32x56x56xf32>, %gate: tensor<1x1x56x56xf32>) -> tensor<1x32x1x1xf32> {
  %w = arith.constant dense<1.0> : tensor<32x32x3x3xf32>
  %slope = arith.constant dense<0.5> : tensor<1x32x1x1xf32>
  // CHECK: %[[FIRST:.*]] = cnn.conv %
  // CHECK: %[[SLOPE:.*]] = cnn.convert_layout %{{.*}} : tensor<1x32x1x1xf32> to tensor<1x32x1x1xf32, #cnn.layout<[0, 1, 2, 3], block = 1>>
  // CHECK-NOT: cnn.convert_layout
  // CHECK: cnn.conv %[[FIRST]], %{{.*}} extras(%[[FIRST]], %[[SLOPE]], %{{.*}})
  %0 = cnn.conv %x, %w {algorithm = #cnn<algorithm winograd_4_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x32x56x56xf32>, tensor<32x32x3x3xf32>) -> tensor<1x32x56x56xf32>
  %1 = cnn.conv %0, %w extras(%0, %slope, %gate) {algorithm = #cnn<algorithm winograd_4_3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x32x56x56xf32>, tensor<32x32x3x3xf32>, tensor<1x32x56x56xf32>, tensor<1x32x1x1xf32>, tensor<1x1x56x56xf32>) -> tensor<1x32x56x56xf32> epilogue {
  ^bb0(%acc: f32, %r: f32, %s: f32, %g: f32):
    %a = arith.addf %acc, %r : f32
    %b = arith.mulf %a, %s : f32
    %c = arith.mulf %b, %g : f32
    cnn.yield %c : f32
  }
  %2 = cnn.reduce sum(%1) {axes = array<i64: 2, 3>} : (tensor<1x32x56x56xf32>) -> tensor<1x32x1x1xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  return %2 : tensor<1x32x1x1xf32>
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
// Matrices, integers and half floats stay row major.
// CHECK-LABEL: @row_major
func.func @row_major(%x: tensor<4x8xf32>, %h: tensor<1x16x4x4xf16>) -> (tensor<4x2xf32>, tensor<1x16x4x4xf32>) {
  %w = arith.constant dense<1.0> : tensor<2x8xf32>
  // CHECK: cnn.conv {{.*}} -> tensor<4x2xf32, #cnn.layout<[0, 1]>>
  %0 = cnn.conv %x, %w {algorithm = #cnn<algorithm pointwise>, strides = array<i64>, dilations = array<i64>, pads = array<i64>, group = 1 : i64}
    : (tensor<4x8xf32>, tensor<2x8xf32>) -> tensor<4x2xf32>
  // CHECK: cnn.map{{.*}} -> tensor<1x16x4x4xf32, #cnn.layout<[0, 1, 2, 3]>>
  %1 = cnn.map(%h) : (tensor<1x16x4x4xf16>) -> tensor<1x16x4x4xf32> {
  ^bb0(%a: f16):
    %e = arith.extf %a : f16 to f32
    cnn.yield %e : f32
  }
  return %0, %1 : tensor<4x2xf32>, tensor<1x16x4x4xf32>
}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
// A gate from blocks scales a filter, which is packed from rows.
// CHECK-LABEL: @computed_filter
func.func @computed_filter(%x: tensor<1x3x32x32xf32>) -> tensor<1x32x32x32xf32> {
  %v = arith.constant dense<1.0> : tensor<32x3x3x3xf32>
  %w = arith.constant dense<1.0> : tensor<32x32x1x1xf32>
  %0 = cnn.conv %x, %v {algorithm = #cnn<algorithm first_layer>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x3x32x32xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x32x32xf32>
  %1 = cnn.reduce sum(%0) {axes = array<i64: 2, 3>} : (tensor<1x32x32x32xf32>) -> tensor<1x32x1x1xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  // CHECK: cnn.map
  %2 = cnn.map(%w, %1) : (tensor<32x32x1x1xf32>, tensor<1x32x1x1xf32>) -> tensor<32x32x1x1xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.mulf %a, %b : f32
    cnn.yield %m : f32
  }
  // CHECK: cnn.conv {{.*}} : ({{.*}}block = 1>>, tensor<32x32x1x1xf32, #cnn.layout<[0, 1, 2, 3]>>) ->
  %3 = cnn.conv %0, %2 {algorithm = #cnn<algorithm pointwise>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64}
    : (tensor<1x32x32x32xf32>, tensor<32x32x1x1xf32>) -> tensor<1x32x32x32xf32>
  return %3 : tensor<1x32x32x32xf32>
}
}

// -----

module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">} {
// Without costs: channels last from the first convolution to the last one, whatever the shapes, and no block anywhere.
// CHECK-LABEL: @without_a_cpu
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x32x32xf32>
func.func @without_a_cpu(%x: tensor<1x3x32x32xf32>, %gate: tensor<1x32x1x1xf32>) -> tensor<1x32x32x32xf32> {
  %v = arith.constant dense<1.0> : tensor<32x3x3x3xf32>
  %w = arith.constant dense<1.0> : tensor<32x32x3x3xf32>
  // CHECK: %[[LAST:.*]] = cnn.convert_layout %[[X]] : {{.*}} to tensor<1x3x32x32xf32, #cnn.layout<[0, 2, 3, 1]>>
  // CHECK: %[[FIRST:.*]] = cnn.conv %[[LAST]], {{.*}} -> tensor<1x32x32x32xf32, #cnn.layout<[0, 2, 3, 1]>>
  %0 = cnn.conv %x, %v {algorithm = #cnn<algorithm direct>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x3x32x32xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x32x32xf32>
  // The map follows the larger of its operands, though the gate comes first.
  // CHECK: cnn.map(%{{.*}}, %[[FIRST]]) {{.*}} -> tensor<1x32x32x32xf32, #cnn.layout<[0, 2, 3, 1]>>
  %1 = cnn.map(%gate, %0) : (tensor<1x32x1x1xf32>, tensor<1x32x32x32xf32>) -> tensor<1x32x32x32xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.mulf %a, %b : f32
    cnn.yield %m : f32
  }
  // CHECK: %[[SECOND:.*]] = cnn.conv {{.*}} -> tensor<1x32x32x32xf32, #cnn.layout<[0, 2, 3, 1]>>
  %2 = cnn.conv %1, %w {algorithm = #cnn<algorithm direct>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
    : (tensor<1x32x32x32xf32>, tensor<32x32x3x3xf32>) -> tensor<1x32x32x32xf32>
  // CHECK: cnn.convert_layout %[[SECOND]] : {{.*}} to tensor<1x32x32x32xf32>{{$}}
  return %2 : tensor<1x32x32x32xf32>
}

// What is never a feature map is not stored as one.
// CHECK-LABEL: @rows_stay_rows
// CHECK-NOT: #cnn.layout<[0, 2, 1]>
// CHECK: return
func.func @rows_stay_rows(%x: tensor<1x49x64xf32>, %w: tensor<1x64x64xf32>) -> tensor<1x49x64xf32> {
  %0 = cnn.reduce sum(%x) {axes = array<i64: 2>} : (tensor<1x49x64xf32>) -> tensor<1x49x1xf32> {
  ^bb0(%a: f32):
    cnn.yield %a : f32
  }
  %1 = cnn.map(%x, %0) : (tensor<1x49x64xf32>, tensor<1x49x1xf32>) -> tensor<1x49x64xf32> {
  ^bb0(%a: f32, %b: f32):
    %m = arith.subf %a, %b : f32
    cnn.yield %m : f32
  }
  %2 = cnn.matmul %1, %w : (tensor<1x49x64xf32>, tensor<1x64x64xf32>) -> tensor<1x49x64xf32>
  return %2 : tensor<1x49x64xf32>
}
}

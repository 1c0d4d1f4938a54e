// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --eliminate-levels --split-input-file --verify-diagnostics | FileCheck %s

// What multiplies floats gains nothing by dots of bytes.
// CHECK: module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3", "x86-64-v4"]>, test.case = "floats"}
module attributes {test.case = "floats", cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3", "x86-64-v3-vnni", "x86-64-v4", "x86-64-v4-vnni"]>} {
  func.func @main(%a: tensor<1x6x6x16xf32>, %w: tensor<1x1x16x16xf32>, %c: tensor<1x6x6x16xf32>) -> tensor<1x6x6x16xf32> {
    %r = kernel.contract ins(%a, %w : tensor<1x6x6x16xf32>, tensor<1x1x16x16xf32>) outs(%c : tensor<1x6x6x16xf32>)
      {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
       dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x6x6x16xf32>
    return %r : tensor<1x6x6x16xf32>
  }
}

// -----

// CHECK: module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3", "x86-64-v3-vnni", "x86-64-v4", "x86-64-v4-vnni"]>, test.case = "bytes"}
module attributes {test.case = "bytes", cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3", "x86-64-v3-vnni", "x86-64-v4", "x86-64-v4-vnni"]>} {
  func.func @main(%a: tensor<1x6x6x16xi8>, %w: tensor<1x1x4x16x4xi8>, %c: tensor<1x6x6x16xi32>) -> tensor<1x6x6x16xi32> {
    %r = kernel.contract ins(%a, %w : tensor<1x6x6x16xi8>, tensor<1x1x4x16x4xi8>) outs(%c : tensor<1x6x6x16xi32>)
      {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
       dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x6x6x16xi32>
    return %r : tensor<1x6x6x16xi32>
  }
}

// -----

// Pairs of 16 bits have an instruction on x86, but none on Arm.
// CHECK: module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v4", "x86-64-v4-vnni"]>, test.case = "pairs"}
module attributes {test.case = "pairs", cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v4", "x86-64-v4-vnni"]>} {
  func.func @main(%a: tensor<1x6x6x16xi16>, %w: tensor<1x1x8x16x2xi16>, %c: tensor<1x6x6x16xi32>) -> tensor<1x6x6x16xi32> {
    %r = kernel.contract ins(%a, %w : tensor<1x6x6x16xi16>, tensor<1x1x8x16x2xi16>) outs(%c : tensor<1x6x6x16xi32>)
      {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
       dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x6x6x16xi32>
    return %r : tensor<1x6x6x16xi32>
  }
}

// -----

// CHECK: module attributes {cnnc.target = #target.cpu<"aarch64", levels = ["neon"]>, test.case = "pairs on Arm"}
module attributes {test.case = "pairs on Arm", cnnc.target = #target.cpu<"aarch64", levels = ["neon", "neon-dotprod"]>} {
  func.func @main(%a: tensor<1x6x6x16xi16>, %w: tensor<1x1x8x16x2xi16>, %c: tensor<1x6x6x16xi32>) -> tensor<1x6x6x16xi32> {
    %r = kernel.contract ins(%a, %w : tensor<1x6x6x16xi16>, tensor<1x1x8x16x2xi16>) outs(%c : tensor<1x6x6x16xi32>)
      {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
       dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} -> tensor<1x6x6x16xi32>
    return %r : tensor<1x6x6x16xi32>
  }
}

// -----

// A level that nothing here stands in for stays, and so does the one that a cpu refines.
// CHECK: module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3", "x86-64-v4-vnni"]>, test.case = "alone"}
module attributes {test.case = "alone", cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3", "x86-64-v3-vnni", "x86-64-v4-vnni"]>} {}

// -----

// CHECK: module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v4-vnni"], cpu = "znver4">, test.case = "cpu"}
module attributes {test.case = "cpu", cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v4-vnni"], cpu = "znver4">} {}

// -----

// Other machines have no such levels.
// CHECK: module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80", "sm_90a"], host = "x86_64">, test.case = "gpu"}
module attributes {test.case = "gpu", cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80", "sm_90a"], host = "x86_64">} {}

// -----

// expected-error @+1 {{requires the attribute cnnc.target}}
module {}

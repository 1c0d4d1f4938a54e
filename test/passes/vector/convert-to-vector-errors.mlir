// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --convert-to-vector --split-input-file --verify-diagnostics %s
// What the emitters refuse: verifiers do not see it, or not before a step exists.

// Memory that no argument of @main is.
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  func.func @main(%w: memref<1x1x16x16xf32>, %y: memref<1x5x16xf32> {cnnc.output}) {
    // expected-error @+1 {{the place of an operand is not known at compile time}}
    %a = memref.alloc() : memref<1x5x16xf32>
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<1x5x16xf32>, memref<1x1x16x16xf32>) outs(%y : memref<1x5x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64, tiles = [#kernel.tile<6 x 2 v>]}
    }
    return
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  func.func @main(%a: memref<1x5x16xf32>, %w: memref<1x1x16x16xf32>, %y: memref<1x5x16xf32> {cnnc.output}) {
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<1x5x16xf32>, memref<1x1x16x16xf32>) outs(%y : memref<1x5x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64, tiles = [#kernel.tile<6 x 2 v>]} epilogue {
      ^bb0(%acc: f32):
        // expected-error @+1 {{has no vector form}}
        %r = math.fma %acc, %acc, %acc : f32
        kernel.yield %r : f32
      }
    }
    return
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  func.func @main(%a: memref<1x5x16xf32>, %w: memref<1x1x16x16xf32>, %y: memref<1x5x16xf32> {cnnc.output}, %i: memref<f32>) {
    // expected-error @+1 {{an epilogue uses a value from outside that is no constant}}
    %v = memref.load %i[] : memref<f32>
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<1x5x16xf32>, memref<1x1x16x16xf32>) outs(%y : memref<1x5x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64, tiles = [#kernel.tile<6 x 2 v>]} epilogue {
      ^bb0(%acc: f32):
        %r = arith.addf %acc, %v : f32
        kernel.yield %r : f32
      }
    }
    return
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  func.func @main(%i: memref<f32>, %y: memref<8xf32> {cnnc.output}) {
    %v = memref.load %i[] : memref<f32>
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      // expected-error @+1 {{requires a constant value}}
      linalg.fill ins(%v : f32) outs(%y : memref<8xf32>)
    }
    return
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  func.func @main(%i: memref<f32>, %y: memref<8xf32> {cnnc.output}) {
    %v = memref.load %i[] : memref<f32>
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      linalg.generic {indexing_maps = [affine_map<(a) -> (a)>], iterator_types = ["parallel"]} outs(%y : memref<8xf32>) {
      ^bb0(%o: f32):
        // expected-error @+1 {{uses a value from outside that is no constant}}
        linalg.yield %v : f32
      }
    }
    return
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  func.func @main(%i: memref<f32>, %y: memref<0xf32> {cnnc.output}) {
    %v = arith.constant 0.0 : f32
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      // expected-error @+1 {{requires static extents of at least 1}}
      linalg.generic {indexing_maps = [affine_map<(a) -> (a)>], iterator_types = ["parallel"]} outs(%y : memref<0xf32>) {
      ^bb0(%o: f32):
        linalg.yield %v : f32
      }
    }
    return
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  // expected-error @+1 {{an input or output cannot have elements of type 'i4'}}
  func.func @main(%a: memref<4xi4>, %b: memref<4xf32> {cnnc.output}) {
    return
  }
}

// -----

// expected-error @+1 {{requires a function @main and the attribute cnnc.target, a #target.cpu}}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">} {
  func.func @main() {
    return
  }
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --schedule-steps --convert-to-vector --split-input-file --verify-diagnostics %s
// What the emitters refuse: verifiers do not see it, or not before a step exists.

// Memory that no argument of the model is.
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"w", tensor<1x1x16x16xf32>>] outputs [#kernel.tensor<"y", tensor<1x5x16xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%w: memref<1x1x16x16xf32>, %y: memref<1x5x16xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    // expected-error @+1 {{the place of an operand is not known at compile time}}
    %a = memref.alloc() : memref<1x5x16xf32>
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<1x5x16xf32>, memref<1x1x16x16xf32>) outs(%y : memref<1x5x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 6, vectors = 2>]}
    }
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x5x16xf32>>, #kernel.tensor<"w", tensor<1x1x16x16xf32>>] outputs [#kernel.tensor<"y", tensor<1x5x16xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<1x5x16xf32>, %w: memref<1x1x16x16xf32>, %y: memref<1x5x16xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<1x5x16xf32>, memref<1x1x16x16xf32>) outs(%y : memref<1x5x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 6, vectors = 2>]} epilogue {
      ^bb0(%acc: f32):
        // expected-error @+1 {{has no vector form}}
        %r = math.fma %acc, %acc, %acc : f32
        kernel.yield %r : f32
      }
    }
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x5x16xf32>>, #kernel.tensor<"w", tensor<1x1x16x16xf32>>, #kernel.tensor<"i", tensor<f32>>] outputs [#kernel.tensor<"y", tensor<1x5x16xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<1x5x16xf32>, %w: memref<1x1x16x16xf32>, %i: memref<f32>, %y: memref<1x5x16xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    // expected-error @+1 {{an epilogue uses a value from outside that is no constant}}
    %v = memref.load %i[] : memref<f32>
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<1x5x16xf32>, memref<1x1x16x16xf32>) outs(%y : memref<1x5x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64, schedule = [#kernel.contract_schedule<rows = 6, vectors = 2>]} epilogue {
      ^bb0(%acc: f32):
        %r = arith.addf %acc, %v : f32
        kernel.yield %r : f32
      }
    }
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"i", tensor<f32>>] outputs [#kernel.tensor<"y", tensor<8xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%i: memref<f32>, %y: memref<8xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    %v = memref.load %i[] : memref<f32>
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      // expected-error @+1 {{requires a constant value}}
      linalg.fill ins(%v : f32) outs(%y : memref<8xf32>)
    }
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"i", tensor<f32>>] outputs [#kernel.tensor<"y", tensor<8xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%i: memref<f32>, %y: memref<8xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    %v = memref.load %i[] : memref<f32>
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      linalg.generic {indexing_maps = [affine_map<(a) -> (a)>], iterator_types = ["parallel"]} outs(%y : memref<8xf32>) {
      ^bb0(%o: f32):
        // expected-error @+1 {{uses a value from outside that is no constant}}
        linalg.yield %v : f32
      }
    }
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"i", tensor<f32>>] outputs [#kernel.tensor<"y", tensor<0xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%i: memref<f32>, %y: memref<0xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    %v = arith.constant 0.0 : f32
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      // expected-error @+1 {{requires static extents of at least 1}}
      linalg.generic {indexing_maps = [affine_map<(a) -> (a)>], iterator_types = ["parallel"]} outs(%y : memref<0xf32>) {
      ^bb0(%o: f32):
        linalg.yield %v : f32
      }
    }
  }
}

// -----

// expected-error @+1 {{requires one kernel.model, but found 0}}
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {}

// -----

// expected-error @+1 {{requires one kernel.model, but found 2}}
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {}
  kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {}
}

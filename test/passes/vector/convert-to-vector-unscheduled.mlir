// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --convert-to-vector --split-input-file --verify-diagnostics %s
// Emitters choose nothing: what is not chosen is refused.

// expected-error @+1 {{requires a #target.cpu as the attribute cnnc.target}}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">} {
  kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs []
    outputs [#kernel.tensor<"y", tensor<8xf32>>] arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%y: memref<8xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    %v = arith.constant 0.0 : f32
    // expected-error @+1 {{requires a number of tasks: the phase schedule chooses it}}
    kernel.step "s" algorithm("test") macs(0) bytes(0) {
      linalg.fill ins(%v : f32) outs(%y : memref<8xf32>)
    }
  }
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<5x16xf32>>, #kernel.tensor<"w", tensor<1x1x16x16xf32>>]
    outputs [#kernel.tensor<"y", tensor<5x16xf32>>] arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<5x16xf32>, %w: memref<1x1x16x16xf32>, %y: memref<5x16xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      // expected-error @+1 {{requires a whole schedule for each level: the phase schedule writes it}}
      kernel.contract ins(%a, %w : memref<5x16xf32>, memref<1x1x16x16xf32>) outs(%y : memref<5x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>,
         dilations = array<i64>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64}
    }
  }
}

// -----

// All but one entry.
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x4x4x16xf32>>]
    outputs [#kernel.tensor<"y", tensor<1x2x2x16xf32>>] arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<1x4x4x16xf32>, %y: memref<1x2x2x16xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "s" algorithm("test") tasks(1) macs(0) bytes(0) {
      // expected-error @+1 {{requires a whole schedule for each level: the phase schedule writes it}}
      kernel.window max ins(%a : memref<1x4x4x16xf32>) outs(%y : memref<1x2x2x16xf32>)
        {order = #kernel<channel_order last>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
         channels = 16 : i64, schedule = [#kernel.window_schedule<along = 1, tile = 2, unroll = all, rows = 2>]}
    }
  }
}

// -----

// More scratch than there is.
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x1x7x7x16xf32>>, #kernel.tensor<"w", tensor<16x1x1x16x16xf32>>]
    outputs [#kernel.tensor<"y", tensor<1x1x7x7x16xf32>>] arena(0) scratch(4096) weights(0) [] at [] {
  ^bb0(%a: memref<1x1x7x7x16xf32>, %w: memref<16x1x1x16x16xf32>, %y: memref<1x1x7x7x16xf32>, %arena: memref<0xi8>, %scratch: memref<4096xi8>,
       %weights: memref<0xi8>):
    kernel.step "conv" algorithm("winograd<2,3>") tasks(1) macs(0) bytes(0) {
      // expected-error @+1 {{requires 83968 bytes of scratch for its schedule, but found 4096}}
      kernel.winograd ins(%a, %w : memref<1x1x7x7x16xf32>, memref<16x1x1x16x16xf32>) outs(%y : memref<1x1x7x7x16xf32>)
        {tile = array<i64: 2, 2>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 16 : i64, out_channels = 16 : i64,
         schedule = [#kernel.winograd_schedule<rows = 6, vectors = 2, narrow_rows = 6, tile_block = 16, depth_block = 1, chunk = 4, blocks = 1,
                                               panel_parts = 1, tile_parts = 1>]}
    }
  }
}

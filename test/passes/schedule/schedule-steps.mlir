// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --schedule-steps --split-input-file --verify-diagnostics | FileCheck %s

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3", "x86-64-v4"]>} {

// CHECK-LABEL: @one_schedule_per_level
// CHECK: kernel.step "s" algorithm("test") tasks(28)
// CHECK: kernel.contract
// CHECK-SAME: schedule = [#kernel.contract_schedule<rows = {{[0-9]+}}, vectors = {{[0-9]+}}, lines = 1, panel_parts = 1, row_parts = 28, column_parts = 1, order = {{panels|pixels}}, reduction_blocks = 1, reduction_order = inside, row_block = {{[0-9]+}}, column_block = {{[0-9]+}}, fetch_passes = {{[0-9]+}}, sum_block = 16, unroll = 16>,
// CHECK-SAME: #kernel.contract_schedule<rows = {{[0-9]+}}, vectors = 4, lines = 1, panel_parts = 1, row_parts = 28,
func.func @one_schedule_per_level(%a: memref<1x4x58x58x16xf32>, %w: memref<4x36x16x16xf32>, %o: memref<1x4x56x56x16xf32>) {
  kernel.step "s" algorithm("test") macs(0) bytes(0) {
    kernel.contract ins(%a, %w : memref<1x4x58x58x16xf32>, memref<4x36x16x16xf32>) outs(%o : memref<1x4x56x56x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 64 : i64, out_channels = 64 : i64}
  }
  return
}

// Small map, large filter: tasks share out the channels.
// CHECK-LABEL: @filter_beyond_the_cache_is_cut
// CHECK: tasks(11)
// CHECK: kernel.contract
// CHECK-SAME: panel_parts = 11, row_parts = 1, column_parts = 1, order = panels, reduction_blocks = 4, reduction_order = inside,
// CHECK-SAME: fetch_passes = 9,
// CHECK-SAME: panel_parts = 11, row_parts = 1, column_parts = 1, order = panels, reduction_blocks = 4, reduction_order = inside,
func.func @filter_beyond_the_cache_is_cut(%a: memref<1x32x9x9x16xf32>, %w: memref<32x288x16x16xf32>, %o: memref<1x32x7x7x16xf32>) {
  kernel.step "s" algorithm("test") macs(0) bytes(0) {
    kernel.contract ins(%a, %w : memref<1x32x9x9x16xf32>, memref<32x288x16x16xf32>) outs(%o : memref<1x32x7x7x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 512 : i64, out_channels = 512 : i64}
  }
  return
}

// CHECK-LABEL: @small_step_is_one_task
// CHECK: tasks(1)
func.func @small_step_is_one_task(%a: memref<1x1x4x4x16xf32>, %w: memref<1x1x16x16xf32>, %o: memref<1x1x4x4x16xf32>) {
  kernel.step "s" algorithm("test") macs(0) bytes(0) {
    kernel.contract ins(%a, %w : memref<1x1x4x4x16xf32>, memref<1x1x16x16xf32>) outs(%o : memref<1x1x4x4x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64}
  }
  return
}

// CHECK-LABEL: @images_of_one_pixel_share_a_tile
// CHECK: schedule = [#kernel.contract_schedule<rows = 6, vectors = 2,
func.func @images_of_one_pixel_share_a_tile(%a: memref<197x48x1x16xf32>, %w: memref<4x48x16x16xf32>, %o: memref<197x4x1x16xf32>) {
  kernel.step "s" algorithm("test") macs(0) bytes(0) {
    kernel.contract ins(%a, %w : memref<197x48x1x16xf32>, memref<4x48x16x16xf32>) outs(%o : memref<197x4x1x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, group = 1 : i64, in_channels = 768 : i64, out_channels = 64 : i64}
  }
  return
}

// Eight rows of eight pixels, of which two are cut as one; not one row of 64.
// CHECK-LABEL: @rows_inside_a_border_do_not_follow_one_another
// CHECK: schedule = [#kernel.contract_schedule<rows = 6, vectors = 2, lines = 2,{{.*}} row_block = 4, column_block = 3
func.func @rows_inside_a_border_do_not_follow_one_another(%a: memref<1x4x8x8x16xf32>, %w: memref<4x4x16x16xf32>, %o: memref<1x4x8x8x16xf32, strided<[6400, 1600, 160, 16, 1], offset: 176>>) {
  kernel.step "s" algorithm("test") macs(0) bytes(0) {
    kernel.contract ins(%a, %w : memref<1x4x8x8x16xf32>, memref<4x4x16x16xf32>) outs(%o : memref<1x4x8x8x16xf32, strided<[6400, 1600, 160, 16, 1], offset: 176>>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 64 : i64, out_channels = 64 : i64}
  }
  return
}

// Four parts of the panels, and each filter is transformed once in a part.
// CHECK-LABEL: @winograd_of_a_raw_filter_is_one_block
// CHECK: tasks(4)
// CHECK: kernel.winograd
// CHECK-SAME: tile_block = 49, depth_block = 1, chunk = 2, blocks = 8, panel_parts = 4, tile_parts = 1>
func.func @winograd_of_a_raw_filter_is_one_block(%a: memref<1x32x28x28x16xf32>, %w: memref<32x32x16x9x16xf32>, %o: memref<1x32x28x28x16xf32>) {
  kernel.step "s" algorithm("test") macs(0) bytes(0) {
    kernel.winograd ins(%a, %w : memref<1x32x28x28x16xf32>, memref<32x32x16x9x16xf32>) outs(%o : memref<1x32x28x28x16xf32>) {tile = array<i64: 4, 4>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 512 : i64, out_channels = 512 : i64}
  }
  return
}

// CHECK-LABEL: @others_receive_tasks
// CHECK: kernel.step "pool" algorithm("test") tasks(8)
// CHECK: kernel.window
// CHECK-SAME: schedule = [#kernel.window_schedule<along = 1, tile = 14, unroll = all, channels = 16, rows = 7>,
// CHECK: kernel.step "relayout" algorithm("test") tasks(16)
// CHECK: kernel.step "map" algorithm("map") tasks(8)
// CHECK: kernel.step "copy" algorithm("copy") tasks(16)
func.func @others_receive_tasks(%a: memref<1x4x58x58x16xf32>, %o: memref<1x4x56x56x16xf32>, %l: memref<1x64x56x56xf32>, %m: memref<1x64x56x56xf32>) {
  kernel.step "pool" algorithm("test") macs(0) bytes(0) {
    kernel.window max ins(%a : memref<1x4x58x58x16xf32>) outs(%o : memref<1x4x56x56x16xf32>) {order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, channels = 64 : i64}
  }
  kernel.step "relayout" algorithm("test") macs(0) bytes(0) {
    kernel.relayout ins(%o : memref<1x4x56x56x16xf32>) outs(%l : memref<1x64x56x56xf32>) {shape = array<i64: 1, 64, 56, 56>, a_order = array<i64: 0, 1, 2, 3>, a_block = 1 : i64, out_order = array<i64: 0, 1, 2, 3>, out_block = -1 : i64}
  }
  kernel.step "map" algorithm("map") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%l : memref<1x64x56x56xf32>) outs(%m : memref<1x64x56x56xf32>) attrs = {algorithm = "map"} {
    ^bb0(%x: f32, %y: f32):
      %e = arith.addf %x, %x : f32
      linalg.yield %e : f32
    }
  }
  kernel.step "copy" algorithm("copy") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%l : memref<1x64x56x56xf32>) outs(%m : memref<1x64x56x56xf32>) attrs = {algorithm = "copy"} {
    ^bb0(%x: f32, %y: f32):
      linalg.yield %x : f32
    }
  }
  return
}

// A loop over the tasks has as many as iterations, and its ops are whole.
// CHECK-LABEL: @loop_over_tasks
// CHECK: tasks(12)
// CHECK: panel_parts = 1, row_parts = 1, column_parts = 1
func.func @loop_over_tasks(%a: memref<5x64xf32>, %w: memref<1x4x16x16xf32>, %o: memref<5x16xf32>) {
  kernel.step "s" algorithm("test") macs(0) bytes(0) {
    scf.forall (%task) in (12) {
      kernel.contract ins(%a, %w : memref<5x64xf32>, memref<1x4x16x16xf32>) outs(%o : memref<5x16xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>, group = 1 : i64, in_channels = 64 : i64, out_channels = 16 : i64}
    }
  }
  return
}

// And what it leaves open is chosen; it says the tasks as well.
// CHECK-LABEL: @what_is_there_stays
// CHECK: tasks(14)
// CHECK: schedule = [#kernel.contract_schedule<rows = 4, vectors = 2, lines = 1, panel_parts = 2, row_parts = 7, column_parts = 1, order = pixels, reduction_blocks = 1,{{.*}} row_block = 3, column_block = 14,
// CHECK-SAME: panel_parts = 2, row_parts = 7, column_parts = 1, order = {{panels|pixels}}, reduction_blocks = 3,
func.func @what_is_there_stays(%a: memref<1x4x58x58x16xf32>, %w: memref<4x36x16x16xf32>, %o: memref<1x4x56x56x16xf32>) {
  kernel.step "s" algorithm("test") macs(0) bytes(0) {
    kernel.contract ins(%a, %w : memref<1x4x58x58x16xf32>, memref<4x36x16x16xf32>) outs(%o : memref<1x4x56x56x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 64 : i64, out_channels = 64 : i64, schedule = [#kernel.contract_schedule<rows = 4, vectors = 2, panel_parts = 2, row_parts = 7, order = pixels, row_block = 3>, #kernel.contract_schedule<panel_parts = 2, row_parts = 7, reduction_blocks = 3>]}
  }
  return
}

// What was pinned of the convolution, by the names of levels.
// CHECK-LABEL: @pins_of_a_convolution
// CHECK: schedule = [#kernel.contract_schedule<rows = 3, vectors = 4, {{.*}}>, #kernel.contract_schedule<rows = {{.*}} order = pixels,
// CHECK-NOT: cnnc.schedule
func.func @pins_of_a_convolution(%a: memref<9x32xf32>, %w: memref<4x2x16x16xf32>, %o: memref<9x64xf32>) {
  kernel.step "s" algorithm("test") macs(0) bytes(0) {
    kernel.contract ins(%a, %w : memref<9x32xf32>, memref<4x2x16x16xf32>) outs(%o : memref<9x64xf32>) {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>, dilations = array<i64>, group = 1 : i64, in_channels = 32 : i64, out_channels = 64 : i64, cnnc.schedule = {"x86-64-v3" = #kernel.contract_schedule<rows = 3, vectors = 4>, "x86-64-v4" = #kernel.contract_schedule<order = pixels>, "neon" = #kernel.contract_schedule<>}}
  }
  return
}

// CHECK-LABEL: @tasks_that_are_there_stay
// CHECK: tasks(5)
// CHECK: panel_parts = 1, row_parts = 5, column_parts = 1
func.func @tasks_that_are_there_stay(%a: memref<1x4x58x58x16xf32>, %w: memref<4x36x16x16xf32>, %o: memref<1x4x56x56x16xf32>) {
  kernel.step "s" algorithm("test") tasks(5) macs(0) bytes(0) {
    kernel.contract ins(%a, %w : memref<1x4x58x58x16xf32>, memref<4x36x16x16xf32>) outs(%o : memref<1x4x56x56x16xf32>) {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 64 : i64, out_channels = 64 : i64}
  }
  return
}
}

// -----

// The memory of a thread holds the transforms of a block.
// CHECK: kernel.model {{.*}} scratch(612864)
// CHECK: %{{.*}}: memref<612864xi8>,
// CHECK: tasks(6)
// CHECK: kernel.winograd
// CHECK-SAME: tile_block = 33, depth_block = 1, chunk = 4, blocks = 1, panel_parts = 1, tile_parts = 6>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
kernel.model inputs [#kernel.tensor<"a", tensor<1x4x56x56x16xf32>>, #kernel.tensor<"w", tensor<36x4x4x16x16xf32>>] outputs [#kernel.tensor<"o", tensor<1x4x56x56x16xf32>>] arena(0) scratch(64) weights(0) [] at [] {
^bb0(%a: memref<1x4x56x56x16xf32>, %w: memref<36x4x4x16x16xf32>, %o: memref<1x4x56x56x16xf32>, %arena: memref<0xi8>, %scratch: memref<64xi8>, %weights: memref<0xi8>):
  kernel.step "s" algorithm("test") macs(0) bytes(0) {
    kernel.winograd ins(%a, %w : memref<1x4x56x56x16xf32>, memref<36x4x4x16x16xf32>) outs(%o : memref<1x4x56x56x16xf32>) {tile = array<i64: 4, 4>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, in_channels = 64 : i64, out_channels = 64 : i64}
  }
}
}

// -----

// Lanes lie where elements follow one another, a cheap body is unrolled further than a dear one, and a copy has no alternative.

#id = affine_map<(h, w, c) -> (h, w, c)>
#rows = affine_map<(h, w, c) -> (h, c)>
#turned = affine_map<(h, w, c) -> (c, h, w)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
// CHECK-LABEL: @generic_ops
func.func @generic_ops(%x: memref<8x8x64xf32>, %y: memref<8x8x64xf32>, %sums: memref<8x64xf32>, %turned: memref<64x8x8xf32>) {
  // CHECK: linalg.generic
  // CHECK-SAME: attrs = {kernel.schedule = [#kernel.generic_schedule<along = 2, vectors = 4>]}
  kernel.step "cheap" algorithm("map") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : memref<8x8x64xf32>) outs(%y : memref<8x8x64xf32>) {
    ^bb0(%a: f32, %o: f32):
      %v = arith.addf %a, %a : f32
      linalg.yield %v : f32
    }
  }
  // CHECK: #kernel.generic_schedule<along = 2, vectors = 1>
  kernel.step "dear" algorithm("map") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : memref<8x8x64xf32>) outs(%y : memref<8x8x64xf32>) {
    ^bb0(%a: f32, %o: f32):
      %0 = math.exp %a : f32
      %1 = math.erf %0 : f32
      %2 = math.tanh %1 : f32
      linalg.yield %2 : f32
    }
  }
  // CHECK: #kernel.generic_schedule<along = 2, vectors = 4>
  kernel.step "sum" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#id, #rows], iterator_types = ["parallel", "reduction", "parallel"]} ins(%x : memref<8x8x64xf32>) outs(%sums : memref<8x64xf32>) {
    ^bb0(%a: f32, %o: f32):
      %v = arith.addf %a, %o : f32
      linalg.yield %v : f32
    }
  }
  // CHECK: #kernel.generic_schedule<along = 1, vectors = 4>
  kernel.step "sum of lanes" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#turned, #rows], iterator_types = ["parallel", "reduction", "parallel"]} ins(%turned : memref<64x8x8xf32>) outs(%sums : memref<8x64xf32>) {
    ^bb0(%a: f32, %o: f32):
      %v = arith.addf %a, %o : f32
      linalg.yield %v : f32
    }
  }
  // Where the order of the elements counts, lanes cannot accumulate.
  // CHECK: #kernel.generic_schedule<along = 2, vectors = 4>
  kernel.step "in order" algorithm("reduce") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#turned, #rows], iterator_types = ["parallel", "reduction", "parallel"]} ins(%turned : memref<64x8x8xf32>) outs(%sums : memref<8x64xf32>) {
    ^bb0(%a: f32, %o: f32):
      %v = arith.subf %a, %o : f32
      linalg.yield %v : f32
    }
  }
  // CHECK: #kernel.generic_schedule<along = 0, vectors = 2>
  kernel.step "pinned" algorithm("map") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : memref<8x8x64xf32>) outs(%y : memref<8x8x64xf32>)
      attrs = {kernel.schedule = [#kernel.generic_schedule<along = 0, vectors = 2>]} {
    ^bb0(%a: f32, %o: f32):
      %v = arith.addf %a, %a : f32
      linalg.yield %v : f32
    }
  }
  // CHECK-NOT: kernel.schedule
  kernel.step "copy" algorithm("copy") macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : memref<8x8x64xf32>) outs(%y : memref<8x8x64xf32>) {
    ^bb0(%a: f32, %o: f32):
      linalg.yield %a : f32
    }
  }
  return
}
}

// -----

#id = affine_map<(a) -> (a)>
#product = affine_map<(a) -> (a mod 3)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
func.func @maps_that_are_not_linear(%x: memref<3xf32>, %y: memref<6xf32>) {
  kernel.step "s" algorithm("map") macs(0) bytes(0) {
    // expected-error @+1 {{requires linear indexing maps, but found affine_map<(d0) -> (d0 mod 3)>}}
    linalg.generic {indexing_maps = [#product, #id], iterator_types = ["parallel"]} ins(%x : memref<3xf32>) outs(%y : memref<6xf32>) {
    ^bb0(%a: f32, %o: f32):
      %v = arith.addf %a, %a : f32
      linalg.yield %v : f32
    }
  }
  return
}
}

// -----

// Other machines have schedules of their own, at their exits.
// expected-error @+1 {{requires a CPU as cnnc.target, but found #target.gpu}}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">} {
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --fuse-mapped-input --split-input-file | FileCheck %s

// The map has 320 KiB, more than L2. Four parts of 640 pixels: a pixel is a row.
// CHECK-LABEL: @parts_of_pixels
// CHECK-SAME: (%[[X:.*]]: memref<1x2x64x40x16xf32>, %[[S:.*]]: memref<1x2x1x1x16xf32>, %[[F:.*]]: memref<4x2x16x16xf32>, %[[OUT:.*]]: memref<1x4x64x40x16xf32>)
// CHECK-NOT: memref.alloc()
// CHECK-DAG: %[[PIXELS:.*]] = memref.reinterpret_cast %[[X]] {{.*}} to memref<1x2x2560x1x16xf32,
// CHECK-DAG: %[[STORED:.*]] = memref.reinterpret_cast %[[OUT]] {{.*}} to memref<1x4x2560x1x16xf32,
// CHECK: kernel.step "conv" algorithm("map+pointwise") macs(6) bytes(644640)
// CHECK: scf.forall (%[[TASK:.*]]) in (4)
// CHECK: %[[FIRST:.*]] = arith.muli %[[TASK]], %c640
// CHECK: %[[PART:.*]] = memref.alloca() {alignment = 64 : i64} : memref<1x2x640x1x16xf32>
// CHECK: %[[IN:.*]] = memref.subview %[[PIXELS]][0, 0, %[[FIRST]], 0, 0] [1, 2, 640, 1, 16]
// CHECK: %[[TO:.*]] = memref.subview %[[STORED]][0, 0, %[[FIRST]], 0, 0] [1, 4, 640, 1, 16]
// CHECK: linalg.generic
// CHECK-SAME: ins(%[[IN]], %[[S]] :
// CHECK-SAME: outs(%[[PART]] :
// CHECK: kernel.contract ins(%[[PART]], %[[F]] :
// CHECK-SAME: outs(%[[TO]] :
// CHECK-NOT: kernel.step
#each = affine_map<(n, b, h, w, c) -> (n, b, h, w, c)>
#channel = affine_map<(n, b, h, w, c) -> (0, b, 0, 0, c)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @parts_of_pixels(%x: memref<1x2x64x40x16xf32>, %s: memref<1x2x1x1x16xf32>, %f: memref<4x2x16x16xf32>, %out: memref<1x4x64x40x16xf32>) {
    %m = memref.alloc() : memref<1x2x64x40x16xf32>
    kernel.step "norm" algorithm("map") macs(1) bytes(600000) {
      linalg.generic {indexing_maps = [#each, #channel, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%x, %s : memref<1x2x64x40x16xf32>, memref<1x2x1x1x16xf32>) outs(%m : memref<1x2x64x40x16xf32>) {
      ^bb0(%e0: f32, %e1: f32, %unused: f32):
        %r = arith.mulf %e0, %e1 : f32
        linalg.yield %r : f32
      }
    }
    kernel.step "conv" algorithm("pointwise") macs(5) bytes(700000) {
      kernel.contract ins(%m, %f : memref<1x2x64x40x16xf32>, memref<4x2x16x16xf32>) outs(%out : memref<1x4x64x40x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 32 : i64, out_channels = 64 : i64, macs = 5 : i64}
    }
    return
  }
}

// -----

// Between the rows of %x lies a border: parts are of rows. A gate of the whole image is no part of any.
// CHECK-LABEL: @parts_of_rows
// CHECK: algorithm("map+pointwise")
// CHECK: memref.alloca() {alignment = 64 : i64} : memref<1x2x16x40x16xf32>
// CHECK: %[[IN:.*]] = memref.subview %{{.*}}[0, 0, %{{.*}}, 0, 0] [1, 2, 16, 40, 16] [1, 1, 1, 1, 1] : memref<1x2x64x40x16xf32, strided<[88704, 44352, 672, 16, 1], offset: 688>>
// CHECK: ins(%[[IN]], %{{.*}} :
#each = affine_map<(n, b, h, w, c) -> (n, b, h, w, c)>
#channel = affine_map<(n, b, h, w, c) -> (0, b, 0, 0, c)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @parts_of_rows(%x: memref<1x2x66x42x16xf32>, %s: memref<1x2x1x1x16xf32>, %f: memref<4x2x16x16xf32>, %out: memref<1x4x64x40x16xf32>) {
    %inside = memref.reinterpret_cast %x to offset: [688], sizes: [1, 2, 64, 40, 16], strides: [88704, 44352, 672, 16, 1] : memref<1x2x66x42x16xf32> to memref<1x2x64x40x16xf32, strided<[88704, 44352, 672, 16, 1], offset: 688>>
    %m = memref.alloc() : memref<1x2x64x40x16xf32>
    kernel.step "norm" algorithm("map") macs(1) bytes(600000) {
      linalg.generic {indexing_maps = [#each, #channel, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%inside, %s : memref<1x2x64x40x16xf32, strided<[88704, 44352, 672, 16, 1], offset: 688>>, memref<1x2x1x1x16xf32>) outs(%m : memref<1x2x64x40x16xf32>) {
      ^bb0(%e0: f32, %e1: f32, %unused: f32):
        %r = arith.mulf %e0, %e1 : f32
        linalg.yield %r : f32
      }
    }
    kernel.step "conv" algorithm("pointwise") macs(5) bytes(700000) {
      kernel.contract ins(%m, %f : memref<1x2x64x40x16xf32>, memref<4x2x16x16xf32>) outs(%out : memref<1x4x64x40x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 32 : i64, out_channels = 64 : i64, macs = 5 : i64}
    }
    return
  }
}

// -----

// What the map would have overwritten is read as it is.
// CHECK-LABEL: @a_map_in_place
// CHECK: kernel.step "producer"
// CHECK: algorithm("map+pointwise") macs(6) bytes(972320)
// CHECK: linalg.generic
// CHECK-SAME: outs(%alloca
#each = affine_map<(n, b, h, w, c) -> (n, b, h, w, c)>
#channel = affine_map<(n, b, h, w, c) -> (0, b, 0, 0, c)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @a_map_in_place(%x: memref<1x2x64x40x16xf32>, %s: memref<1x2x1x1x16xf32>, %f: memref<4x2x16x16xf32>, %out: memref<1x4x64x40x16xf32>) {
    %m = memref.alloc() : memref<1x2x64x40x16xf32>
    kernel.step "producer" algorithm("copy") macs(0) bytes(0) {
      linalg.generic {indexing_maps = [#each, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%x : memref<1x2x64x40x16xf32>) outs(%m : memref<1x2x64x40x16xf32>) {
      ^bb0(%e0: f32, %unused: f32):
        linalg.yield %e0 : f32
      }
    }
    kernel.step "norm" algorithm("map") macs(1) bytes(600000) {
      linalg.generic {indexing_maps = [#each, #channel, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%m, %s : memref<1x2x64x40x16xf32>, memref<1x2x1x1x16xf32>) outs(%m : memref<1x2x64x40x16xf32>) {
      ^bb0(%e0: f32, %e1: f32, %unused: f32):
        %r = arith.mulf %e0, %e1 : f32
        linalg.yield %r : f32
      }
    }
    kernel.step "conv" algorithm("pointwise") macs(5) bytes(700000) {
      kernel.contract ins(%m, %f : memref<1x2x64x40x16xf32>, memref<4x2x16x16xf32>) outs(%out : memref<1x4x64x40x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 32 : i64, out_channels = 64 : i64, macs = 5 : i64}
    }
    return
  }
}

// -----

// The result is an output, too.
// CHECK-LABEL: @a_map_with_two_users
// CHECK: algorithm("map")
// CHECK: algorithm("pointwise")
#each = affine_map<(n, b, h, w, c) -> (n, b, h, w, c)>
#channel = affine_map<(n, b, h, w, c) -> (0, b, 0, 0, c)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @a_map_with_two_users(%x: memref<1x2x64x40x16xf32>, %s: memref<1x2x1x1x16xf32>, %f: memref<4x2x16x16xf32>, %out: memref<1x4x64x40x16xf32>, %copy: memref<1x2x64x40x16xf32>) {
    %m = memref.alloc() : memref<1x2x64x40x16xf32>
    kernel.step "norm" algorithm("map") macs(1) bytes(600000) {
      linalg.generic {indexing_maps = [#each, #channel, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%x, %s : memref<1x2x64x40x16xf32>, memref<1x2x1x1x16xf32>) outs(%m : memref<1x2x64x40x16xf32>) {
      ^bb0(%e0: f32, %e1: f32, %unused: f32):
        %r = arith.mulf %e0, %e1 : f32
        linalg.yield %r : f32
      }
    }
    kernel.step "conv" algorithm("pointwise") macs(5) bytes(700000) {
      kernel.contract ins(%m, %f : memref<1x2x64x40x16xf32>, memref<4x2x16x16xf32>) outs(%out : memref<1x4x64x40x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 32 : i64, out_channels = 64 : i64, macs = 5 : i64}
    }
    kernel.step "user" algorithm("copy") macs(0) bytes(0) {
      linalg.generic {indexing_maps = [#each, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%m : memref<1x2x64x40x16xf32>) outs(%copy : memref<1x2x64x40x16xf32>) {
      ^bb0(%e0: f32, %unused: f32):
        linalg.yield %e0 : f32
      }
    }
    return
  }
}

// -----

// 32 KiB stay in L2.
// CHECK-LABEL: @a_map_that_fits_is_stored
// CHECK: algorithm("map")
// CHECK: algorithm("pointwise")
#each = affine_map<(n, b, h, w, c) -> (n, b, h, w, c)>
#channel = affine_map<(n, b, h, w, c) -> (0, b, 0, 0, c)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @a_map_that_fits_is_stored(%x: memref<1x2x16x16x16xf32>, %s: memref<1x2x1x1x16xf32>, %f: memref<4x2x16x16xf32>, %out: memref<1x4x16x16x16xf32>) {
    %m = memref.alloc() : memref<1x2x16x16x16xf32>
    kernel.step "norm" algorithm("map") macs(1) bytes(600000) {
      linalg.generic {indexing_maps = [#each, #channel, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%x, %s : memref<1x2x16x16x16xf32>, memref<1x2x1x1x16xf32>) outs(%m : memref<1x2x16x16x16xf32>) {
      ^bb0(%e0: f32, %e1: f32, %unused: f32):
        %r = arith.mulf %e0, %e1 : f32
        linalg.yield %r : f32
      }
    }
    kernel.step "conv" algorithm("pointwise") macs(5) bytes(700000) {
      kernel.contract ins(%m, %f : memref<1x2x16x16x16xf32>, memref<4x2x16x16xf32>) outs(%out : memref<1x4x16x16x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 32 : i64, out_channels = 64 : i64, macs = 5 : i64}
    }
    return
  }
}

// -----

// A quarter of the map is read.
// CHECK-LABEL: @strides
// CHECK: algorithm("map")
// CHECK: algorithm("pointwise")
#each = affine_map<(n, b, h, w, c) -> (n, b, h, w, c)>
#channel = affine_map<(n, b, h, w, c) -> (0, b, 0, 0, c)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @strides(%x: memref<1x2x64x40x16xf32>, %s: memref<1x2x1x1x16xf32>, %f: memref<4x2x16x16xf32>, %out: memref<1x4x32x20x16xf32>) {
    %m = memref.alloc() : memref<1x2x64x40x16xf32>
    kernel.step "norm" algorithm("map") macs(1) bytes(600000) {
      linalg.generic {indexing_maps = [#each, #channel, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%x, %s : memref<1x2x64x40x16xf32>, memref<1x2x1x1x16xf32>) outs(%m : memref<1x2x64x40x16xf32>) {
      ^bb0(%e0: f32, %e1: f32, %unused: f32):
        %r = arith.mulf %e0, %e1 : f32
        linalg.yield %r : f32
      }
    }
    kernel.step "conv" algorithm("pointwise") macs(5) bytes(700000) {
      kernel.contract ins(%m, %f : memref<1x2x64x40x16xf32>, memref<4x2x16x16xf32>) outs(%out : memref<1x4x32x20x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 2, 2>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 32 : i64, out_channels = 64 : i64, macs = 5 : i64}
    }
    return
  }
}

// -----

// Seven parts of seven pixels would read the filter for each.
// CHECK-LABEL: @few_pixels
// CHECK: algorithm("map")
// CHECK: algorithm("pointwise")
#each = affine_map<(n, b, h, w, c) -> (n, b, h, w, c)>
#channel = affine_map<(n, b, h, w, c) -> (0, b, 0, 0, c)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @few_pixels(%x: memref<1x96x7x7x16xf32>, %s: memref<1x96x1x1x16xf32>, %f: memref<4x96x16x16xf32>, %out: memref<1x4x7x7x16xf32>) {
    %m = memref.alloc() : memref<1x96x7x7x16xf32>
    kernel.step "norm" algorithm("map") macs(1) bytes(600000) {
      linalg.generic {indexing_maps = [#each, #channel, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%x, %s : memref<1x96x7x7x16xf32>, memref<1x96x1x1x16xf32>) outs(%m : memref<1x96x7x7x16xf32>) {
      ^bb0(%e0: f32, %e1: f32, %unused: f32):
        %r = arith.mulf %e0, %e1 : f32
        linalg.yield %r : f32
      }
    }
    kernel.step "conv" algorithm("pointwise") macs(5) bytes(700000) {
      kernel.contract ins(%m, %f : memref<1x96x7x7x16xf32>, memref<4x96x16x16xf32>) outs(%out : memref<1x4x7x7x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 1536 : i64, out_channels = 64 : i64, macs = 5 : i64}
    }
    return
  }
}

// -----

// A function of the position is not the same in a part.
// CHECK-LABEL: @indices
// CHECK: algorithm("map")
// CHECK: algorithm("pointwise")
#each = affine_map<(n, b, h, w, c) -> (n, b, h, w, c)>
#channel = affine_map<(n, b, h, w, c) -> (0, b, 0, 0, c)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @indices(%x: memref<1x2x64x40x16xf32>, %s: memref<1x2x1x1x16xf32>, %f: memref<4x2x16x16xf32>, %out: memref<1x4x64x40x16xf32>) {
    %m = memref.alloc() : memref<1x2x64x40x16xf32>
    kernel.step "norm" algorithm("map") macs(1) bytes(600000) {
      linalg.generic {indexing_maps = [#each, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%x : memref<1x2x64x40x16xf32>) outs(%m : memref<1x2x64x40x16xf32>) {
      ^bb0(%e0: f32, %unused: f32):
        %i = linalg.index 2 : index
        %n = arith.index_cast %i : index to i64
        %p = arith.sitofp %n : i64 to f32
        %r = arith.mulf %e0, %p : f32
        linalg.yield %r : f32
      }
    }
    kernel.step "conv" algorithm("pointwise") macs(5) bytes(700000) {
      kernel.contract ins(%m, %f : memref<1x2x64x40x16xf32>, memref<4x2x16x16xf32>) outs(%out : memref<1x4x64x40x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 32 : i64, out_channels = 64 : i64, macs = 5 : i64}
    }
    return
  }
}

// -----

// A task might store where another one reads.
// CHECK-LABEL: @an_output_in_the_memory_of_the_input
// CHECK: algorithm("map")
// CHECK: algorithm("pointwise")
#each = affine_map<(n, b, h, w, c) -> (n, b, h, w, c)>
#channel = affine_map<(n, b, h, w, c) -> (0, b, 0, 0, c)>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  func.func @an_output_in_the_memory_of_the_input(%whole: memref<1x6x64x40x16xf32>, %s: memref<1x2x1x1x16xf32>, %f: memref<4x2x16x16xf32>) {
    %x = memref.reinterpret_cast %whole to offset: [0], sizes: [1, 2, 64, 40, 16], strides: [245760, 40960, 640, 16, 1] : memref<1x6x64x40x16xf32> to memref<1x2x64x40x16xf32, strided<[245760, 40960, 640, 16, 1]>>
    %out = memref.reinterpret_cast %whole to offset: [81920], sizes: [1, 4, 64, 40, 16], strides: [245760, 40960, 640, 16, 1] : memref<1x6x64x40x16xf32> to memref<1x4x64x40x16xf32, strided<[245760, 40960, 640, 16, 1], offset: 81920>>
    %m = memref.alloc() : memref<1x2x64x40x16xf32>
    kernel.step "norm" algorithm("map") macs(1) bytes(600000) {
      linalg.generic {indexing_maps = [#each, #channel, #each], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%x, %s : memref<1x2x64x40x16xf32, strided<[245760, 40960, 640, 16, 1]>>, memref<1x2x1x1x16xf32>) outs(%m : memref<1x2x64x40x16xf32>) {
      ^bb0(%e0: f32, %e1: f32, %unused: f32):
        %r = arith.mulf %e0, %e1 : f32
        linalg.yield %r : f32
      }
    }
    kernel.step "conv" algorithm("pointwise") macs(5) bytes(700000) {
      kernel.contract ins(%m, %f : memref<1x2x64x40x16xf32>, memref<4x2x16x16xf32>) outs(%out : memref<1x4x64x40x16xf32, strided<[245760, 40960, 640, 16, 1], offset: 81920>>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 32 : i64, out_channels = 64 : i64, macs = 5 : i64}
    }
    return
  }
}

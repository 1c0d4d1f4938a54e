// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Another machine than a CPU goes through all that comes before the exits, with its own layouts, and is then refused.
// RUN: rm -rf %t && mkdir -p %t/replayed && cd %t
// RUN: cnnc %s --stop-after=layout | FileCheck %s --check-prefix=LAYOUT --implicit-check-not="block =" --implicit-check-not=winograd
// RUN: cnnc %s --stop-after=kernel | FileCheck %s --check-prefix=KERNEL
// RUN: cnnc %s --stop-after=buffer -o buffer.mlir && FileCheck %s --check-prefix=BUFFER --implicit-check-not=schedule --implicit-check-not=tasks --implicit-check-not=scf. --implicit-check-not=row_sums < buffer.mlir

// What a phase leaves goes on from there.
// RUN: cnnc %s --stop-after=layout -o layout.mlir && cnnc layout.mlir --stop-after=kernel -o kernel.mlir && cnnc kernel.mlir --stop-after=buffer -o replayed/buffer.mlir && cmp buffer.mlir replayed/buffer.mlir

// RUN: for flags in "-o net.so" "-o net.s --emit=asm" "-o net.mlir --emit=mlir" "--stop-after=vector" "--stop-after=llvm -o net.mlir"; do \
// RUN:   cnnc %s $flags > log 2>&1; echo "exit $?" >> log; cnnc buffer.mlir $flags >> log 2>&1; echo "exit $?" >> log; \
// RUN:   FileCheck %s --check-prefix=REFUSED < log || exit 1; done; test -z "$(find . -name "net*")"
// REFUSED: {{^}}{{.*}}gpu.mlir: error: the target nvptx64 (sm_80, sm_90a) has no code generator yet: stop after an earlier phase (--stop-after=buffer), or compile for a CPU{{$}}
// REFUSED-NEXT: {{^}}exit 1{{$}}
// REFUSED-NEXT: {{^}}buffer.mlir: error: the target nvptx64 (sm_80, sm_90a) has no code generator yet
// REFUSED-NEXT: {{^}}exit 1{{$}}

// RUN: not cnnc %s --explain --stop-after=layout -o x.mlir 2>&1 | FileCheck %s --check-prefix=EXPLAIN
// EXPLAIN: error: --explain predicts the cycles of a CPU's cores, but the target is nvptx64 (sm_80, sm_90a)
// RUN: not cnnc %s --tune -o x.so 2>&1 | FileCheck %s --check-prefix=TUNE
// TUNE: error: --tune times on this machine, a {{.*}}, which does not run sm_80

module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80", "sm_90a"], host = "x86_64">} {
  // LAYOUT: @main(%[[X:.*]]: tensor<1x3x32x32xf32>
  // LAYOUT: %[[LAST:.*]] = cnn.convert_layout %[[X]] : tensor<1x3x32x32xf32> to tensor<1x3x32x32xf32, #cnn.layout<[0, 2, 3, 1]>>
  // LAYOUT: cnn.conv %[[LAST]], {{.*}} {algorithm = #cnn<algorithm direct>, {{.*}} -> tensor<1x32x32x32xf32, #cnn.layout<[0, 2, 3, 1]>> epilogue
  // LAYOUT: cnn.pool {{.*}} -> tensor<1x32x16x16xf32, #cnn.layout<[0, 2, 3, 1]>>
  // LAYOUT-NEXT: cnn.conv {{.*}} {algorithm = #cnn<algorithm direct>, {{.*}} -> tensor<1x64x16x16xf32, #cnn.layout<[0, 2, 3, 1]>>
  // LAYOUT: cnn.conv {{.*}} {algorithm = #cnn<algorithm depthwise>, {{.*}} -> tensor<1x64x16x16xf32, #cnn.layout<[0, 2, 3, 1]>>
  // LAYOUT: cnn.reduce {{.*}} -> tensor<1x64x1x1xf32, #cnn.layout<[0, 2, 3, 1]>>
  // LAYOUT: cnn.matmul

  // KERNEL: kernel.contract {{.*}} outs({{.*}} : tensor<1x32x32x32xf32>) {a_order = #kernel<channel_order last>, {{.*}}out_order = #kernel<channel_order last>
  // KERNEL: kernel.window {{.*}} outs({{.*}} : tensor<1x16x16x32xf32>) {{{.*}}order = #kernel<channel_order last>
  // KERNEL: kernel.contract {{.*}} outs({{.*}} : tensor<1x16x16x64xf32>)
  // KERNEL: kernel.window {{.*}} outs({{.*}} : tensor<1x16x16x64xf32>)

  // BUFFER: kernel.model inputs [#kernel.tensor<"argument0", tensor<1x3x32x32xf32>>] outputs [#kernel.tensor<"argument1", tensor<1x10xf32>>] arena(
  // BUFFER: kernel.step "conv" algorithm("direct")
  // BUFFER-NEXT: kernel.contract ins(%{{.*}} : memref<1x34x34x3xf32>, {{.*}} outs(%{{.*}} : memref<1x32x32x32xf32>)
  // BUFFER: kernel.step "pool" algorithm("{{.*}}")
  // BUFFER-NEXT: kernel.window
  // BUFFER: kernel.step "conv2" algorithm("direct")
  // BUFFER: kernel.step "depthwise" algorithm("depthwise")
  // BUFFER: kernel.step "mean" algorithm("{{.*}}")
  // BUFFER: kernel.step "dense" algorithm("{{.*}}")
  func.func @main(%x: tensor<1x3x32x32xf32>) -> tensor<1x10xf32> {
    %w = arith.constant dense<1.0> : tensor<32x3x3x3xf32>
    %v = arith.constant dense<1.0> : tensor<64x32x3x3xf32>
    %u = arith.constant dense<1.0> : tensor<64x1x3x3xf32>
    %d = arith.constant dense<1.0> : tensor<64x10xf32>
    %0 = cnn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
      : (tensor<1x3x32x32xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x32x32xf32> loc("conv")
    %1 = cnn.map(%0) : (tensor<1x32x32x32xf32>) -> tensor<1x32x32x32xf32> {
    ^bb0(%a: f32):
      %zero = arith.constant 0.0 : f32
      %r = arith.maximumf %a, %zero : f32
      cnn.yield %r : f32
    } loc("relu")
    %2 = cnn.pool max %1 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x32x32x32xf32>) -> tensor<1x32x16x16xf32> loc("pool")
    %3 = cnn.conv %2, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64}
      : (tensor<1x32x16x16xf32>, tensor<64x32x3x3xf32>) -> tensor<1x64x16x16xf32> loc("conv2")
    %4 = cnn.conv %3, %u {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 64 : i64}
      : (tensor<1x64x16x16xf32>, tensor<64x1x3x3xf32>) -> tensor<1x64x16x16xf32> loc("depthwise")
    %5 = cnn.reduce sum(%4) {axes = array<i64: 2, 3>} : (tensor<1x64x16x16xf32>) -> tensor<1x64x1x1xf32> {
    ^bb0(%a: f32):
      cnn.yield %a : f32
    } loc("mean")
    %6 = cnn.reshape %5 : (tensor<1x64x1x1xf32>) -> tensor<1x64xf32>
    %7 = cnn.matmul %6, %d : (tensor<1x64xf32>, tensor<64x10xf32>) -> tensor<1x10xf32> loc("dense")
    return %7 : tensor<1x10xf32>
  }
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --split-input-file --verify-diagnostics --schedule-steps --convert-to-vector %s | FileCheck %s

// Two steps of one class share a micro-kernel per level, and a step finds its operands through its own pointers.

// CHECK: kernel.model inputs [#kernel.tensor<"x", tensor<2x16xf32>, symbols = ["N", ""]>] outputs [#kernel.tensor<"y", tensor<2x16xf32>>] arena(128) scratch(64) weights(1280) [dense<1.000000e+00> : tensor<1x1x16x16xf32>] at [256] {
// CHECK-NEXT: kernel.step "one" algorithm("direct") tasks(1) macs(5) bytes(7) functions [@step_0_x86_64_v3, @step_0_x86_64_v4]
// CHECK-NEXT: kernel.step "two" algorithm("direct") tasks(1) macs(5) bytes(7) functions [@step_1_x86_64_v3, @step_1_x86_64_v4]
// CHECK-NEXT: }
// CHECK-NOT: memref
// CHECK: llvm.func internal @step_0_x86_64_v3(%[[ARENA:.*]]: !llvm.ptr {llvm.noalias}, %[[WEIGHTS:.*]]: !llvm.ptr {llvm.noalias}, %[[IO:.*]]: !llvm.ptr {llvm.noalias}, %{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: i64)
// CHECK-SAME: passthrough = {{\[\[}}"prefer-vector-width", "256"], ["cnnc-role", "step"]], target_cpu = "x86-64-v3"
// CHECK: %[[X:.*]] = llvm.load %[[IO]] {alignment = 8 : i64} : !llvm.ptr -> !llvm.ptr
// CHECK: llvm.getelementptr %[[WEIGHTS]][256]
// CHECK: llvm.call @[[KERNEL:kernel_contract_2x2_0_x86_64_v3]](%[[X]]
// CHECK: llvm.func internal @[[KERNEL]]({{.*}}) attributes {no_inline, passthrough = {{.*}}["cnnc-role", "kernel"]
// CHECK: llvm.func internal @step_0_x86_64_v4
// CHECK: llvm.func internal @kernel_contract_2x1_0_x86_64_v4
// CHECK: llvm.func internal @step_1_x86_64_v3(%arg0: !llvm.ptr {llvm.noalias}, %arg1: !llvm.ptr {llvm.noalias}, %[[IO:arg2]]: !llvm.ptr
// CHECK: llvm.getelementptr %[[IO]][8]
// CHECK: llvm.call @[[KERNEL]](
// CHECK-NOT: llvm.func internal @kernel
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3", "x86-64-v4"]>} {
  kernel.model inputs [#kernel.tensor<"x", tensor<2x16xf32>, symbols = ["N", ""]>] outputs [#kernel.tensor<"y", tensor<2x16xf32>>]
      arena(128) scratch(64) weights(1280) [dense<1.0> : tensor<1x1x16x16xf32>] at [256] {
  ^bb0(%x: memref<2x16xf32>, %y: memref<2x16xf32>, %arena: memref<128xi8>, %scratch: memref<64xi8>, %weights: memref<1280xi8>):
    %c0 = arith.constant 0 : index
    %t = memref.view %arena[%c0][] : memref<128xi8> to memref<2x16xf32>
    %at_w = arith.constant 256 : index
    %w = memref.view %weights[%at_w][] : memref<1280xi8> to memref<1x1x16x16xf32>
    kernel.step "one" algorithm("direct") tasks(1) macs(5) bytes(7) {
      kernel.contract ins(%x, %w : memref<2x16xf32>, memref<1x1x16x16xf32>) outs(%t : memref<2x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>,
         dilations = array<i64>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64}
    }
    kernel.step "two" algorithm("direct") tasks(1) macs(5) bytes(7) {
      kernel.contract ins(%t, %w : memref<2x16xf32>, memref<1x1x16x16xf32>) outs(%y : memref<2x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>,
         dilations = array<i64>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64}
    }
  }
}

// -----

// A model may have nothing to do.
// CHECK: kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {}
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"x", tensor<2x16xf32>>] outputs [#kernel.tensor<"y", tensor<2x16xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%x: memref<2x16xf32>, %y: memref<2x16xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "copy" algorithm("generic") tasks(1) macs(0) bytes(0) {
      // expected-error @+1 {{'memref.copy' op has no emitter in a step}}
      memref.copy %x, %y : memref<2x16xf32> to memref<2x16xf32>
    }
  }
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --split-input-file --verify-diagnostics --convert-to-vector %s | FileCheck %s

// Two steps of one class share a micro-kernel per level, and a step finds its operands through its own pointers.

// CHECK: module attributes {
// CHECK-SAME: cnnc.arena_bytes = 128 : i64
// CHECK-SAME: cnnc.inputs = [{name = "x", shape = array<i64: 2, 16>, symbols = ["N", ""], type = 1 : i64}]
// CHECK-SAME: cnnc.outputs = [{name = "y", shape = array<i64: 2, 16>, symbols = ["", ""], type = 1 : i64}]
// CHECK-SAME: cnnc.scratch_bytes = 64 : i64
// CHECK-SAME: algorithm = "direct", bytes = 7 : i64, functions = [@step_0_x86_64_v3, @step_0_x86_64_v4], macs = 5 : i64, name = "one", tasks = 1 : i64
// CHECK-SAME: functions = [@step_1_x86_64_v3, @step_1_x86_64_v4]
// CHECK-SAME: cnnc.weights = [
// CHECK-SAME: dense<1.000000e+00> : tensor<1x1x16x16xf32>, 256
// CHECK-NOT: func.func
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
  memref.global "private" constant @w : memref<1x1x16x16xf32> = dense<1.0> {alignment = 64 : i64, cnnc.offset = 256 : i64}
  func.func @main(%x: memref<2x16xf32> {cnnc.name = "x", cnnc.symbols = ["N", ""]},
                  %y: memref<2x16xf32> {cnnc.name = "y", cnnc.output},
                  %arena: memref<128xi8> {cnnc.arena}, %scratch: memref<64xi8> {cnnc.scratch}) {
    %c0 = arith.constant 0 : index
    %t = memref.view %arena[%c0][] : memref<128xi8> to memref<2x16xf32>
    %w = memref.get_global @w : memref<1x1x16x16xf32>
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
    return
  }
}

// -----

// expected-error @+1 {{requires a function @main and the attribute cnnc.target}}
module {
}

// -----

module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  func.func @main(%x: memref<2x16xf32>, %y: memref<2x16xf32> {cnnc.output}) {
    kernel.step "copy" algorithm("generic") tasks(1) macs(0) bytes(0) {
      // expected-error @+1 {{'memref.copy' op has no emitter in a step}}
      memref.copy %x, %y : memref<2x16xf32> to memref<2x16xf32>
    }
    return
  }
}

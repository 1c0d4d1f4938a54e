// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --split-input-file --share-steps %s | FileCheck %s

// Two steps read and write elsewhere.

// CHECK: llvm.func internal @step_0_x86_64_v3_shared(%[[ARENA:.*]]: !llvm.ptr {llvm.noalias}, %[[WEIGHTS:.*]]: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %[[X:.*]]: i64, %[[W:.*]]: i64)
// CHECK-SAME: no_inline
// CHECK-SAME: target_cpu = "x86-64-v3"
// CHECK-NEXT: llvm.getelementptr %[[ARENA]][%[[X]]]
// CHECK-NEXT: llvm.getelementptr %[[WEIGHTS]][%[[W]]]
// CHECK: llvm.getelementptr %{{.*}}[4]
// CHECK: llvm.func internal @step_0_x86_64_v3(%[[ARENA:.*]]: !llvm.ptr {llvm.noalias}, %[[WEIGHTS:.*]]: !llvm.ptr, %[[IO:.*]]: !llvm.ptr, %[[SCRATCH:.*]]: !llvm.ptr, %[[TASK:.*]]: i64) attributes {
// CHECK-NEXT: %[[X:.*]] = llvm.mlir.constant(64 : i64)
// CHECK-NEXT: %[[W:.*]] = llvm.mlir.constant(256 : i64)
// CHECK-NEXT: llvm.call @step_0_x86_64_v3_shared(%[[ARENA]], %[[WEIGHTS]], %[[IO]], %[[SCRATCH]], %[[TASK]], %[[X]], %[[W]])
// CHECK-NEXT: llvm.return
// CHECK: llvm.func internal @step_1_x86_64_v3(
// CHECK-NEXT: llvm.mlir.constant(128 : i64)
// CHECK-NEXT: llvm.mlir.constant(0 : i64)
// CHECK-NEXT: llvm.call @step_0_x86_64_v3_shared(
// CHECK-NEXT: llvm.return
llvm.func internal @step_0_x86_64_v3(%arena: !llvm.ptr {llvm.noalias}, %weights: !llvm.ptr, %io: !llvm.ptr, %scratch: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]], target_cpu = "x86-64-v3"} {
  %x = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %w = llvm.getelementptr %weights[256] : (!llvm.ptr) -> !llvm.ptr, i8
  %next = llvm.getelementptr %w[4] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.call @kernel_0(%x, %next) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.return
}
llvm.func internal @step_1_x86_64_v3(%arena: !llvm.ptr {llvm.noalias}, %weights: !llvm.ptr, %io: !llvm.ptr, %scratch: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]], target_cpu = "x86-64-v3"} {
  %x = llvm.getelementptr %arena[128] : (!llvm.ptr) -> !llvm.ptr, i8
  %w = llvm.getelementptr %weights[0] : (!llvm.ptr) -> !llvm.ptr, i8
  %next = llvm.getelementptr %w[4] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.call @kernel_0(%x, %next) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.return
}
llvm.func @kernel_0(!llvm.ptr, !llvm.ptr)

// -----

// Another level, another root, another distance between elements, a constant, another order of operands, another kernel.

// CHECK-NOT: shared
llvm.func internal @step_0(%arena: !llvm.ptr, %weights: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]], target_cpu = "x86-64-v3"} {
  %x = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %next = llvm.getelementptr %x[4] : (!llvm.ptr) -> !llvm.ptr, i8
  %one = llvm.mlir.constant(1 : i64) : i64
  llvm.call @kernel_0(%x, %next, %one) : (!llvm.ptr, !llvm.ptr, i64) -> ()
  llvm.return
}
llvm.func internal @step_1(%arena: !llvm.ptr, %weights: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]], target_cpu = "x86-64-v4"} {
  %x = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %next = llvm.getelementptr %x[4] : (!llvm.ptr) -> !llvm.ptr, i8
  %one = llvm.mlir.constant(1 : i64) : i64
  llvm.call @kernel_0(%x, %next, %one) : (!llvm.ptr, !llvm.ptr, i64) -> ()
  llvm.return
}
llvm.func internal @step_2(%arena: !llvm.ptr, %weights: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]], target_cpu = "x86-64-v3"} {
  %x = llvm.getelementptr %weights[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %next = llvm.getelementptr %x[4] : (!llvm.ptr) -> !llvm.ptr, i8
  %one = llvm.mlir.constant(1 : i64) : i64
  llvm.call @kernel_0(%x, %next, %one) : (!llvm.ptr, !llvm.ptr, i64) -> ()
  llvm.return
}
llvm.func internal @step_3(%arena: !llvm.ptr, %weights: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]], target_cpu = "x86-64-v3"} {
  %x = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %next = llvm.getelementptr %x[8] : (!llvm.ptr) -> !llvm.ptr, i8
  %one = llvm.mlir.constant(1 : i64) : i64
  llvm.call @kernel_0(%x, %next, %one) : (!llvm.ptr, !llvm.ptr, i64) -> ()
  llvm.return
}
llvm.func internal @step_4(%arena: !llvm.ptr, %weights: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]], target_cpu = "x86-64-v3"} {
  %x = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %next = llvm.getelementptr %x[4] : (!llvm.ptr) -> !llvm.ptr, i8
  %two = llvm.mlir.constant(2 : i64) : i64
  llvm.call @kernel_0(%x, %next, %two) : (!llvm.ptr, !llvm.ptr, i64) -> ()
  llvm.return
}
llvm.func internal @step_5(%arena: !llvm.ptr, %weights: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]], target_cpu = "x86-64-v3"} {
  %x = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %next = llvm.getelementptr %x[4] : (!llvm.ptr) -> !llvm.ptr, i8
  %one = llvm.mlir.constant(1 : i64) : i64
  llvm.call @kernel_0(%next, %x, %one) : (!llvm.ptr, !llvm.ptr, i64) -> ()
  llvm.return
}
llvm.func internal @step_6(%arena: !llvm.ptr, %weights: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]], target_cpu = "x86-64-v3"} {
  %x = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %next = llvm.getelementptr %x[4] : (!llvm.ptr) -> !llvm.ptr, i8
  %one = llvm.mlir.constant(1 : i64) : i64
  llvm.call @kernel_1(%x, %next, %one) : (!llvm.ptr, !llvm.ptr, i64) -> ()
  llvm.return
}
llvm.func @kernel_0(!llvm.ptr, !llvm.ptr, i64)
llvm.func @kernel_1(!llvm.ptr, !llvm.ptr, i64)

// -----

// What a loop holds counts as well, and only the pointers that a step gets lead to operands.

// CHECK: llvm.func internal @step_0_shared(
// CHECK: llvm.func internal @step_0(
// CHECK: llvm.call @step_0_shared
// CHECK: llvm.func internal @step_1(
// CHECK-NOT: shared
// CHECK: llvm.func internal @step_2(
// CHECK: llvm.call @step_0_shared
llvm.func internal @step_0(%arena: !llvm.ptr, %begin: i64, %end: i64) attributes {passthrough = [["cnnc-role", "step"]]} {
  %x = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %one = arith.constant 1 : i64
  scf.for %i = %begin to %end step %one : i64 {
    %place = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %next = llvm.getelementptr %arena[4] : (!llvm.ptr) -> !llvm.ptr, i8
    llvm.call @kernel_0(%place, %next) : (!llvm.ptr, !llvm.ptr) -> ()
  }
  llvm.return
}
llvm.func internal @step_1(%arena: !llvm.ptr, %begin: i64, %end: i64) attributes {passthrough = [["cnnc-role", "step"]]} {
  %x = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %one = arith.constant 1 : i64
  scf.for %i = %begin to %end step %one : i64 {
    %place = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %next = llvm.getelementptr %arena[8] : (!llvm.ptr) -> !llvm.ptr, i8
    llvm.call @kernel_0(%place, %next) : (!llvm.ptr, !llvm.ptr) -> ()
  }
  llvm.return
}
llvm.func internal @step_2(%arena: !llvm.ptr, %begin: i64, %end: i64) attributes {passthrough = [["cnnc-role", "step"]]} {
  %x = llvm.getelementptr %arena[128] : (!llvm.ptr) -> !llvm.ptr, i8
  %one = arith.constant 1 : i64
  scf.for %i = %begin to %end step %one : i64 {
    %place = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %next = llvm.getelementptr %arena[4] : (!llvm.ptr) -> !llvm.ptr, i8
    llvm.call @kernel_0(%place, %next) : (!llvm.ptr, !llvm.ptr) -> ()
  }
  llvm.return
}
llvm.func @kernel_0(!llvm.ptr, !llvm.ptr)

// -----

// Two steps that write at two places of one output.

// CHECK: llvm.func internal @step_0_shared(%[[IO:.*]]: !llvm.ptr, %{{.*}}: i64, %[[SLOT:.*]]: i64, %[[PLACE:.*]]: i64)
// CHECK-NEXT: %[[AT:.*]] = llvm.getelementptr %[[IO]][%[[SLOT]]]
// CHECK-NEXT: %[[Y:.*]] = llvm.load %[[AT]]
// CHECK-NEXT: llvm.getelementptr %[[Y]][%[[PLACE]]]
llvm.func internal @step_0(%io: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]]} {
  %slot = llvm.getelementptr %io[8] : (!llvm.ptr) -> !llvm.ptr, i8
  %y = llvm.load %slot : !llvm.ptr -> !llvm.ptr
  %place = llvm.getelementptr %y[64] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.call @kernel_0(%place) : (!llvm.ptr) -> ()
  llvm.return
}
llvm.func internal @step_1(%io: !llvm.ptr, %task: i64) attributes {passthrough = [["cnnc-role", "step"]]} {
  %slot = llvm.getelementptr %io[8] : (!llvm.ptr) -> !llvm.ptr, i8
  %y = llvm.load %slot : !llvm.ptr -> !llvm.ptr
  %place = llvm.getelementptr %y[128] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.call @kernel_0(%place) : (!llvm.ptr) -> ()
  llvm.return
}
llvm.func @kernel_0(!llvm.ptr)

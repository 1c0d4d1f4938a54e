// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --split-input-file | cnnc-opt --split-input-file | FileCheck %s

// With bodies, as the buffer phase leaves it.
// CHECK: kernel.model inputs [#kernel.tensor<"x \22quoted\22", tensor<2x4xui16>, symbols = ["batch", ""]>, #kernel.tensor<"half", tensor<bf16>>] outputs [#kernel.tensor<"y", tensor<0xi1>>]
// CHECK-SAME: arena(64) scratch(0) weights(16) [dense<1.000000e+00> : tensor<4xf32>] at [0] {
// CHECK-NEXT: ^bb0(%{{.*}}: memref<2x4xi16>, %{{.*}}: memref<bf16>, %{{.*}}: memref<0xi1>, %[[ARENA:.*]]: memref<64xi8>, %{{.*}}: memref<0xi8>, %{{.*}}: memref<16xi8>):
// CHECK: kernel.step "fill" algorithm("fill") tasks(2) macs(3) bytes(4) {
kernel.model inputs [#kernel.tensor<"x \22quoted\22", tensor<2x4xui16>, symbols = ["batch", ""]>, #kernel.tensor<"half", tensor<bf16>>]
    outputs [#kernel.tensor<"y", tensor<0xi1>>] arena(64) scratch(0) weights(16) [dense<1.0> : tensor<4xf32>] at [0] {
^bb0(%x: memref<2x4xi16>, %half: memref<bf16>, %y: memref<0xi1>, %arena: memref<64xi8>, %scratch: memref<0xi8>, %weights: memref<16xi8>):
  %zero = arith.constant 0 : i8
  kernel.step "fill" algorithm("fill") tasks(2) macs(3) bytes(4) {
    linalg.fill ins(%zero : i8) outs(%arena : memref<64xi8>)
  }
}

// -----

// With functions, as the vector phase leaves it, and with nothing, as the llvm phase does.
// CHECK: kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {
// CHECK-NEXT: kernel.step "a" algorithm("b") tasks(1) macs(0) bytes(0) functions [@f, @g]
// CHECK-NEXT: }
kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {
  kernel.step "a" algorithm("b") tasks(1) macs(0) bytes(0) functions [@f, @g]
}

// -----

// CHECK: kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {
// CHECK-NEXT: }
kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {}

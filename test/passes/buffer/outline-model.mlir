// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --outline-model --split-input-file --verify-diagnostics | FileCheck %s

// The model says what the arguments of @main were; constants become views of its weights, each where it was.
// CHECK-NOT: cnnc.weights_bytes
// CHECK-NOT: memref.global
// CHECK: kernel.model inputs [#kernel.tensor<"x", tensor<2x4xui8>, symbols = ["batch", ""]>] outputs [#kernel.tensor<"argument1", tensor<2x4xf32>>, #kernel.tensor<"flags", tensor<2xi1>>]
// CHECK-SAME: arena(64) scratch(128) weights(80) [dense<1.000000e+00> : tensor<4xf32>, dense<[2, 3]> : tensor<2xi32>] at [0, 64] {
// CHECK-NEXT: ^bb0(%{{.*}}: memref<2x4xi8>, %[[Y:.*]]: memref<2x4xf32>, %{{.*}}: memref<2xi1>, %{{.*}}: memref<64xi8>, %{{.*}}: memref<128xi8>, %[[WEIGHTS:.*]]: memref<80xi8>):
// CHECK-NEXT: %[[PLACE:.*]] = arith.constant 64 : index
// CHECK-NEXT: memref.view %[[WEIGHTS]][%[[PLACE]]][] : memref<80xi8> to memref<2xi32>
// CHECK-NEXT: %[[PLACE:.*]] = arith.constant 0 : index
// CHECK-NEXT: %[[W:.*]] = memref.view %[[WEIGHTS]][%[[PLACE]]][] : memref<80xi8> to memref<4xf32>
// CHECK-NEXT: kernel.step "move" algorithm("copy") tasks(1) macs(0) bytes(32) {
// CHECK: ins(%[[W]] : memref<4xf32>) outs(%[[Y]] : memref<2x4xf32>)
// CHECK-NOT: return
module attributes {cnnc.weights_bytes = 80 : i64} {
  memref.global "private" constant @w_0 : memref<4xf32> = dense<1.0> {alignment = 64 : i64, cnnc.offset = 0 : i64}
  memref.global "private" constant @w_1 : memref<2xi32> = dense<[2, 3]> {alignment = 64 : i64, cnnc.offset = 64 : i64}
  func.func @main(%x: memref<2x4xi8> {cnnc.name = "x", cnnc.symbols = ["batch", ""], cnnc.unsigned}, %y: memref<2x4xf32> {cnnc.output},
                  %flags: memref<2xi1> {cnnc.name = "flags", cnnc.output, cnnc.unsigned},
                  %arena: memref<64xi8> {cnnc.arena}, %scratch: memref<128xi8> {cnnc.scratch}) {
    %v = memref.get_global @w_1 : memref<2xi32>
    %w = memref.get_global @w_0 : memref<4xf32>
    kernel.step "move" algorithm("copy") tasks(1) macs(0) bytes(32) {
      linalg.generic {indexing_maps = [affine_map<(a, b) -> (b)>, affine_map<(a, b) -> (a, b)>], iterator_types = ["parallel", "parallel"]}
          ins(%w : memref<4xf32>) outs(%y : memref<2x4xf32>) {
      ^bb0(%i: f32, %o: f32):
        linalg.yield %i : f32
      }
    }
    return
  }
}

// -----

// Nothing to compute, and nothing to compute it with.
// CHECK: kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {
// CHECK-NEXT: ^bb0(%{{.*}}: memref<0xi8>, %{{.*}}: memref<0xi8>, %{{.*}}: memref<0xi8>):
func.func @main(%arena: memref<0xi8> {cnnc.arena}, %scratch: memref<0xi8> {cnnc.scratch}) {
  return
}

// -----

// expected-error @+1 {{requires a function @main of one block, whose last arguments are arena and scratch}}
module {
  func.func @main(%x: memref<4xf32>, %y: memref<4xf32> {cnnc.output}) {
    return
  }
}

// -----

// expected-error @+1 {{requires a function @main of one block, whose last arguments are arena and scratch}}
module {}

// -----

module {
  // expected-error @+1 {{requires a value and a cnnc.offset}}
  memref.global "private" constant @w : memref<4xf32> = dense<1.0>
  func.func @main(%arena: memref<0xi8> {cnnc.arena}, %scratch: memref<0xi8> {cnnc.scratch}) {
    return
  }
}

// -----

module {
  // expected-error @+1 {{requires elements of a type that inputs and outputs may have, but "a" is 'tensor<4xi4>'}}
  func.func @main(%a: memref<4xi4> {cnnc.name = "a"}, %arena: memref<0xi8> {cnnc.arena}, %scratch: memref<0xi8> {cnnc.scratch}) {
    return
  }
}

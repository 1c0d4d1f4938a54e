// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{requires elements of a type that inputs and outputs may have, but "x" is 'tensor<4xi4>'}}
kernel.model inputs [#kernel.tensor<"x", tensor<4xi4>>] outputs [] arena(0) scratch(0) weights(0) [] at [] {}

// -----

// Of integers, those without a sign say so; the others are what they are stored as.
// expected-error @+1 {{requires elements of a type that inputs and outputs may have, but "x" is 'tensor<4xsi8>'}}
kernel.model inputs [#kernel.tensor<"x", tensor<4xsi8>>] outputs [] arena(0) scratch(0) weights(0) [] at [] {}

// -----

// expected-error @+1 {{requires a known shape of moderate size, but "x" is 'tensor<?xf32>'}}
kernel.model inputs [#kernel.tensor<"x", tensor<?xf32>>] outputs [] arena(0) scratch(0) weights(0) [] at [] {}

// -----

// expected-error @+1 {{requires a known shape of moderate size, but "x" is 'tensor<4294967296x4294967296xf32>'}}
kernel.model inputs [#kernel.tensor<"x", tensor<4294967296x4294967296xf32>>] outputs [] arena(0) scratch(0) weights(0) [] at [] {}

// -----

// expected-error @+1 {{requires a symbol for each of 2 dimensions of "x", but found 1}}
kernel.model inputs [#kernel.tensor<"x", tensor<4x4xf32>, symbols = ["batch"]>] outputs [] arena(0) scratch(0) weights(0) [] at [] {}

// -----

// expected-error @+1 {{requires sizes from 0 to 70368744177664 bytes, but found -1}}
kernel.model inputs [] outputs [] arena(-1) scratch(0) weights(0) [] at [] {}

// -----

// expected-error @+1 {{requires sizes from 0 to 70368744177664 bytes, but found 9223372036854775807}}
kernel.model inputs [] outputs [] arena(0) scratch(9223372036854775807) weights(0) [] at [] {}

// -----

// expected-error @+1 {{requires an offset for each of 1 weights, but found 2}}
kernel.model inputs [] outputs [] arena(0) scratch(0) weights(64) [dense<1.0> : tensor<4xf32>] at [0, 16] {}

// -----

// expected-error @+1 {{requires weights one behind the other in 8 bytes, but found 16 at 0, behind 0}}
kernel.model inputs [] outputs [] arena(0) scratch(0) weights(8) [dense<1.0> : tensor<4xf32>] at [0] {}

// -----

// expected-error @+1 {{requires weights one behind the other in 64 bytes, but found 16 at 12, behind 16}}
kernel.model inputs [] outputs [] arena(0) scratch(0) weights(64) [dense<1.0> : tensor<4xf32>, dense<1.0> : tensor<4xf32>] at [0, 12] {}

// -----

// expected-error @+1 {{requires weights one behind the other in 64 bytes, but found 16 at -4, behind 0}}
kernel.model inputs [] outputs [] arena(0) scratch(0) weights(64) [dense<1.0> : tensor<4xf32>] at [-4] {}

// -----

// expected-error @+1 {{requires numbers as weights, but found 'tensor<4xindex>' at 0}}
kernel.model inputs [] outputs [] arena(0) scratch(0) weights(64) [dense<1> : tensor<4xindex>] at [0] {}

// -----

// expected-error @+1 {{requires 1 arguments for inputs and outputs and three for its memory, but found 1}}
kernel.model inputs [#kernel.tensor<"x", tensor<4xf32>>] outputs [] arena(0) scratch(0) weights(0) [] at [] {
^bb0(%x: memref<4xf32>):
}

// -----

// expected-error @+1 {{requires a buffer of #kernel.tensor<"y", tensor<4xui8>> as argument 1, but found 'memref<4xf32>'}}
kernel.model inputs [#kernel.tensor<"x", tensor<4xf32>>] outputs [#kernel.tensor<"y", tensor<4xui8>>] arena(0) scratch(0) weights(0) [] at [] {
^bb0(%x: memref<4xf32>, %y: memref<4xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
}

// -----

// expected-error @+1 {{requires 64 bytes as argument 1, but found 'memref<32xi8>'}}
kernel.model inputs [] outputs [] arena(0) scratch(64) weights(0) [] at [] {
^bb0(%arena: memref<0xi8>, %scratch: memref<32xi8>, %weights: memref<0xi8>):
}

// -----

kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {
^bb0(%arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
  // expected-error @+1 {{requires a body, as its model has arguments or other ops}}
  kernel.step "a" algorithm("b") tasks(1) macs(0) bytes(0) functions [@f]
}

// -----

kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {
  // expected-error @+1 {{requires a body or functions, but found neither}}
  kernel.step "a" algorithm("b") tasks(1) macs(0) bytes(0)
}

// -----

kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {
  // expected-error @+1 {{requires a body or functions, but found both}}
  kernel.step "a" algorithm("b") tasks(1) macs(0) bytes(0) functions [@f] {
    %c = arith.constant 0 : index
  }
}

// -----

func.func @main() {
  // expected-error @+1 {{requires at least one task, and neither less than no macs nor bytes, but found 0, 0 and 0}}
  kernel.step "a" algorithm("b") tasks(0) macs(0) bytes(0) {
    %c = arith.constant 0 : index
  }
  return
}

// -----

func.func @main() {
  // expected-error @+1 {{expects parent op 'builtin.module'}}
  kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {}
  return
}

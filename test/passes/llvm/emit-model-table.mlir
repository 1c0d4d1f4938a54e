// RUN: cnnc-opt %s --emit-model-table --split-input-file --verify-diagnostics | FileCheck %s

// The table holds every field of abi.h; what emit needs stays.
// CHECK: kernel.model inputs [#kernel.tensor<"x", {{.*}} weights(4) [dense<1.000000e+00> : tensor<1xf32>] at [0] {
// CHECK-NEXT: }
// CHECK: llvm.mlir.global external constant @cnnc_rt_api
// CHECK: llvm.mlir.global external constant @cnnc_weights_delta() {{.*}} : i64
// CHECK: llvm.mlir.global internal constant @cnnc_text_{{[0-9]+}}("toy\00")
// CHECK-NEXT: llvm.mlir.global internal constant @cnnc_text_{{[0-9]+}}("cnnc {{[0-9.]+}}\00")
// CHECK-NEXT: llvm.mlir.global internal constant @cnnc_text_{{[0-9]+}}("--dim batch=1\00")
// CHECK-NEXT: llvm.mlir.global internal constant @cnnc_text_{{[0-9]+}}("x86-64-v2\00")
// CHECK: llvm.mlir.global internal constant @cnnc_levels_{{[0-9]+}}() {{.*}} : !llvm.array<2 x struct<(ptr, i64)>>
// The needs of x86-64-v2 and x86-64-v3: one bit, and two.
// CHECK: llvm.mlir.constant(1 : i64)
// CHECK: llvm.mlir.constant(3 : i64)
// CHECK: llvm.mlir.global internal constant @cnnc_inputs_{{[0-9]+}}() {{.*}} : !llvm.array<1 x struct<(ptr, ptr, ptr, i64, i32, i32, i64)>>
// CHECK: llvm.mlir.global internal constant @cnnc_functions_{{[0-9]+}}() {{.*}} : !llvm.array<2 x ptr>
// CHECK: llvm.mlir.addressof @step_0_x86_64_v2
// CHECK: llvm.mlir.addressof @step_0_x86_64_v3
// CHECK: llvm.mlir.global internal constant @cnnc_steps_{{[0-9]+}}() {{.*}} : !llvm.array<1 x struct<(ptr, ptr, ptr, i64, i64, i64, i32, i32)>>
// CHECK: llvm.mlir.global external constant @cnnc_model()
// CHECK-SAME: !llvm.struct<(i32, i32, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, i64, i64, i64, i32, i32, i32, i32, i32, i32, i32, i32)>
// CHECK: llvm.func @toy_run(%[[IN:.*]]: !llvm.ptr, %[[OUT:.*]]: !llvm.ptr) -> i32 attributes {passthrough = {{\[\[}}"cnnc-role", "entry"]]}
// CHECK: %[[MODEL:.*]] = llvm.mlir.addressof @cnnc_model
// CHECK: llvm.call @cnnc_rt_run_default(%[[MODEL]], %[[IN]], %[[OUT]])
// CHECK: llvm.func @toy_run_in(%[[CONTEXT:.*]]: !llvm.ptr, %[[IN:.*]]: !llvm.ptr, %[[OUT:.*]]: !llvm.ptr) -> i32
// CHECK: %[[MODEL:.*]] = llvm.mlir.addressof @cnnc_model
// CHECK: llvm.call @cnnc_rt_run_in(%[[MODEL]], %[[CONTEXT]], %[[IN]], %[[OUT]])
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3"]>, cnnc.name = "toy", cnnc.flags = "--dim batch=1"} {
  kernel.model inputs [#kernel.tensor<"x", tensor<2x3xf32>, symbols = ["batch", ""]>] outputs [#kernel.tensor<"y", tensor<i64>>]
      arena(64) scratch(0) weights(4) [dense<1.0> : tensor<1xf32>] at [0] {
    kernel.step "conv" algorithm("direct") tasks(2) macs(3) bytes(4) functions [@step_0_x86_64_v2, @step_0_x86_64_v3]
  }
  llvm.func internal @step_0_x86_64_v2(%a: !llvm.ptr, %w: !llvm.ptr, %io: !llvm.ptr, %s: !llvm.ptr, %t: i64) { llvm.return }
  llvm.func internal @step_0_x86_64_v3(%a: !llvm.ptr, %w: !llvm.ptr, %io: !llvm.ptr, %s: !llvm.ptr, %t: i64) { llvm.return }
}

// -----

// A model without weights names none.
// CHECK-LABEL: cnnc.name = "bare"
// CHECK-NOT: cnnc_weights_delta
module attributes {cnnc.target = #target.cpu<"aarch64", levels = ["neon"]>, cnnc.name = "bare"} {
  kernel.model inputs [] outputs [] arena(0) scratch(0) weights(0) [] at [] {}
}

// -----

// expected-error @below {{requires the attributes cnnc.target, a #target.cpu, and cnnc.name}}
module attributes {cnnc.name = "x"} {}

// -----

// expected-error @+1 {{requires the attributes cnnc.target, a #target.cpu, and cnnc.name}}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">, cnnc.name = "toy"} {}

// -----

// expected-error @+1 {{requires one kernel.model, but found 0}}
module attributes {cnnc.target = #target.cpu<"aarch64", levels = ["neon"]>, cnnc.name = "toy"} {}

// -----

module attributes {cnnc.target = #target.cpu<"aarch64", levels = ["neon"]>, cnnc.name = "toy"} {
  kernel.model inputs [] outputs [#kernel.tensor<"y", tensor<4xf32>>] arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%y: memref<4xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    // expected-error @+1 {{requires functions, which the vector phase makes}}
    %zero = arith.constant 0.0 : f32
    kernel.step "fill" algorithm("fill") tasks(1) macs(0) bytes(16) {
      linalg.fill ins(%zero : f32) outs(%y : memref<4xf32>)
    }
  }
}

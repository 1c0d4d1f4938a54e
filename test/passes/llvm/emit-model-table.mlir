// RUN: cnnc-opt %s --emit-model-table --split-input-file --verify-diagnostics | FileCheck %s

// The table holds every field of abi.h; what emit needs stays.
// CHECK: module attributes
// CHECK-SAME: cnnc.weights
// CHECK-NOT: cnnc.steps
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
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3"]>, cnnc.name = "toy", cnnc.flags = "--dim batch=1", cnnc.arena_bytes = 64 : i64,
    cnnc.scratch_bytes = 0 : i64, cnnc.weights_bytes = 4 : i64, cnnc.weights = [[dense<1.0> : tensor<1xf32>, 0 : i64]],
    cnnc.inputs = [{name = "x", shape = array<i64: 2, 3>, type = 1 : i64, symbols = ["batch", ""]}],
    cnnc.outputs = [{name = "y", shape = array<i64>, type = 7 : i64}],
    cnnc.steps = [{name = "conv", algorithm = "direct", tasks = 2 : i64, macs = 3 : i64, bytes = 4 : i64, functions = [@step_0_x86_64_v2, @step_0_x86_64_v3]}]} {
  llvm.func internal @step_0_x86_64_v2(%a: !llvm.ptr, %w: !llvm.ptr, %io: !llvm.ptr, %s: !llvm.ptr, %t: i64) { llvm.return }
  llvm.func internal @step_0_x86_64_v3(%a: !llvm.ptr, %w: !llvm.ptr, %io: !llvm.ptr, %s: !llvm.ptr, %t: i64) { llvm.return }
}

// -----

// A model without weights names none.
// CHECK-LABEL: cnnc.name = "bare"
// CHECK-NOT: cnnc_weights_delta
module attributes {cnnc.target = #target.cpu<"aarch64", levels = ["neon"]>, cnnc.name = "bare", cnnc.steps = []} {}

// -----

// expected-error @below {{requires the attributes cnnc.target, a #target.cpu, cnnc.name and cnnc.steps}}
module attributes {cnnc.name = "x"} {}

// -----

// expected-error @+1 {{requires the attributes cnnc.target, a #target.cpu, cnnc.name and cnnc.steps}}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "x86_64">, cnnc.name = "toy", cnnc.steps = []} {}

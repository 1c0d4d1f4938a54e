// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a contraction of bytes becomes: one instruction where the cpu has it, pairs of 16 bits elsewhere.
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v4-vnni"]/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefix=VNNI
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v3-vnni"]/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefix=AVX-VNNI
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v4"]/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefix=PAIRS
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v4"], cpu = "skylake-avx512"/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefix=PAIRS
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v4-vnni"], cpu = "cascadelake"/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefix=CPU
// RUN: sed 's/TARGET/"aarch64", levels = ["neon-dotprod"]/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefix=SDOT
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v4", "x86-64-v4-vnni"]/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefix=BOTH
// RUN: sed 's/TARGET/"aarch64", levels = ["neon"]/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefix=PAIRS

// VNNI: llvm.func internal @step_0_x86_64_v4_vnni
// VNNI-SAME: target_cpu = "x86-64-v4", target_features = #llvm.target_features<["+avx512vnni"]>
// VNNI: llvm.func internal @kernel_contract
// VNNI-SAME: target_features = #llvm.target_features<["+avx512vnni"]>
// VNNI: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"({{.*}}) : (vector<16xi32>, vector<64xi8>, vector<64xi8>) -> vector<16xi32>
// VNNI-NOT: arith.muli {{.*}} : vector
// AVX-VNNI: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"({{.*}}) : (vector<8xi32>, vector<32xi8>, vector<32xi8>) -> vector<8xi32>
// CPU: llvm.func internal @step_0_x86_64_v4_vnni
// CPU-SAME: target_cpu = "cascadelake"}
// CPU: vpdpbusd.512
// SDOT: %[[HIGH:.*]] = arith.constant dense<-2139062144> : vector<4xi32>
// SDOT: %[[SHIFTED:.*]] = arith.xori %{{.*}}, %[[HIGH]] : vector<4xi32>
// SDOT: %[[BYTES:.*]] = vector.bitcast %[[SHIFTED]] : vector<4xi32> to vector<16xi8>
// SDOT: llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"(%{{.*}}, %[[BYTES]], %{{.*}}) : (vector<4xi32>, vector<16xi8>, vector<16xi8>) -> vector<4xi32>
// A step of bytes has code of its own for the level with dots; others share that of the level without.
// BOTH: functions [@step_0_x86_64_v4, @step_0_x86_64_v4_vnni]
// BOTH-NEXT: functions [@step_1_x86_64_v4, @step_1_x86_64_v4]
// BOTH-NOT: @step_1_x86_64_v4_vnni
// PAIRS-NOT: vpdpbusd
// PAIRS: arith.extsi {{.*}} : vector<[[HALVES:.*]]xi16> to vector<[[HALVES]]xi32>
// PAIRS: arith.muli {{.*}} : vector<[[HALVES]]xi32>
// PAIRS: vector.deinterleave
module attributes {cnnc.target = #target.cpu<TARGET>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x6x6x16xi8>>, #kernel.tensor<"w", tensor<2x1x4x16x4xi8>>] outputs [#kernel.tensor<"b", tensor<1x6x6x32xi32>>, #kernel.tensor<"c", tensor<1x16x6x6xi8>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<1x6x6x16xi8>, %w: memref<2x1x4x16x4xi8>, %b: memref<1x6x6x32xi32>, %c: memref<1x16x6x6xi8>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "dots" algorithm("pointwise") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<1x6x6x16xi8>, memref<2x1x4x16x4xi8>) outs(%b : memref<1x6x6x32xi32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 32 : i64}
    }
    kernel.step "move" algorithm("relayout") tasks(1) macs(0) bytes(0) {
      kernel.relayout ins(%a : memref<1x6x6x16xi8>) outs(%c : memref<1x16x6x6xi8>)
        {shape = array<i64: 1, 16, 6, 6>, a_order = array<i64: 0, 2, 3, 1>, a_block = -1 : i64, out_order = array<i64: 0, 1, 2, 3>, out_block = -1 : i64}
    }
  }
}

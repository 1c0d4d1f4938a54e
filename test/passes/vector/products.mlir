// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a contraction of bytes becomes: one instruction where the cpu has it, pairs of 16 bits elsewhere.
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v4"], cpu = "cascadelake"/' %s | cnnc-opt --convert-to-vector | FileCheck %s --check-prefix=VNNI
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v3"], cpu = "alderlake"/' %s | cnnc-opt --convert-to-vector | FileCheck %s --check-prefix=AVX-VNNI
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v4"]/' %s | cnnc-opt --convert-to-vector | FileCheck %s --check-prefix=PAIRS
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v4"], cpu = "skylake-avx512"/' %s | cnnc-opt --convert-to-vector | FileCheck %s --check-prefix=PAIRS
// RUN: sed 's/TARGET/"aarch64", levels = ["neon"]/' %s | cnnc-opt --convert-to-vector | FileCheck %s --check-prefix=PAIRS

// VNNI: llvm.func internal @kernel_contract
// VNNI: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"({{.*}}) : (vector<16xi32>, vector<64xi8>, vector<64xi8>) -> vector<16xi32>
// VNNI-NOT: arith.muli {{.*}} : vector
// AVX-VNNI: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"({{.*}}) : (vector<8xi32>, vector<32xi8>, vector<32xi8>) -> vector<8xi32>
// PAIRS-NOT: vpdpbusd
// PAIRS: arith.extsi {{.*}} : vector<[[HALVES:.*]]xi16> to vector<[[HALVES]]xi32>
// PAIRS: arith.muli {{.*}} : vector<[[HALVES]]xi32>
// PAIRS: vector.deinterleave
module attributes {cnnc.target = #target.cpu<TARGET>} {
  func.func @main(%a: memref<1x6x6x16xi8>, %w: memref<2x1x4x16x4xi8>, %b: memref<1x6x6x32xi32> {cnnc.output}) {
    kernel.step "dots" algorithm("pointwise") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<1x6x6x16xi8>, memref<2x1x4x16x4xi8>) outs(%b : memref<1x6x6x32xi32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 32 : i64}
    }
    return
  }
}

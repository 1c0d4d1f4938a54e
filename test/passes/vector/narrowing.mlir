// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v4"]/; s/HIGHEST/255/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefixes=PACK,WIDE
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v3"]/; s/HIGHEST/200/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefixes=HALF
// RUN: sed 's/TARGET/"x86_64", levels = ["x86-64-v4"]/; s/HIGHEST/256/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefix=EACH
// RUN: sed 's/TARGET/"aarch64", levels = ["neon"]/; s/HIGHEST/255/' %s | cnnc-opt --schedule-steps --convert-to-vector | FileCheck %s --check-prefix=EACH

// Four pixels become 64 bytes at once.
// PACK: llvm.call_intrinsic "llvm.lrint.v16i32.v16f32"
// WIDE: %[[A:.*]] = llvm.call_intrinsic "llvm.x86.avx512.packssdw.512"({{.*}}) : (vector<16xi32>, vector<16xi32>) -> vector<32xi16>
// WIDE: %[[Z:.*]] = arith.constant dense<7> : vector<32xi16>
// WIDE: llvm.call_intrinsic "llvm.sadd.sat.v32i16"(%[[A]], %[[Z]])
// WIDE: llvm.call_intrinsic "llvm.x86.avx512.packuswb.512"({{.*}}) -> vector<64xi8>
// WIDE: vector.shuffle {{.*}} [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]
// WIDE: llvm.store {{.*}} : vector<64xi8>
// Two pixels of two halves each, and no more than 200.
// HALF: llvm.call_intrinsic "llvm.x86.avx2.packuswb"({{.*}}) -> vector<32xi8>
// HALF: vector.shuffle {{.*}} [0, 4, 1, 5, 2, 6, 3, 7]
// HALF: %[[H:.*]] = arith.constant dense<-56> : vector<32xi8>
// HALF: arith.minui %{{.*}}, %[[H]]
// Past a byte, or without the instruction, each vector for itself.
// EACH-NOT: pack
// EACH: arith.minsi
// EACH: arith.trunci {{.*}} to vector<{{.*}}xi8>
module attributes {cnnc.target = #target.cpu<TARGET>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x1x4x4x16xi8>>, #kernel.tensor<"w", tensor<1x1x4x16x4xi8>>] outputs [#kernel.tensor<"c", tensor<1x1x4x4x16xi8>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<1x1x4x4x16xi8>, %w: memref<1x1x4x16x4xi8>, %c: memref<1x1x4x4x16xi8>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "bytes" algorithm("pointwise") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<1x1x4x4x16xi8>, memref<1x1x4x16x4xi8>) outs(%c : memref<1x1x4x4x16xi8>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
         dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64} epilogue {
      ^bb0(%acc: i32):
        %m = arith.constant 0.125 : f32
        %z = arith.constant 7 : i32
        %low = arith.constant 0 : i32
        %high = arith.constant HIGHEST : i32
        %f = arith.sitofp %acc : i32 to f32
        %s = arith.mulf %f, %m : f32
        %r = math.roundeven %s : f32
        %i = arith.fptosi %r : f32 to i32
        %t = arith.addi %i, %z : i32
        %u = arith.maxsi %t, %low : i32
        %v = arith.minsi %u, %high : i32
        %b = arith.trunci %v : i32 to i8
        kernel.yield %b : i8
      }
    }
  }
}

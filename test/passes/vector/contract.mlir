// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt --split-input-file --schedule-steps --convert-to-vector %s | FileCheck %s

// 3x3 over 5 rows of 13 pixels: tiles of 5, 4 and 4 pixels, offsets of the 9 segments from a table, the bias added
// to the sums at their end, and the epilogue on them.

// CHECK: llvm.mlir.global internal constant @[[TABLE:kernel_table_0]](dense<[0, 64, 128, 960, 1024, 1088, 1920, 1984, 2048]> : tensor<9xi64>)
// CHECK-LABEL: llvm.func internal @step_0_x86_64_v3
// CHECK: llvm.mlir.addressof @[[TABLE]]
// CHECK: scf.for
// CHECK: llvm.call @[[LARGE:kernel_contract_5x2_0_x86_64_v3]]
// CHECK: scf.for
// CHECK: llvm.call @[[SMALL:kernel_contract_4x2_0_x86_64_v3]]
// CHECK: llvm.func internal @[[LARGE]](%[[A:.*]]: !llvm.ptr {llvm.noalias}, %[[FILTER:.*]]: !llvm.ptr {llvm.noalias}, %[[OUT:.*]]: !llvm.ptr {llvm.noalias}, %[[COUNT:.*]]: i64, %[[OFFSETS:.*]]: !llvm.ptr {llvm.noalias}, %{{.*}}: i64, %{{.*}}: i64, %[[BIAS:.*]]: !llvm.ptr {llvm.noalias})
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[COUNT]] step %{{.*}} iter_args(
// CHECK: llvm.load %{{.*}} {alignment = 8 : i64} : !llvm.ptr -> i64
// CHECK: llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr -> f32
// CHECK: vector.broadcast %{{.*}} : f32 to vector<8xf32>
// CHECK-COUNT-160: vector.fma
// CHECK-NOT: vector.fma
// CHECK: scf.yield
// CHECK: %[[BIASES:.*]] = llvm.load %[[BIAS]] {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
// CHECK: arith.addf %{{.*}}, %[[BIASES]] : vector<8xf32>
// CHECK-COUNT-10: arith.cmpf ogt, %{{.*}} : vector<8xf32>
// CHECK-COUNT-10: llvm.store %{{.*}} : vector<8xf32>, !llvm.ptr
// CHECK: llvm.return
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<1x1x7x15x16xf32>>, #kernel.tensor<"w", tensor<1x9x16x16xf32>>, #kernel.tensor<"b", tensor<16xf32>>] outputs [#kernel.tensor<"y", tensor<1x1x5x13x16xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<1x1x7x15x16xf32>, %w: memref<1x9x16x16xf32>, %b: memref<16xf32>, %y: memref<1x1x5x13x16xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "conv" algorithm("direct") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w bias %b : memref<1x1x7x15x16xf32>, memref<1x9x16x16xf32>, memref<16xf32>)
        outs(%y : memref<1x1x5x13x16xf32>)
        {a_order = #kernel<channel_order blocked>, out_order = #kernel<channel_order blocked>, kernel = array<i64: 3, 3>,
         strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64, in_channels = 16 : i64, out_channels = 16 : i64,
         schedule = [#kernel.contract_schedule<rows = 6, vectors = 2>]}
        epilogue {
      ^bb0(%sum: f32):
        %zero = arith.constant 0.0 : f32
        %relu = arith.maximumf %sum, %zero : f32
        kernel.yield %relu : f32
      }
    }
  }
}

// -----

// Without a fused multiply-add: a product, then a sum. The last 4 of 20 channels are stored apart, and a panel takes two tiles.

// CHECK-LABEL: llvm.func internal @kernel_contract_2x2_0_x86_64_v2
// CHECK-NOT: vector.fma
// CHECK: %[[PRODUCT:.*]] = arith.mulf %{{.*}} : vector<4xf32>
// CHECK-NEXT: arith.addf %[[PRODUCT]], %{{.*}} : vector<4xf32>
// CHECK-COUNT-2: llvm.store %{{.*}} : vector<4xf32>
// CHECK-NOT: llvm.store
// CHECK: llvm.func internal @kernel_contract_2x2_1_x86_64_v2
// CHECK-COUNT-4: llvm.store %{{.*}} : vector<4xf32>
// CHECK-NOT: llvm.store
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<2x3xf32>>, #kernel.tensor<"w", tensor<2x1x3x16xf32>>] outputs [#kernel.tensor<"y", tensor<2x20xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<2x3xf32>, %w: memref<2x1x3x16xf32>, %y: memref<2x20xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "dense" algorithm("direct") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<2x3xf32>, memref<2x1x3x16xf32>) outs(%y : memref<2x20xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>,
         dilations = array<i64>, group = 1 : i64, in_channels = 3 : i64, out_channels = 20 : i64, schedule = [#kernel.contract_schedule<rows = 6, vectors = 2>]}
    }
  }
}

// -----

// Twelve sums, three pixels and a vector of the filter fill the registers: pitches that LLVM does not know lead to the
// filter's next row and to the second vector of a panel, lest it loads them early.

// CHECK-LABEL: llvm.func internal @kernel_contract_3x4_0_x86_64_v3
// CHECK: %[[SIXTY_FOUR:.*]] = arith.constant 64 : i64
// CHECK-NEXT: %[[ROW:.*]] = llvm.inline_asm {{.*}} %[[SIXTY_FOUR]]
// CHECK: %[[THIRTY_TWO:.*]] = arith.constant 32 : i64
// CHECK-NEXT: %[[VECTOR:.*]] = llvm.inline_asm {{.*}} %[[THIRTY_TWO]]
// CHECK: llvm.load %[[FIRST:.*]] {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
// CHECK: %[[SECOND:.*]] = llvm.getelementptr %[[FIRST]][%[[VECTOR]]]
// CHECK: llvm.load %[[SECOND]] {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
// CHECK: %[[NEXT:.*]] = llvm.getelementptr %[[FIRST]][%[[ROW]]]
// CHECK: llvm.load %[[NEXT]] {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<3x16xf32>>, #kernel.tensor<"w", tensor<2x1x16x16xf32>>] outputs [#kernel.tensor<"y", tensor<3x32xf32>>]
      arena(0) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<3x16xf32>, %w: memref<2x1x16x16xf32>, %y: memref<3x32xf32>, %arena: memref<0xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    kernel.step "dense" algorithm("direct") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w : memref<3x16xf32>, memref<2x1x16x16xf32>) outs(%y : memref<3x32xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>,
         dilations = array<i64>, group = 1 : i64, in_channels = 16 : i64, out_channels = 32 : i64, schedule = [#kernel.contract_schedule<rows = 3, vectors = 4>]}
    }
  }
}

// -----

// Partial sums rest in the result, unless the residual lies there.

// CHECK-LABEL: llvm.func internal @step_0_x86_64_v3
// CHECK-COUNT-2: llvm.call @kernel_contract
// CHECK-NOT: llvm.call
// CHECK: llvm.return
// CHECK-LABEL: llvm.func internal @step_1_x86_64_v3
// CHECK: llvm.call @kernel_contract
// CHECK-NOT: llvm.call
// CHECK: llvm.return
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3"]>} {
  kernel.model inputs [#kernel.tensor<"a", tensor<6x32xf32>>, #kernel.tensor<"w", tensor<1x2x16x16xf32>>] outputs []
      arena(768) scratch(0) weights(0) [] at [] {
  ^bb0(%a: memref<6x32xf32>, %w: memref<1x2x16x16xf32>, %arena: memref<768xi8>, %scratch: memref<0xi8>, %weights: memref<0xi8>):
    %c0 = arith.constant 0 : index
    %c384 = arith.constant 384 : index
    %x = memref.view %arena[%c0][] : memref<768xi8> to memref<6x16xf32>
    %y = memref.view %arena[%c384][] : memref<768xi8> to memref<6x16xf32>
    kernel.step "beside" algorithm("direct") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w extras %x : memref<6x32xf32>, memref<1x2x16x16xf32>, memref<6x16xf32>)
        outs(%y : memref<6x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>,
         dilations = array<i64>, group = 1 : i64, in_channels = 32 : i64, out_channels = 16 : i64, 
         schedule = [#kernel.contract_schedule<rows = 6, vectors = 2, reduction_blocks = 2>]}
        epilogue {
      ^bb0(%sum: f32, %residual: f32):
        %0 = arith.addf %sum, %residual : f32
        kernel.yield %0 : f32
      }
    }
    kernel.step "in place" algorithm("direct") tasks(1) macs(0) bytes(0) {
      kernel.contract ins(%a, %w extras %y : memref<6x32xf32>, memref<1x2x16x16xf32>, memref<6x16xf32>)
        outs(%y : memref<6x16xf32>)
        {a_order = #kernel<channel_order last>, out_order = #kernel<channel_order last>, kernel = array<i64>, strides = array<i64>,
         dilations = array<i64>, group = 1 : i64, in_channels = 32 : i64, out_channels = 16 : i64, 
         schedule = [#kernel.contract_schedule<rows = 6, vectors = 2>]}
        epilogue {
      ^bb0(%sum: f32, %residual: f32):
        %0 = arith.addf %sum, %residual : f32
        kernel.yield %0 : f32
      }
    }
  }
}

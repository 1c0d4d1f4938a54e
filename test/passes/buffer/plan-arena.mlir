// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --plan-arena | FileCheck %s

#id = affine_map<(a) -> (a)>

// The third buffer takes the first one's place. No task allocates anything.
// CHECK-LABEL: @dead_buffers_are_reused
// CHECK-SAME: (%arg0: memref<64xf32>, %[[ARENA:.*]]: memref<576xi8> {cnnc.arena}, %{{.*}}: memref<0xi8> {cnnc.scratch})
// CHECK-NOT: memref.alloc
// CHECK-DAG: memref.view %[[ARENA]][%c320{{.*}}][] : memref<576xi8> to memref<64xf32>
// CHECK-DAG: memref.view %[[ARENA]][%c0{{.*}}][] : memref<576xi8> to memref<70xf32>
// CHECK-DAG: memref.view %[[ARENA]][%c320{{.*}}][] : memref<576xi8> to memref<32xf32>
func.func @dead_buffers_are_reused(%x: memref<64xf32>) {
  %unused = memref.alloc() : memref<999xf32>
  %a = memref.alloc() : memref<64xf32>
  %b = memref.alloc() : memref<70xf32>
  %c = memref.alloc() : memref<32xf32>
  %part = memref.reinterpret_cast %b to offset: [6], sizes: [64], strides: [1] : memref<70xf32> to memref<64xf32, strided<[1], offset: 6>>
  %less = memref.reinterpret_cast %part to offset: [6], sizes: [32], strides: [1] : memref<64xf32, strided<[1], offset: 6>> to memref<32xf32, strided<[1], offset: 6>>
  kernel.step "first" algorithm("copy") tasks(1) macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<64xf32>) outs(%a : memref<64xf32>) {
    ^bb0(%e: f32, %o: f32):
      linalg.yield %e : f32
    }
  }
  kernel.step "second" algorithm("copy") tasks(1) macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : memref<64xf32>) outs(%part : memref<64xf32, strided<[1], offset: 6>>) {
    ^bb0(%e: f32, %o: f32):
      linalg.yield %e : f32
    }
  }
  kernel.step "third" algorithm("copy") tasks(1) macs(0) bytes(0) {
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%less : memref<32xf32, strided<[1], offset: 6>>) outs(%c : memref<32xf32>) {
    ^bb0(%e: f32, %o: f32):
      linalg.yield %e : f32
    }
  }
  return
}

// What a step's tasks allocate lies in their thread's memory, one buffer behind the other.
// CHECK-LABEL: @buffers_of_tasks_lie_in_scratch
// CHECK-SAME: {cnnc.arena}, %[[SCRATCH:.*]]: memref<704xi8> {cnnc.scratch})
// CHECK-NOT: memref.alloca
// CHECK: memref.view %[[SCRATCH]][%c0{{.*}}][] : memref<704xi8> to memref<7xf32>
// CHECK: memref.view %[[SCRATCH]][%c64{{.*}}][] : memref<704xi8> to memref<160xf32>
// CHECK: memref.view %[[SCRATCH]][%c0{{.*}}][] : memref<704xi8> to memref<16xf32>
func.func @buffers_of_tasks_lie_in_scratch() {
  %zero = arith.constant 0.0 : f32
  kernel.step "two" algorithm("fill") tasks(2) macs(0) bytes(0) {
    scf.forall (%task) in (2) {
      %a = memref.alloca() : memref<7xf32>
      %b = memref.alloca() : memref<160xf32>
      linalg.fill ins(%zero : f32) outs(%a : memref<7xf32>)
      linalg.fill ins(%zero : f32) outs(%b : memref<160xf32>)
    }
  }
  kernel.step "one" algorithm("fill") tasks(2) macs(0) bytes(0) {
    scf.forall (%task) in (2) {
      %a = memref.alloca() : memref<16xf32>
      linalg.fill ins(%zero : f32) outs(%a : memref<16xf32>)
    }
  }
  return
}

// RUN: cnnc-opt %s --pass-pipeline='builtin.module(llvm.func(convert-to-llvm-dialect))' | FileCheck %s

// CHECK-LABEL: llvm.func @sum
// CHECK-NOT: scf.
// CHECK-NOT: vector.
// CHECK: llvm.cond_br
// CHECK: llvm.intr.fmuladd(%{{.*}}) : (vector<8xf32>, vector<8xf32>, vector<8xf32>) -> vector<8xf32>
llvm.func @sum(%a: !llvm.ptr, %n: i64) attributes {target_cpu = "x86-64-v3"} {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %start = arith.constant dense<0.0> : vector<8xf32>
  %r = scf.for %i = %zero to %n step %one iter_args(%s = %start) -> (vector<8xf32>) : i64 {
    %p = llvm.getelementptr %a[%i] : (!llvm.ptr, i64) -> !llvm.ptr, vector<8xf32>
    %x = llvm.load %p {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
    %t = vector.fma %x, %x, %s : vector<8xf32>
    scf.yield %t : vector<8xf32>
  }
  llvm.store %r, %a {alignment = 4 : i64} : vector<8xf32>, !llvm.ptr
  llvm.return
}

// A declaration is left alone.
// CHECK: llvm.func @outside(!llvm.ptr)
llvm.func @outside(!llvm.ptr)

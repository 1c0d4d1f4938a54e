// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --split-input-file | cnnc-opt --split-input-file | FileCheck %s

// CHECK: module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80", "sm_90a"], host = "x86_64">}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80", "sm_90a"], host = "x86_64">} {}

// -----

// CHECK: module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_90a"], host = "aarch64">}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_90a"], host = "aarch64">} {}

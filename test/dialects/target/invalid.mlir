// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: cnnc-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{unknown level "x86-64-v9"}}
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v9"]>} {}

// -----

// expected-error @+1 {{level "x86-64-v3" is of family x86_64, not aarch64}}
module attributes {cnnc.target = #target.cpu<"aarch64", levels = ["x86-64-v3"]>} {}

// -----

// expected-error @+1 {{requires ascending levels, but found "x86-64-v3" after x86-64-v3}}
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v3", "x86-64-v3"]>} {}

// -----

// expected-error @+1 {{requires ascending levels, but found "x86-64-v2" after x86-64-v4}}
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v4", "x86-64-v2"]>} {}

// -----

// The one that is faster where the machine has both stands behind.
// expected-error @+1 {{requires ascending levels, but found "x86-64-v3-vnni" after x86-64-v4}}
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v4", "x86-64-v3-vnni"]>} {}

// -----

// expected-error @+1 {{requires one level beside a cpu, but found 2}}
module attributes {cnnc.target = #target.cpu<"x86_64", levels = ["x86-64-v2", "x86-64-v3"], cpu = "haswell">} {}

// -----

// expected-error @+1 {{unknown level "sm_10"}}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_10"], host = "x86_64">} {}

// -----

// Each kind of machine has a table of its own.
// expected-error @+1 {{unknown level "sm_80"}}
module attributes {cnnc.target = #target.cpu<"nvptx64", levels = ["sm_80"]>} {}

// -----

// expected-error @+1 {{unknown level "x86-64-v3"}}
module attributes {cnnc.target = #target.gpu<"x86_64", levels = ["x86-64-v3"], host = "x86_64">} {}

// -----

// expected-error @+1 {{level "sm_80" is of family nvptx64, not amdgcn}}
module attributes {cnnc.target = #target.gpu<"amdgcn", levels = ["sm_80"], host = "x86_64">} {}

// -----

// expected-error @+1 {{requires ascending levels, but found "sm_80" after sm_90a}}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_90a", "sm_80"], host = "x86_64">} {}

// -----

// expected-error @+1 {{unknown host "nvptx64"}}
module attributes {cnnc.target = #target.gpu<"nvptx64", levels = ["sm_80"], host = "nvptx64">} {}

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
.macro runtime name, file
  .globl cnnc_runtime_\name
  .globl cnnc_runtime_\name\()_end
  .balign 16
cnnc_runtime_\name:
  .incbin "\file"
cnnc_runtime_\name\()_end:
.endm

.section .rodata
runtime x86_64, cnnc_rt_x86_64.o
runtime aarch64, cnnc_rt_aarch64.o

.section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
.macro bitcode name, file
  .globl cnnc_bitcode_\name
  .globl cnnc_bitcode_\name\()_end
  .balign 16
cnnc_bitcode_\name:
  .incbin "\file"
cnnc_bitcode_\name\()_end:
.endm

.section .rodata
bitcode x86_64, cnnc_rt_x86_64.bc
bitcode aarch64, cnnc_rt_aarch64.bc

.section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef CNNC_OPEN_ELF_FILE_H
#define CNNC_OPEN_ELF_FILE_H

#include "cnnc/cnnc.h"

/* Whether the file is a whole shared library for this processor. The dynamic loader does not look: it maps what the
 * headers say and faults on what a file cut off in copying lacks. */
cnnc_status cnnc_elf_file_check(const char *path);

#endif

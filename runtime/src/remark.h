/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef CNNC_REMARK_H
#define CNNC_REMARK_H

#include <stdatomic.h>
#include <stdint.h>

/* Writes the line on stderr, unless it is the one that was last written for this `remarked`. */
void cnnc_remark_once(_Atomic uint32_t *remarked, const char *line);

#endif

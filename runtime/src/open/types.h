/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef CNNC_OPEN_TYPES_H
#define CNNC_OPEN_TYPES_H

#include "cnnc/cnnc.h"

#include <stdbool.h>

/* The product of the extents and the element's size; false when an extent is negative, the type unknown or it
 * overflows. */
bool cnnc_tensor_bytes(const cnnc_abi_tensor *tensor, uint64_t *bytes);

#endif

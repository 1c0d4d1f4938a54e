/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef CNNC_OPEN_VALIDATE_H
#define CNNC_OPEN_VALIDATE_H

#include "cnnc/cnnc.h"

/* Whether the table is one that this version can run. `path` is for the sentence. The table is readable for at least
 * its two first fields. */
cnnc_status cnnc_model_validate(const char *path, const cnnc_abi_model *model);

#endif

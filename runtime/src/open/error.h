/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The sentence behind cnnc_last_error(). */
#ifndef CNNC_OPEN_ERROR_H
#define CNNC_OPEN_ERROR_H

#include "cnnc/cnnc.h"

/* Keeps the formatted sentence for this thread and returns `status`. */
cnnc_status cnnc_error(cnnc_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "open/error.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char last_error[1024];

const char *cnnc_last_error(void) { return last_error; }

cnnc_status cnnc_error(cnnc_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(last_error, sizeof last_error, format, arguments);
  va_end(arguments);
  return status;
}

const char *cnnc_status_text(cnnc_status status) {
  switch (status) {
  case CNNC_OK:
    return "no error";
  case CNNC_INVALID_ARGUMENT:
    return "invalid argument";
  case CNNC_OVERLAPPING_BUFFERS:
    return "overlapping buffers";
  case CNNC_OUT_OF_MEMORY:
    return "out of memory";
  case CNNC_UNSUPPORTED_CPU:
    return "unsupported processor";
  case CNNC_LOAD_FAILED:
    return "the model could not be loaded";
  case CNNC_NOT_A_MODEL:
    return "not a model of this version";
  case CNNC_BUSY:
    return "the context is running on another thread";
  }
  return "unknown status";
}

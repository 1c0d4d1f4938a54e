/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls the toy model through its header, as an embedding program does. */
#include "toy.h"
#include <math.h>
#include <stdio.h>

int main(void) {
  float x[TOY_INPUT_X_ELEMENTS], y[TOY_OUTPUT_Y_ELEMENTS];
  for (unsigned i = 0; i < TOY_INPUT_X_ELEMENTS; ++i)
    x[i] = 0.25f * i - 3;
  toy_inputs inputs = {x};
  toy_outputs outputs = {y};
  const int status = toy_run(&inputs, &outputs);
  if (status)
    return printf("status %d\n", status), 1;
  for (unsigned i = 0; i < TOY_OUTPUT_Y_ELEMENTS; ++i)
    if (fabsf(y[i] - (expf(x[i] * (i / 64.0f)) + 2)) > 1e-6f * y[i])
      return printf("y[%u] = %g\n", i, y[i]), 1;
  return puts("right"), 0;
}

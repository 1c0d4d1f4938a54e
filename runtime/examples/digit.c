/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A model inside a program: the header that cnnc writes beside the library, one call, no other library. The network is
 * mnist-8 of the ONNX model zoo, saved as mnist.onnx: functions and macros have the name of its file.
 *
 *   cnnc mnist.onnx
 *   cc -I. digit.c ./mnist.so -Wl,-rpath,'$ORIGIN' -o digit && ./digit */
#include "mnist.h"

#include <stdio.h>

/* White on black, 28 rows of 28 pixels from 0 to 255: an upright stroke, a little aslant. */
static void draw_one(float *pixels) {
  for (int row = 4; row < 24; ++row)
    for (int column = 0; column < 3; ++column)
      pixels[row * 28 + 15 - row / 5 + column] = 255;
}

int main(void) {
  static float pixels[MNIST_INPUT_INPUT3_ELEMENTS];
  float scores[MNIST_OUTPUT_PLUS214_OUTPUT_0_ELEMENTS];
  draw_one(pixels);

  const mnist_inputs inputs = {.Input3 = pixels};
  mnist_outputs outputs = {.Plus214_Output_0 = scores};
  const int status = mnist_run(&inputs, &outputs);
  if (status != 0) {
    fprintf(stderr, "mnist_run: status %d\n", status);
    return 1;
  }
  unsigned best = 0;
  for (unsigned digit = 1; digit < MNIST_OUTPUT_PLUS214_OUTPUT_0_ELEMENTS; ++digit)
    if (scores[digit] > scores[best])
      best = digit;
  printf("this is a %u\n", best);
  return 0;
}

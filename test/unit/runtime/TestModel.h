/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A model table written by hand: what generated code looks like to the runtime. */
#ifndef CNNC_TEST_UNIT_RUNTIME_TESTMODEL_H
#define CNNC_TEST_UNIT_RUNTIME_TESTMODEL_H

#include "cnnc/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  TEST_ELEMENTS = 192, /* of the input "x" and the output "y" */
  TEST_TOTALS = 3,     /* of the output "totals": a sum, a subnormal product, the index of the level */
};

extern const cnnc_abi_model test_model;

/* Called by the first step of every run when it is set. */
extern void (*test_model_hook)(void);

/* What a model file exports beside the table. */
__attribute__((visibility("default"))) int test_model_run(void *const *model_inputs, void *const *model_outputs);

/* The outputs, computed without the runtime. */
void test_model_reference(const float *x, float *y, float *sum);

#ifdef __cplusplus
}
#endif
#endif

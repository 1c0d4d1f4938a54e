/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A library with a cnnc_model that is none. */
const int cnnc_model = 1;

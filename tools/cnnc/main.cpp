// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/Driver.h"

int main(int argc, char **argv) { return cnnc::driver::runDriver(argc, argv); }

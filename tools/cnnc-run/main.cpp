// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Runner.h"

int main(int argc, char **argv) { return cnnc::runner::runMain(argc, argv); }

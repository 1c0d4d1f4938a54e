// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/bench/Bench.h"

int main(int argc, char **argv) { return cnnc::bench::runBench(argc, argv); }

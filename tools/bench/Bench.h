// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the program cnnc-bench does.
#ifndef CNNC_TOOLS_BENCH_BENCH_H
#define CNNC_TOOLS_BENCH_BENCH_H

namespace cnnc::bench {

/// Compiles each layer of Layers.def as cnnc does, times its kernel with weights that are not in any cache, and prints
/// its share of the multiply-add peak measured beside it. Exit code 0, 1 for a wrong flag, 2 where a layer did not
/// compile or run.
int runBench(int argc, const char *const *argv);

} // namespace cnnc::bench

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The fused multiply-add peak of the core this runs on, to measure beside everything else: clocks drift.
#ifndef CNNC_TOOLS_BENCH_PEAK_H
#define CNNC_TOOLS_BENCH_PEAK_H

namespace cnnc::bench {

/// GFLOP/s of independent fp32 multiply-adds in registers at the level of that name ("x86-64-v3"); about 0.2 ms.
double measurePeak(const char *level);

/// Seconds on a steady clock.
double now();

} // namespace cnnc::bench

#endif

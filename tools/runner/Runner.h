// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CNNC_TOOLS_RUNNER_RUNNER_H
#define CNNC_TOOLS_RUNNER_RUNNER_H

namespace cnnc::runner {

/// What the program cnnc-run does; returns its exit status: 0, 1 on a mismatch, 2 on a usage or load error.
int runMain(int argc, const char *const *argv);

} // namespace cnnc::runner

#endif

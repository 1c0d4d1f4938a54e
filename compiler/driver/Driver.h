// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the program cnnc does.
#ifndef CNNC_COMPILER_DRIVER_DRIVER_H
#define CNNC_COMPILER_DRIVER_DRIVER_H

namespace cnnc::driver {

/// Compiles as the command line says. Returns the exit code: 0 done, 1 the model or a flag is at fault (a diagnostic on
/// standard error says why), 2 an error of cnnc's own.
int runDriver(int argc, const char *const *argv);

} // namespace cnnc::driver

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the command line asks for.
#ifndef CNNC_COMPILER_DRIVER_OPTIONS_H
#define CNNC_COMPILER_DRIVER_OPTIONS_H

#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace cnnc::driver {

enum class Command { Compile, SupportedOps };

struct Options {
  Command command = Command::Compile;
  std::string input;
  std::string output;            ///< empty: named after the input, in the current folder
  std::string target = "x86_64"; ///< x86_64, aarch64 or nvptx64
  std::string cpu;               ///< empty: all levels of the target
  std::string name;              ///< what the symbols begin with; empty: named after the output or the input
  std::string emit = "so";
  std::string stopAfter;           ///< a phase's name, or empty
  std::vector<std::string> shapes; ///< name=1x3x224x224
  std::vector<std::string> dims;   ///< symbol=4
  std::string diagnostics = "text";
  unsigned optimization = 3;
  unsigned threads = 0; ///< 0: as many as the machine has
  unsigned budget = 1;  ///< multiplies the bounds on what a model may ask of the compiler
  bool winograd = true;
  bool inference = false;
  bool explain = false;
  bool tune = false;
  std::string tuningRecord; ///< empty: beside the output
  bool verbose = false;
};

/// The flags that the phases depend on, as on the command line, where they are not the defaults; `cpu` is what
/// -mcpu=native found.
std::string describeFlags(const Options &options, llvm::StringRef cpu);

/// Reads the command line. An error names the flag and what it takes; --help and --version print and exit.
llvm::Expected<Options> parseOptions(int argc, const char *const *argv);

} // namespace cnnc::driver

#endif

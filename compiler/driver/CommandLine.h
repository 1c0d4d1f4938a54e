// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the command line asks for.
#ifndef CNNC_COMPILER_DRIVER_COMMANDLINE_H
#define CNNC_COMPILER_DRIVER_COMMANDLINE_H

#include "compiler/api/Options.h"

namespace cnnc::driver {

enum class Command { Compile, SupportedOps };

/// The flags that are the command line's alone have a field each, by the rows of Options.def.
struct CommandLine {
  Command command = Command::Compile;
  std::string input; ///< '-': standard input
  api::Options options;
#define COMMAND_OPTION(field, type, initial, flag, rule, value, help) type field = initial;
#include "compiler/api/Options.def"
};

/// Reads the command line. An error names the flag and what it takes; --help and --version print and exit.
llvm::Expected<CommandLine> parseCommandLine(int argc, const char *const *argv);

} // namespace cnnc::driver

#endif

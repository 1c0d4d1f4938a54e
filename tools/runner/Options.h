// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CNNC_TOOLS_RUNNER_OPTIONS_H
#define CNNC_TOOLS_RUNNER_OPTIONS_H

#include "tools/runner/Picture.h"

namespace cnnc::runner {

struct InputFile {
  std::string input;
  std::string path;
};

struct Options {
  std::string model;
  std::string testData;
  std::string saveFolder;
  std::string labels;
  std::vector<InputFile> inputs;
  std::optional<double> relativeTolerance;
  std::optional<double> absoluteTolerance;
  uint32_t threads = 0;
  bool benchmark = false;
  double benchmarkSeconds = 2;
  std::optional<double> rate; // runs per second; none: a closed loop
  bool profile = false;
  bool fillWithZeros = false;
  bool help = false;
  PictureOptions picture;
};

/// Both "--flag value" and "--flag=value". Nothing, with the reason in `error`, for a line that cannot be followed.
std::optional<Options> parseOptions(int argc, const char *const *argv, std::string &error);

extern const char *const helpText;

} // namespace cnnc::runner

#endif

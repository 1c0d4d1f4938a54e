// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An opened model with a context and one set of buffers.
#ifndef CNNC_TOOLS_RUNNER_SESSION_H
#define CNNC_TOOLS_RUNNER_SESSION_H

#include "tools/runner/Options.h"

#include "cnnc/cnnc.hpp"

namespace cnnc::runner {

/// Milliseconds on a clock that never steps back.
double nowMilliseconds();

class Session {
public:
  /// Opens the model and creates the context; the buffers of inputs are still empty.
  static std::optional<Session> open(const Options &options, std::string &error);

  /// Fills the inputs: from --input, else from --test-data, else as --fill says.
  bool readInputs(const Options &options, std::string &error);

  /// One inference; the milliseconds that it took.
  std::optional<double> run(std::string &error);

  const Library &library() const { return model; }
  const Context &context() const { return state; }
  const std::vector<Tensor> &outputs() const { return results; }
  double loadMilliseconds() const { return loaded; }

private:
  Library model;
  Context state;
  std::vector<Tensor> arguments;
  std::vector<Tensor> results;
  double loaded = 0;
};

} // namespace cnnc::runner

#endif

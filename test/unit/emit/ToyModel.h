// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model of two steps in the LLVM dialect, as the last phase would leave it: y = exp(x * w) + 2 over 64 floats, with
// w[i] = i / 64.
#ifndef CNNC_TEST_UNIT_EMIT_TOYMODEL_H
#define CNNC_TEST_UNIT_EMIT_TOYMODEL_H

#include "compiler/emit/Header.h"
#include <string>

constexpr unsigned toyElements = 64;

struct ToyOptions {
  bool arm = false;
  /// Rounds x * w to half precision.
  bool half = false;
  /// Functions of no use, to make the module big enough for several partitions.
  unsigned ballast = 0;
  /// The weights are repeated to this size.
  uint64_t weightsBytes = 320;
};

std::string toyModelText(const ToyOptions &options);
cnnc::emit::ModelInterface toyInterface();

#endif

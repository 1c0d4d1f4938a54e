// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Convolutions that tests of costs and of choices ask about.
#ifndef CNNC_TEST_UNIT_PASSES_LAYOUT_CONVSHAPES_H
#define CNNC_TEST_UNIT_PASSES_LAYOUT_CONVSHAPES_H

#include "passes/layout/ConvCost.h"

namespace cnnc::layout {

inline constexpr CoreFacts kAvx2 = {8, true, 512 << 10};

/// As many channels out as in, and as many pixels.
inline ConvShape square(int64_t channels, int64_t extent, int64_t kernel) {
  ConvShape conv;
  conv.inChannels = conv.outChannels = channels;
  conv.input = conv.output = {extent, extent};
  conv.kernel = {kernel, kernel};
  conv.strides = conv.dilations = {1, 1};
  return conv;
}

} // namespace cnnc::layout

#endif

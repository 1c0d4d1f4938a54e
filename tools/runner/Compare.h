// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CNNC_TOOLS_RUNNER_COMPARE_H
#define CNNC_TOOLS_RUNNER_COMPARE_H

#include "tools/runner/Tensor.h"

namespace cnnc::runner {

/// An element passes when |found - expected| <= relative * |expected| + absolute * max |expected|, the maximum over the
/// finite elements of the tensor. NaN passes for NaN, an infinity for itself.
struct Tolerance {
  double relative = 0;
  double absolute = 0;
};

/// What stands to reason for a type: float32 and float64 1e-5 and 1e-4 (summation in another order), float16 2e-3 and
/// 1e-3 (its rounding is 5e-4, computed here in float32), integers exactly.
Tolerance defaultTolerance(uint32_t type);

struct Comparison {
  double maxAbsolute = 0;
  double maxRelative = 0;               // over expected elements other than 0
  uint64_t maxUlps = 0;                 // representable numbers between the two; 0 for integers
  std::optional<int64_t> worstMismatch; // the element that exceeds the tolerance most
  int64_t mismatches = 0;
};

/// Tensors of one type and shape.
Comparison compare(const Tensor &found, const Tensor &expected, const Tolerance &tolerance);

} // namespace cnnc::runner

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a model may ask of the compiler: no small file may cost much time or memory.
#ifndef CNNC_COMPILER_IMPORT_BUDGET_H
#define CNNC_COMPILER_IMPORT_BUDGET_H

#include <cstdint>

namespace cnnc::importing {

/// Something that is used up. `what` completes "requires at most 65536 ...".
struct Bound {
  const char *what;
  int64_t most;
  int64_t used = 0;

  /// Uses `amount`, if it is there.
  bool take(int64_t amount) {
    if (amount > most - used)
      return false;
    used += amount;
    return true;
  }
};

/// The bounds of one import, each multiplied by what --budget says.
struct Budget {
  explicit Budget(int64_t factor)
      : inlined{"nodes in all calls of functions and all branches", factor << 16},
        filledAtOnce{"elements in a constant that is described and not stored", factor * 7 << 24},
        filled{"elements in all constants that are described and not stored", factor * 3 << 26},
        folded{"elements to fold", factor << 23}, listed{"entries in a list", factor << 20},
        phases{"phases in all transposed convolutions, one for each combination of strides", factor << 11},
        printed{"bytes of diagnostics", factor << 18} {}

  Bound inlined;
  /// The largest in use are dense layers of ONNX's own light models: VGG-19's have 98 Mi elements, and 137 Mi in all.
  Bound filledAtOnce;
  Bound filled;
  /// Beyond it constants are computed whenever the model runs. Each element that the model stores adds to it.
  Bound folded;
  /// Of each list for itself.
  Bound listed;
  /// Each is a convolution of its own. The most in use are 1024, of FCN-32s, which enlarges by 32 in both dimensions.
  Bound phases;
  Bound printed;

  bool fill(int64_t elements) {
    Bound one = filledAtOnce;
    return one.take(elements) && filled.take(elements);
  }
};

/// How often each stored element may be folded: standardised filters take about 40 operations.
constexpr int64_t kFoldsPerElement = 256;

/// The way out of every bound.
constexpr char kBudgetNote[] = "--budget=<factor> multiplies this bound";

} // namespace cnnc::importing

#endif

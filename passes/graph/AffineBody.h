// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads a body of scalar ops as `scale[c] * x + shift[c]`.
#ifndef CNNC_PASSES_GRAPH_AFFINEBODY_H
#define CNNC_PASSES_GRAPH_AFFINEBODY_H

#include "dialects/cnn/Cnn.h"

#include <optional>
#include <vector>

namespace cnnc::graph {

/// `scale * x + shift` with one entry per channel, or one for all channels.
struct Affine {
  std::vector<double> scale, shift;

  double getScale(size_t channel) const { return scale[scale.size() == 1 ? 0 : channel]; }
  double getShift(size_t channel) const { return shift[shift.size() == 1 ? 0 : channel]; }
  bool hasScale() const; ///< Is any scale not 1?
  bool hasShift() const; ///< Is any shift not 0?
};

/// What `map` computes from its input `x`, if that is affine and its other inputs are constants per channel (dimension
/// 1).
std::optional<Affine> getAffine(cnn::MapOp map, mlir::Value x);

} // namespace cnnc::graph

#endif

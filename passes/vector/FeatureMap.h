// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A stored feature map in a step: how it lies, and where.
#ifndef CNNC_PASSES_VECTOR_FEATUREMAP_H
#define CNNC_PASSES_VECTOR_FEATUREMAP_H

#include "dialects/kernel/StoredMap.h"
#include "passes/vector/Step.h"

namespace cnnc::to_vector {

struct FeatureMap : kernel::StoredMap {
  mlir::Value pointer; ///< to its first element
  mlir::Type elementType;
};

/// Diagnosed where the place is not static.
mlir::FailureOr<FeatureMap> getFeatureMap(mlir::Value memref, kernel::ChannelOrder order, Step &step);

} // namespace cnnc::to_vector

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The end of an epilogue that leaves bytes: integers of 32 bits plus a zero point, saturated; those of several vectors
// at once where the machine packs them.
#ifndef CNNC_PASSES_VECTOR_NARROWING_H
#define CNNC_PASSES_VECTOR_NARROWING_H

#include "mlir/IR/Region.h"
#include "passes/vector/VectorEmitter.h"

namespace cnnc::to_vector {

/// `trunci(minsi(maxsi(whole + zeroPoint, lowest), highest))` to a byte without a sign, which a region yields.
struct Narrowing {
  mlir::Value whole; ///< in the region
  int64_t zeroPoint = 0, lowest, highest;
};

/// What the region ends with, if it is that and the level packs.
std::optional<Narrowing> findNarrowing(mlir::Region &region, const target::Level &level);

/// The bytes of one native vector.
mlir::Value narrow(VectorEmitter &emitter, const Narrowing &narrowing, mlir::Value whole);

/// How many vectors of 32 bits become one of bytes.
inline constexpr int64_t kPackedVectors = 4;

/// The bytes of four native vectors, one after another.
mlir::Value packBytes(VectorEmitter &emitter, const Narrowing &narrowing, mlir::ValueRange wholes);

} // namespace cnnc::to_vector

#endif

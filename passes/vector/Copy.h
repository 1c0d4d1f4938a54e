// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies between strided boxes, with transposes in registers where the two sides are contiguous along different loops.
#ifndef CNNC_PASSES_VECTOR_COPY_H
#define CNNC_PASSES_VECTOR_COPY_H

#include "passes/vector/Step.h"

namespace cnnc::to_vector {

/// One loop of a copy; pitches in bytes.
struct CopyLoop {
  int64_t extent, sourcePitch, targetPitch;
  /// Elements of the target past `extent`, which receive zero. At most one loop, contiguous in the target.
  int64_t zeros = 0;
};

/// The step's part of the copy.
void emitCopy(Step &step, llvm::ArrayRef<CopyLoop> loops, mlir::Value source, mlir::Value target, mlir::Type element);

} // namespace cnnc::to_vector

#endif

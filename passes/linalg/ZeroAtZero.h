// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Does a region of scalar ops map zeros to zero? Then padding lanes stay zero by themselves.
#ifndef CNNC_PASSES_LINALG_ZEROATZERO_H
#define CNNC_PASSES_LINALG_ZEROATZERO_H

#include "mlir/IR/Region.h"

namespace cnnc::to_linalg {

/// Evaluates the region's only block, whose terminator yields one value, with the arguments of `isZero` zero and the
/// others unknown. False where the result is not zero or not known.
bool isZeroAtZero(mlir::Region &region, llvm::ArrayRef<bool> isZero);

} // namespace cnnc::to_linalg

#endif

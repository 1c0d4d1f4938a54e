// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The patterns of the door from cnn to kernel, by family.
#ifndef CNNC_PASSES_KERNEL_PATTERNS_H
#define CNNC_PASSES_KERNEL_PATTERNS_H

#include "mlir/Transforms/DialectConversion.h"

namespace cnnc::to_kernel {

void populateConvPatterns(mlir::TypeConverter &converter, mlir::RewritePatternSet &patterns);
void populateConvTransposePatterns(mlir::TypeConverter &converter, mlir::RewritePatternSet &patterns);
void populatePoolPatterns(mlir::TypeConverter &converter, mlir::RewritePatternSet &patterns);
void populateMatMulPatterns(mlir::TypeConverter &converter, mlir::RewritePatternSet &patterns);
void populateShapePatterns(mlir::TypeConverter &converter, mlir::RewritePatternSet &patterns);

/// Can a stored constant border alone express this pad? (It must not reach lanes past the extent.)
bool isStoredPad(mlir::Operation *pad);

} // namespace cnnc::to_kernel

#endif

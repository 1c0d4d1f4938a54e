// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The patterns of the door from cnn to linalg, by family.
#ifndef CNNC_PASSES_LINALG_PATTERNS_H
#define CNNC_PASSES_LINALG_PATTERNS_H

#include "mlir/Transforms/DialectConversion.h"

namespace cnnc::to_linalg {

void populateMapPatterns(mlir::TypeConverter &converter, mlir::RewritePatternSet &patterns);
void populateReducePatterns(mlir::TypeConverter &converter, mlir::RewritePatternSet &patterns);
void populateResizePatterns(mlir::TypeConverter &converter, mlir::RewritePatternSet &patterns);
void populateProductPatterns(mlir::TypeConverter &converter, mlir::RewritePatternSet &patterns);
void populateIndexingPatterns(mlir::TypeConverter &converter, mlir::RewritePatternSet &patterns);

} // namespace cnnc::to_linalg

#endif

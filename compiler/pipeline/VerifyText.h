// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a module from a text file must hold before a pass looks at it.
#ifndef CNNC_COMPILER_PIPELINE_VERIFYTEXT_H
#define CNNC_COMPILER_PIPELINE_VERIFYTEXT_H

#include "mlir/IR/BuiltinOps.h"

namespace cnnc::pipeline {

/// Whether the module is what its phase (`cnnc.phase`; absent: import) leaves: the dialects of that phase, one function
/// @main of one block on tensors or memrefs of known and moderate shape or, from the vector phase on, the functions
/// that the attributes name; and each `cnnc.` attribute in its form, with sizes and offsets that agree. What is not, is
/// diagnosed: the passes rely on it and do not look.
mlir::LogicalResult verifyText(mlir::ModuleOp module);

} // namespace cnnc::pipeline

#endif

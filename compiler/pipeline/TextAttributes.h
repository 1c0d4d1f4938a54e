// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The forms of the module's attributes, from phase to phase.
#ifndef CNNC_COMPILER_PIPELINE_TEXTATTRIBUTES_H
#define CNNC_COMPILER_PIPELINE_TEXTATTRIBUTES_H

#include "mlir/IR/BuiltinOps.h"

namespace cnnc::pipeline {

/// Whether each attribute that the phases after `phase` read is there, in its form.
mlir::LogicalResult verifyAttributes(mlir::ModuleOp module, llvm::StringRef phase);

/// Whether it is an array of so many texts.
bool isStringList(mlir::Attribute attribute, int64_t size);

} // namespace cnnc::pipeline

#endif

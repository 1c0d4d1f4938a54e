// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From an ONNX file to a module of the cnn dialect.
#ifndef CNNC_COMPILER_IMPORT_IMPORT_H
#define CNNC_COMPILER_IMPORT_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace cnnc::importing {

struct ImportOptions {
  std::vector<std::string> shapes; ///< --shape: name=1x3x224x224
  std::vector<std::string> dims;   ///< --dim: symbol=4
  unsigned budget = 1;             ///< --budget: multiplies the bounds on what a small model may ask for
  bool inference = false;          ///< --inference: use running statistics where a node asks for training
};

/// Reads the ONNX model at `path`. Every fault is a diagnostic of the context, at the node's name; null then.
mlir::OwningOpRef<mlir::ModuleOp> importModel(llvm::StringRef path, const ImportOptions &options,
                                              mlir::MLIRContext *context);

/// One in memory, which has no external data.
mlir::OwningOpRef<mlir::ModuleOp> importModel(llvm::MemoryBufferRef bytes, const ImportOptions &options,
                                              mlir::MLIRContext *context);

/// Prints the table of operators, opsets and types.
void printSupportedOps(llvm::raw_ostream &stream);

} // namespace cnnc::importing

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How diagnostics reach the user: one line each, as text or as JSON.
#ifndef CNNC_COMPILER_DRIVER_DIAGNOSTICS_H
#define CNNC_COMPILER_DRIVER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Error.h"

namespace cnnc {

/// Prints diagnostics on standard error:
///   model.onnx: node "/layer1/conv1/Conv" (Conv, opset 13): error: requires 4 pads, but found 2
///   {"file": "model.onnx", "node": "...", "severity": "error", "message": "..."}
class DiagnosticPrinter {
public:
  DiagnosticPrinter(mlir::MLIRContext *context, llvm::StringRef file, bool json);
  void report(llvm::Error error);
  bool hasErrors() const { return errors > 0; }
  /// Whether an error said of itself that it is cnnc's own fault.
  bool hasInternalErrors() const { return internalErrors > 0; }

private:
  void count(llvm::StringRef message);
  void print(llvm::StringRef node, llvm::StringRef kind, llvm::StringRef severity, llvm::StringRef message);
  void print(mlir::Diagnostic &diagnostic);

  std::string file;
  bool json;
  unsigned errors = 0;
  unsigned internalErrors = 0;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace cnnc

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How diagnostics reach the user: one line each, as text or as JSON.
#ifndef CNNC_COMPILER_DRIVER_DIAGNOSTICS_H
#define CNNC_COMPILER_DRIVER_DIAGNOSTICS_H

#include "compiler/api/Diagnostics.h"
#include "llvm/ADT/ArrayRef.h"

namespace cnnc::driver {

/// How much of it is printed, and how.
struct DiagnosticStyle {
  bool json = false;
  bool all = false; ///< Each one, however many are alike.
};

/// Prints diagnostics on standard error:
///   model.onnx: node "/layer1/conv1/Conv" (Conv, opset 13): error: requires 4 pads, but found 2
///   model.onnx: nodes "a", "b", "c" and 97 more (Conv, opset 13): error: requires 4 pads, but found 2
///   text.mlir:3:8: error: ...
///   {"file": "model.onnx", "node": "...", "operator": "Conv", "opset": 13, "severity": "error", "message": "...",
///    "notes": [{"severity": "note", "message": "..."}]}
/// What differs but in numbers and quoted names, on nodes of one operator, is alike. As text, more than three alike are
/// one line, where the first stood.
void printDiagnostics(llvm::ArrayRef<api::Diagnostic> diagnostics, DiagnosticStyle style);

/// One error of a file as a whole.
void printError(llvm::StringRef file, llvm::StringRef message, DiagnosticStyle style);

} // namespace cnnc::driver

#endif

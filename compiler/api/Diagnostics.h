// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is said of a model, as data.
#ifndef CNNC_COMPILER_API_DIAGNOSTICS_H
#define CNNC_COMPILER_API_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace cnnc::api {

enum class Severity { Error, Warning, Remark, Note };

/// "error", "warning", "remark" or "note".
llvm::StringRef getName(Severity severity);

/// A diagnostic with all that is known of its place.
struct Diagnostic {
  std::string file;
  unsigned line = 0, column = 0; ///< 0: not known
  std::string node;              ///< the ONNX node's name, or empty
  std::string op;                ///< its operator, or empty
  std::string opset;
  Severity severity = Severity::Error;
  std::string message;
  std::vector<Diagnostic> notes;
};

/// Keeps what a context is told while this lives, and what is told to it.
class DiagnosticList {
public:
  DiagnosticList(mlir::MLIRContext *context, llvm::StringRef file);
  void report(llvm::Error error);
  bool hasErrors() const { return errors > 0; }
  /// Whether an error said of itself that it is cnnc's own fault, or a conversion did not know an op.
  bool hasInternalErrors() const { return internalErrors > 0; }
  /// Whether every error so far names a node of the model or a place in the text.
  bool hasPlaces() const { return unplacedErrors == 0; }
  /// All of them, in order, or of very many the first and how many more there were.
  std::vector<Diagnostic> take();

private:
  void add(Diagnostic diagnostic);

  std::string file;
  std::vector<Diagnostic> list;
  size_t dropped = 0;
  size_t errors = 0, internalErrors = 0, unplacedErrors = 0;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace cnnc::api

#endif

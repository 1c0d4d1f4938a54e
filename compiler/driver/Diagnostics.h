// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How diagnostics reach the user: one line each, as text or as JSON.
#ifndef CNNC_COMPILER_DRIVER_DIAGNOSTICS_H
#define CNNC_COMPILER_DRIVER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Error.h"
#include <map>

namespace cnnc::driver {

/// A diagnostic with all that is known of its place.
struct Report {
  std::string file;
  unsigned line = 0, column = 0; ///< 0: not known
  std::string node;              ///< the ONNX node's name, or empty
  std::string op;                ///< its operator, or empty
  std::string opset;
  std::string severity;
  std::string message;
  std::vector<Report> notes;
};

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
/// one line, where the first stood; so text waits for flush(). JSON does not.
class DiagnosticPrinter {
public:
  DiagnosticPrinter(mlir::MLIRContext *context, llvm::StringRef file, DiagnosticStyle style);
  ~DiagnosticPrinter() { flush(); }
  void report(llvm::Error error);
  void flush();
  bool hasErrors() const { return errors > 0; }
  /// Whether an error said of itself that it is cnnc's own fault, or a conversion did not know an op.
  bool hasInternalErrors() const { return internalErrors > 0; }
  /// Whether every error so far names a node of the model or a place in the text.
  bool hasPlaces() const { return unplacedErrors == 0; }

private:
  struct Alike {
    std::vector<Report> first; ///< as many as are printed one by one
    size_t count = 0;
  };
  void add(Report report);
  void print(const Alike &alike);

  std::string file;
  DiagnosticStyle style;
  size_t errors = 0;
  size_t internalErrors = 0;
  size_t unplacedErrors = 0;
  std::vector<Alike> groups; ///< in the order of their first
  std::map<std::string, size_t> groupOf;
  size_t dropped = 0;
  mlir::ScopedDiagnosticHandler handler;
};

/// One diagnostic at once, for what happens before there is a model.
void printReport(const Report &report, bool json);

} // namespace cnnc::driver

#endif

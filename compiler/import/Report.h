// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Diagnostics before they are given, and how they show what the model calls things.
#ifndef CNNC_COMPILER_IMPORT_REPORT_H
#define CNNC_COMPILER_IMPORT_REPORT_H

#include "mlir/IR/Diagnostics.h"
#include "onnx.pb.h"

#include <string>
#include <vector>

namespace cnnc::importing {

using Severity = mlir::DiagnosticSeverity;

struct Report {
  Severity severity;
  std::string message;
  const onnx::NodeProto *node = nullptr;
  int64_t opset = 0;
  std::vector<std::string> notes = {};
  /// The operator that is in no row, if that is what is wrong.
  std::string unsupported = {};
};

/// What went wrong with a value that perhaps nobody needs.
struct Reports {
  std::vector<Report> list;
};

/// The text, or, if it is long, its beginning and end.
std::string shorten(llvm::StringRef text, size_t most = 200);

/// A name in quotation marks.
std::string quote(llvm::StringRef name);

/// The node's name, or its operator and first result.
std::string getNodeName(const onnx::NodeProto &proto);

} // namespace cnnc::importing

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace cnnc;

/// The ONNX node that a location names: the first name of a fused one.
static std::string getNodeName(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return name.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      if (std::string name = getNodeName(part); !name.empty())
        return name;
  if (auto place = dyn_cast<FileLineColLoc>(location))
    return (place.getFilename().getValue() + ":" + Twine(place.getLine()) + ":" + Twine(place.getColumn())).str();
  return "";
}

/// What the importer adds to a node's name: " (Conv, opset 13)".
static std::string getNodeKind(Location location) {
  auto name = dyn_cast<NameLoc>(location);
  auto kind = name ? dyn_cast<NameLoc>(name.getChildLoc()) : NameLoc();
  return kind ? " (" + kind.getName().str() + ")" : "";
}

static StringRef getSeverityName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  llvm_unreachable("all severities are named");
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context, StringRef file, bool json)
    : file(file), json(json), handler(context, [this](Diagnostic &diagnostic) {
        print(diagnostic);
        return success();
      }) {}

void DiagnosticPrinter::report(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &info) {
    count(info.message());
    print("", "", "error", info.message());
  });
}

void DiagnosticPrinter::count(StringRef message) {
  ++errors;
  internalErrors += message.contains("internal error");
}

void DiagnosticPrinter::print(Diagnostic &diagnostic) {
  std::string message = diagnostic.str();
  if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
    count(message);
  Location location = diagnostic.getLocation();
  print(getNodeName(location), getNodeKind(location), getSeverityName(diagnostic.getSeverity()), message);
  for (Diagnostic &note : diagnostic.getNotes())
    print(note);
}

void DiagnosticPrinter::print(StringRef node, StringRef kind, StringRef severity, StringRef message) {
  if (json) {
    llvm::json::Object line{{"file", file}, {"severity", severity}, {"message", llvm::json::fixUTF8(message)}};
    if (!node.empty())
      line["node"] = llvm::json::fixUTF8(node);
    llvm::errs() << llvm::json::Value(std::move(line)) << "\n";
    return;
  }
  llvm::errs() << file << ": ";
  if (!node.empty())
    llvm::errs() << "node \"" << node << "\"" << kind << ": ";
  llvm::errs() << severity << ": " << message << "\n";
}

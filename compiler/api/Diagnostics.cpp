// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::api;

static constexpr size_t kMostKept = 1 << 16;

StringRef cnnc::api::getName(Severity severity) {
  switch (severity) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Remark:
    return "remark";
  case Severity::Note:
    return "note";
  }
  llvm_unreachable("all severities are named");
}

static Severity getSeverity(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Note:
    return Severity::Note;
  case DiagnosticSeverity::Warning:
    return Severity::Warning;
  case DiagnosticSeverity::Error:
    return Severity::Error;
  case DiagnosticSeverity::Remark:
    return Severity::Remark;
  }
  llvm_unreachable("all severities are known");
}

/// The ONNX node that a location names, the first of a fused one, or the place in a text. The importer adds to a node's
/// name what it is: "Conv, opset 13".
static void locate(Location location, api::Diagnostic &diagnostic) {
  if (auto name = dyn_cast<NameLoc>(location)) {
    diagnostic.node = name.getName().str();
    if (auto kind = dyn_cast<NameLoc>(name.getChildLoc())) {
      auto [op, opset] = kind.getName().getValue().rsplit(", opset ");
      diagnostic.op = op.str();
      diagnostic.opset = opset.str();
    }
    return;
  }
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      if (locate(part, diagnostic); !diagnostic.node.empty() || diagnostic.line)
        return;
  }
  if (auto place = dyn_cast<FileLineColLoc>(location)) {
    diagnostic.file = place.getFilename().str();
    diagnostic.line = place.getLine();
    diagnostic.column = place.getColumn();
  }
}

static api::Diagnostic describe(StringRef file, mlir::Diagnostic &given) {
  api::Diagnostic diagnostic;
  diagnostic.file = file.str();
  locate(given.getLocation(), diagnostic);
  diagnostic.severity = getSeverity(given.getSeverity());
  diagnostic.message = given.str();
  for (mlir::Diagnostic &note : given.getNotes())
    diagnostic.notes.push_back(describe(file, note));
  return diagnostic;
}

DiagnosticList::DiagnosticList(MLIRContext *context, StringRef file)
    : file(file), handler(context, [this](mlir::Diagnostic &diagnostic) {
        add(describe(this->file, diagnostic));
        return success();
      }) {}

void DiagnosticList::report(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &info) {
    api::Diagnostic diagnostic;
    diagnostic.file = file;
    diagnostic.message = info.message();
    add(std::move(diagnostic));
  });
}

void DiagnosticList::add(api::Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::Error) {
    StringRef message = diagnostic.message;
    ++errors;
    unplacedErrors += diagnostic.node.empty() && !diagnostic.line;
    internalErrors += message.contains("internal error") || message.starts_with("failed to legalize");
  }
  if (list.size() < kMostKept)
    list.push_back(std::move(diagnostic));
  else
    ++dropped;
}

std::vector<api::Diagnostic> DiagnosticList::take() {
  if (dropped) {
    api::Diagnostic rest;
    rest.file = file;
    rest.severity = Severity::Note;
    rest.message = "and " + std::to_string(dropped) + " more";
    list.push_back(std::move(rest));
  }
  return std::move(list);
}

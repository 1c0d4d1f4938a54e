// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/Diagnostics.h"
#include "compiler/output/Text.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::driver;

/// So many of a kind are printed one by one, and so many kinds are kept.
static constexpr size_t kShownAlike = 3, kMostKinds = 1000;
/// Longer messages and names lose their end.
static constexpr size_t kLongestMessage = 4000, kLongestName = 500;

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

/// The ONNX node that a location names, the first of a fused one, or the place in a text. The importer adds to a node's
/// name what it is: "Conv, opset 13".
static void locate(Location location, Report &report) {
  if (auto name = dyn_cast<NameLoc>(location)) {
    report.node = name.getName().str();
    if (auto kind = dyn_cast<NameLoc>(name.getChildLoc())) {
      auto [op, opset] = kind.getName().getValue().rsplit(", opset ");
      report.op = op.str();
      report.opset = opset.str();
    }
    return;
  }
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      if (locate(part, report); !report.node.empty() || report.line)
        return;
  }
  if (auto place = dyn_cast<FileLineColLoc>(location)) {
    report.file = place.getFilename().str();
    report.line = place.getLine();
    report.column = place.getColumn();
  }
}

static Report makeReport(StringRef file, Diagnostic &diagnostic) {
  Report report;
  report.file = file.str();
  locate(diagnostic.getLocation(), report);
  report.severity = getSeverityName(diagnostic.getSeverity());
  report.message = diagnostic.str();
  for (Diagnostic &note : diagnostic.getNotes())
    report.notes.push_back(makeReport(file, note));
  return report;
}

/// Equal for what is alike: on a node, numbers and quoted names do not count.
static std::string getKind(const Report &report) {
  std::string kind = report.severity + "\n" + report.op + "\n";
  if (report.node.empty() && !report.line)
    return kind + report.message;
  bool quoted = false;
  for (char c : report.message) {
    if (quoted ? c == '"' : c == '"' || !llvm::isDigit(c))
      kind += c;
    quoted ^= c == '"';
  }
  return kind;
}

static std::string shorten(StringRef text, size_t longest) {
  std::string shown = output::escapeText(text.take_front(longest));
  return text.size() > longest ? shown + "... (" + std::to_string(text.size()) + " bytes)" : shown;
}

static std::string quote(StringRef name) {
  std::string quoted = "\"";
  for (char c : shorten(name, kLongestName))
    quoted += c == '"' ? "\\\"" : std::string(1, c);
  return quoted + "\"";
}

static llvm::json::Object makeJson(const Report &report) {
  auto text = [](StringRef value) { return llvm::json::fixUTF8(value); };
  llvm::json::Object object{
      {"file", text(report.file)}, {"severity", report.severity}, {"message", text(report.message)}};
  if (report.line) {
    object["line"] = report.line;
    object["column"] = report.column;
  }
  if (!report.node.empty())
    object["node"] = text(report.node);
  if (!report.op.empty())
    object["operator"] = text(report.op);
  if (int64_t opset; llvm::to_integer(report.opset, opset))
    object["opset"] = opset;
  llvm::json::Array notes;
  for (const Report &note : report.notes)
    notes.push_back(makeJson(note));
  if (!notes.empty())
    object["notes"] = std::move(notes);
  return object;
}

/// `node` stands for what "node "x"" would say.
static void printText(const Report &report, StringRef node, StringRef tail) {
  std::string line = output::escapeText(report.file);
  if (report.line)
    line += ":" + std::to_string(report.line) + ":" + std::to_string(report.column);
  line += ": ";
  if (!node.empty())
    line += node;
  if (!node.empty() && !report.op.empty())
    line += " (" + output::escapeText(report.op) +
            (report.opset.empty() ? "" : ", opset " + output::escapeText(report.opset)) + ")";
  line += (node.empty() ? "" : ": ") + report.severity + ": " + shorten(report.message, kLongestMessage) + tail.str();
  llvm::errs() << line + "\n";
  for (const Report &note : report.notes)
    printText(note, note.node.empty() ? "" : "node " + quote(note.node), "");
}

void cnnc::driver::printReport(const Report &report, bool json) {
  if (json)
    llvm::errs() << llvm::formatv("{0}\n", llvm::json::Value(makeJson(report))).str();
  else
    printText(report, report.node.empty() ? "" : "node " + quote(report.node), "");
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context, StringRef file, DiagnosticStyle style)
    : file(file), style(style), handler(context, [this](Diagnostic &diagnostic) {
        add(makeReport(this->file, diagnostic));
        return success();
      }) {}

void DiagnosticPrinter::report(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &info) {
    Report report;
    report.file = file;
    report.severity = "error";
    report.message = info.message();
    add(std::move(report));
  });
}

void DiagnosticPrinter::add(Report report) {
  if (report.severity == "error") {
    StringRef message = report.message;
    ++errors;
    unplacedErrors += report.node.empty() && !report.line;
    internalErrors += message.contains("internal error") || message.starts_with("failed to legalize");
  }
  if (style.json || style.all)
    return printReport(report, style.json);
  auto [entry, isNew] = groupOf.try_emplace(getKind(report), groups.size());
  if (isNew && groups.size() == kMostKinds) {
    groupOf.erase(entry);
    ++dropped;
    return;
  }
  if (isNew)
    groups.emplace_back();
  Alike &alike = groups[entry->second];
  if (alike.count++ < kShownAlike)
    alike.first.push_back(std::move(report));
}

void DiagnosticPrinter::print(const Alike &alike) {
  if (alike.count <= kShownAlike) {
    for (const Report &report : alike.first)
      printReport(report, /*json=*/false);
    return;
  }
  size_t more = alike.count - kShownAlike;
  const Report &report = alike.first.front();
  if (report.node.empty())
    return printText(report, "", " (and " + std::to_string(alike.count - 1) + " more like it; --verbose lists all)");
  auto names = llvm::map_range(alike.first, [](const Report &one) { return quote(one.node); });
  printText(report, "nodes " + llvm::join(names, ", ") + " and " + std::to_string(more) + " more",
            " (--verbose lists all)");
}

void DiagnosticPrinter::flush() {
  for (const Alike &alike : groups)
    print(alike);
  if (dropped) {
    Report report;
    report.file = file;
    report.severity = "note";
    report.message = "and " + std::to_string(dropped) + " more of other kinds; --verbose lists all";
    printReport(report, /*json=*/false);
  }
  groups.clear();
  groupOf.clear();
  dropped = 0;
}

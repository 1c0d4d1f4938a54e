// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/Diagnostics.h"
#include "compiler/output/Text.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

using namespace cnnc;
using namespace cnnc::driver;
using api::Diagnostic;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

/// So many of a kind are printed one by one, and so many kinds are kept.
static constexpr size_t kShownAlike = 3, kMostKinds = 1000;
/// Longer messages and names lose their end.
static constexpr size_t kLongestMessage = 4000, kLongestName = 500;

/// Equal for what is alike: on a node, numbers and quoted names do not count.
static std::string getKind(const Diagnostic &diagnostic) {
  std::string kind = getName(diagnostic.severity).str() + "\n" + diagnostic.op + "\n";
  if (diagnostic.node.empty() && !diagnostic.line)
    return kind + diagnostic.message;
  bool quoted = false;
  for (char c : diagnostic.message) {
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

static llvm::json::Object makeJson(const Diagnostic &diagnostic) {
  auto text = [](StringRef value) { return llvm::json::fixUTF8(value); };
  llvm::json::Object object{{"file", text(diagnostic.file)},
                            {"severity", getName(diagnostic.severity)},
                            {"message", text(diagnostic.message)}};
  if (diagnostic.line) {
    object["line"] = diagnostic.line;
    object["column"] = diagnostic.column;
  }
  if (!diagnostic.node.empty())
    object["node"] = text(diagnostic.node);
  if (!diagnostic.op.empty())
    object["operator"] = text(diagnostic.op);
  if (int64_t opset; llvm::to_integer(diagnostic.opset, opset))
    object["opset"] = opset;
  llvm::json::Array notes;
  for (const Diagnostic &note : diagnostic.notes)
    notes.push_back(makeJson(note));
  if (!notes.empty())
    object["notes"] = std::move(notes);
  return object;
}

/// `node` stands for what "node "x"" would say.
static void printText(const Diagnostic &diagnostic, StringRef node, StringRef tail) {
  std::string line = output::escapeText(diagnostic.file);
  if (diagnostic.line)
    line += ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column);
  line += ": ";
  if (!node.empty())
    line += node;
  if (!node.empty() && !diagnostic.op.empty())
    line += " (" + output::escapeText(diagnostic.op) +
            (diagnostic.opset.empty() ? "" : ", opset " + output::escapeText(diagnostic.opset)) + ")";
  line += (node.empty() ? "" : ": ") + getName(diagnostic.severity).str() + ": " +
          shorten(diagnostic.message, kLongestMessage) + tail.str();
  llvm::errs() << line + "\n";
  for (const Diagnostic &note : diagnostic.notes)
    printText(note, note.node.empty() ? "" : "node " + quote(note.node), "");
}

static void printOne(const Diagnostic &diagnostic, bool json) {
  if (json)
    llvm::errs() << llvm::formatv("{0}\n", llvm::json::Value(makeJson(diagnostic))).str();
  else
    printText(diagnostic, diagnostic.node.empty() ? "" : "node " + quote(diagnostic.node), "");
}

void cnnc::driver::printError(StringRef file, StringRef message, DiagnosticStyle style) {
  Diagnostic diagnostic;
  diagnostic.file = file.str();
  diagnostic.message = message.str();
  printOne(diagnostic, style.json);
}

/// Those of one kind.
using Alike = SmallVector<const Diagnostic *>;

static void printAlike(const Alike &alike) {
  if (alike.size() <= kShownAlike) {
    for (const Diagnostic *diagnostic : alike)
      printOne(*diagnostic, /*json=*/false);
    return;
  }
  const Diagnostic &first = *alike.front();
  if (first.node.empty())
    return printText(first, "", " (and " + std::to_string(alike.size() - 1) + " more like it; --verbose lists all)");
  auto names =
      llvm::map_range(ArrayRef(alike).take_front(kShownAlike), [](const Diagnostic *one) { return quote(one->node); });
  printText(first, "nodes " + llvm::join(names, ", ") + " and " + std::to_string(alike.size() - kShownAlike) + " more",
            " (--verbose lists all)");
}

static void printGrouped(ArrayRef<Diagnostic> diagnostics) {
  llvm::MapVector<std::string, Alike, std::map<std::string, unsigned>> kinds;
  size_t dropped = 0;
  for (const Diagnostic &diagnostic : diagnostics) {
    std::string kind = getKind(diagnostic);
    if (kinds.size() < kMostKinds || kinds.count(kind))
      kinds[kind].push_back(&diagnostic);
    else
      ++dropped;
  }
  for (const auto &[kind, alike] : kinds)
    printAlike(alike);
  if (!dropped)
    return;
  Diagnostic rest;
  rest.file = diagnostics.front().file;
  rest.severity = api::Severity::Note;
  rest.message = "and " + std::to_string(dropped) + " more of other kinds; --verbose lists all";
  printOne(rest, /*json=*/false);
}

void cnnc::driver::printDiagnostics(ArrayRef<Diagnostic> diagnostics, DiagnosticStyle style) {
  if (!style.json && !style.all)
    return printGrouped(diagnostics);
  for (const Diagnostic &diagnostic : diagnostics)
    printOne(diagnostic, style.json);
}

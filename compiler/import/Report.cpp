// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the importer says about a model, and when.
#include "compiler/import/GraphImporter.h"
#include "compiler/import/OpImporters.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

static std::string getQualifiedOp(const onnx::NodeProto &proto) {
  return proto.domain().empty() ? proto.op_type() : proto.domain() + "." + proto.op_type();
}

std::string cnnc::importing::shorten(StringRef text, size_t most) {
  if (text.size() <= most)
    return text.str();
  return (text.take_front(most / 2) + "..." + text.take_back(most / 2)).str();
}

std::string cnnc::importing::quote(StringRef name) { return "\"" + shorten(name) + "\""; }

std::string cnnc::importing::getNodeName(const onnx::NodeProto &proto) {
  std::string name = proto.name();
  if (name.empty())
    name = proto.op_type() + (proto.output_size() ? ":" + proto.output(0) : "");
  return llvm::json::fixUTF8(name);
}

/// Lists of what is wrong may be long, but end somewhere.
static constexpr size_t kLongestMessage = 4000;

void GraphImporter::emit(const Report &report) {
  failed |= report.severity == Severity::Error;
  if (!report.unsupported.empty())
    ++unsupported[report.unsupported];
  std::string name = report.node ? shorten(getNodeName(*report.node)) : "";
  std::string message = shorten(report.message, kLongestMessage);
  if (!budget.printed.take(static_cast<int64_t>(name.size() + message.size()))) {
    isExhausted = isUnprinted = true;
    return;
  }
  Location location = builder.getUnknownLoc();
  if (report.node) {
    // The driver shows the inner name behind the outer one.
    std::string kind = shorten(getQualifiedOp(*report.node)) + ", opset " + std::to_string(report.opset);
    location = NameLoc::get(builder.getStringAttr(llvm::json::fixUTF8(name)),
                            NameLoc::get(builder.getStringAttr(llvm::json::fixUTF8(kind))));
  }
  InFlightDiagnostic diagnostic = context->getDiagEngine().emit(location, report.severity);
  diagnostic << llvm::json::fixUTF8(message);
  for (const std::string &note : report.notes)
    diagnostic.attachNote() << llvm::json::fixUTF8(shorten(note, kLongestMessage));
}

void GraphImporter::reportUnprinted() {
  if (!isUnprinted)
    return;
  budget.printed.used = 0;
  emit({Severity::Error,
        "there is more to say than the " + std::to_string(budget.printed.most) + " " + budget.printed.what +
            " that are printed",
        nullptr,
        0,
        {kBudgetNote}});
}

void GraphImporter::report(Report report) {
  if (waiting && report.severity == Severity::Error)
    waiting->list.push_back(std::move(report));
  else
    emit(report);
}

void GraphImporter::tell(Operand &operand) {
  if (!operand.reports)
    return;
  if (waiting) {
    // The first cause will do.
    if (waiting->list.empty())
      waiting->list = operand.reports->list;
    return;
  }
  for (const Report &report : operand.reports->list)
    emit(report);
  operand.reports->list.clear();
}

void GraphImporter::poison(const onnx::NodeProto &proto, Scope &scope) {
  for (const std::string &output : proto.output())
    if (!output.empty())
      scope.operands[output] = Operand{{}, {}, /*isAbsent=*/false, waiting};
}

void GraphImporter::reportUnsupported(const onnx::NodeProto &proto, int64_t opset) {
  std::string op = getQualifiedOp(proto);
  std::string opsets = proto.domain().empty() ? getSupportedOpsets(proto.op_type()) : "";
  std::string message = opsets.empty() ? "operator " + shorten(op) + " is not supported"
                                       : "operator " + shorten(op) + " is supported in opsets " + opsets + " only";
  report({Severity::Error, message, &proto, opset, {}, op});
}

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
    if (!output.empty()) {
      Operand &operand = scope.operands[output] = Operand();
      operand.reports = waiting;
    }
}

namespace {

/// Domains that are not ONNX's own.
struct Domain {
  StringRef name, owner;
};

} // namespace

/// A domain is named by its beginning.
static constexpr Domain kDomains[] = {
    {"ai.onnx.contrib",
     "belongs to onnxruntime-extensions, for what comes before and after a network: export without it"},
    {"ai.onnx.ml", "holds ONNX's classical machine learning, not networks: cut it off and run it elsewhere"},
    {"ai.onnx.preview", "holds ONNX's training: export the network for inference"},
    {"ai.onnx.training", "holds ONNX's training: export the network for inference"},
    {"com.microsoft",
     "belongs to ONNX Runtime, whose optimiser saved this model: take the model from before, or save it "
     "with its optimisations disabled"},
    {"com.ms", "belongs to ONNX Runtime, whose optimiser saved this model: take the model from before, or save it with "
               "its optimisations disabled"},
    {"mmcv", "belongs to OpenMMLab's mmcv: deploy the network for onnxruntime without custom operators"},
    {"mmdeploy", "belongs to OpenMMLab's mmdeploy: deploy the network for onnxruntime without custom operators"},
    {"org.openvinotoolkit", "belongs to OpenVINO: export the network without it"},
    {"org.pytorch.aten",
     "is where PyTorch's exporter leaves what it cannot translate: export with the operators of ONNX "
     "only, or in a newer opset"},
    {"pkg.onnxscript",
     "belongs to PyTorch's exporter, and its functions are missing: save the model together with them"},
    {"pkg.torch", "belongs to PyTorch's exporter, and its functions are missing: save the model together with them"},
    {"trt", "belongs to TensorRT's plugins: export the network without them"},
};

static std::string describeDomain(StringRef domain) {
  for (const Domain &row : kDomains)
    if (domain == row.name || (domain.starts_with(row.name) && domain[row.name.size()] == '.'))
      return ("the domain " + row.name + " " + row.owner).str();
  return "the domain " + shorten(domain) +
         " is not ONNX's: export the network with ONNX's own operators, or with a function of the model for this one";
}

/// Where the graph could be cut: at what the node reads that depends on the model's inputs.
std::string GraphImporter::describeCut(const onnx::NodeProto &proto, Scope &scope) {
  std::string tensors;
  for (const std::string &input : proto.input()) {
    const Operand *operand = input.empty() ? nullptr : lookUp(input, scope);
    bool isConstant = operand && operand->value && operand->value.getDefiningOp<arith::ConstantOp>();
    if (operand && !isConstant && !operand->isAbsent)
      tensors += (tensors.empty() ? "" : " and ") + quote(input);
  }
  std::string cut = tensors.empty() ? "" : ", or cut the graph in front of it, at " + tensors;
  return "export the network without the part that needs it" + cut + ", and compute the rest outside";
}

void GraphImporter::reportUnsupported(const onnx::NodeProto &proto, int64_t opset, Scope &scope) {
  std::string op = getQualifiedOp(proto);
  std::string opsets = proto.domain().empty() ? getSupportedOpsets(proto.op_type()) : "";
  std::string message = opsets.empty() ? "operator " + shorten(op) + " is not supported"
                                       : "operator " + shorten(op) + " is supported in opsets " + opsets + " only";
  std::vector<std::string> notes;
  if (!proto.domain().empty() && proto.domain() != "ai.onnx")
    notes.push_back(describeDomain(proto.domain()));
  notes.push_back(describeCut(proto, scope));
  report({Severity::Error, message, &proto, opset, std::move(notes), op});
}

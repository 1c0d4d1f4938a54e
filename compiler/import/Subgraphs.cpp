// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs that nodes refer to: functions of the model, which are inlined, and the branch that an If takes.
#include "compiler/import/GraphImporter.h"
#include "dialects/cnn/Constants.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

/// Functions that call functions, and branches in branches.
static constexpr unsigned kMaxDepth = 64;

/// The attributes of a call over the function's defaults. References are to those of the function around it.
static AttributeMap getAttributes(const onnx::NodeProto &proto, const onnx::FunctionProto &function,
                                  const AttributeMap *outer) {
  AttributeMap attributes;
  for (const onnx::AttributeProto &attribute : function.attribute_proto())
    attributes[attribute.name()] = &attribute;
  for (const onnx::AttributeProto &attribute : proto.attribute()) {
    if (attribute.ref_attr_name().empty()) {
      attributes[attribute.name()] = &attribute;
      continue;
    }
    if (!outer)
      continue;
    if (auto found = outer->find(attribute.ref_attr_name()); found != outer->end())
      attributes[attribute.name()] = found->second;
  }
  return attributes;
}

/// The names in the subgraph of those of the node's outputs that somebody reads.
template <typename GetName>
static SmallVector<std::string> getReadOutputs(const onnx::NodeProto &proto, const Scope &scope, GetName getName) {
  SmallVector<std::string> names;
  for (int i = 0; i < proto.output_size(); ++i)
    if (scope.readers.contains(proto.output(i)))
      names.push_back(getName(i));
  return names;
}

/// What is wrong with a call before anything is looked at; empty if nothing is.
static std::string checkCall(const onnx::NodeProto &proto, const onnx::FunctionProto &function, unsigned depth) {
  if (depth >= kMaxDepth)
    return "functions call each other more than " + std::to_string(kMaxDepth) + " deep, or without end";
  if (proto.input_size() > function.input_size() || proto.output_size() > function.output_size())
    return "has " + std::to_string(proto.input_size()) + " inputs and " + std::to_string(proto.output_size()) +
           " outputs, but the function that it calls " + std::to_string(function.input_size()) + " and " +
           std::to_string(function.output_size());
  return "";
}

void GraphImporter::importFunction(const onnx::NodeProto &proto, const onnx::FunctionProto &function, Scope &scope) {
  if (std::string reason = checkCall(proto, function, scope.depth); !reason.empty()) {
    report({Severity::Error, reason, &proto});
    return poison(proto, scope);
  }
  AttributeMap attributes = getAttributes(proto, function, scope.attributes);
  Scope inner;
  inner.depth = scope.depth + 1;
  inner.attributes = &attributes;
  for (const onnx::OperatorSetIdProto &opset : function.opset_import())
    inner.opsets[opset.domain() == "ai.onnx" ? "" : opset.domain()] = opset.version();
  for (int i = 0; i < function.input_size(); ++i) {
    bool isGiven = i < proto.input_size() && !proto.input(i).empty();
    const Operand *operand = isGiven ? lookUp(proto.input(i), scope) : nullptr;
    inner.operands[function.input(i)] = operand ? *operand : Operand{{}, {}, /*isAbsent=*/!isGiven};
  }
  addDeclared(function.value_info(), inner);
  SmallVector<std::string> outputs = getReadOutputs(proto, scope, [&](int i) { return function.output(i); });
  importNodes(function.node(), outputs, inner);
  bindOutputs(proto, scope, inner, [&](int i) -> StringRef { return function.output(i); });
}

void GraphImporter::bindOutputs(const onnx::NodeProto &proto, Scope &scope, Scope &inner,
                                llvm::function_ref<StringRef(int)> getName) {
  for (int i = 0; i < proto.output_size(); ++i) {
    if (!scope.readers.contains(proto.output(i)))
      continue;
    const Operand *operand = lookUp(getName(i), inner);
    if (!operand)
      report({Severity::Error,
              "has " + quote(getName(i).str()) +
                  " as a result inside, which is no input, initializer or result of a node there",
              &proto, getOpset(proto, scope)});
    if (operand)
      bind(proto, proto.output(i), *operand, scope);
    else
      poison(proto, scope);
  }
}

/// The graph that a constant condition chooses; null, with what is wrong, where it cannot be.
static const onnx::GraphProto *chooseBranch(const onnx::NodeProto &proto, const Operand *condition, Report &problem) {
  std::optional<SmallVector<int64_t>> value;
  if (condition && condition->value && cast<RankedTensorType>(condition->value.getType()).getNumElements() == 1)
    value = cnn::getIntegers(condition->value);
  if (!value) {
    problem.message = "requires a condition that is constant once shapes are known";
    problem.notes = {"export the network with the branch that inference takes in place of the node"};
    return nullptr;
  }
  StringRef name = value->front() ? "then_branch" : "else_branch";
  for (const onnx::AttributeProto &attribute : proto.attribute())
    if (attribute.name() == name && attribute.has_g() && attribute.g().output_size() >= proto.output_size())
      return &attribute.g();
  problem.message = ("requires a " + name + " with " + llvm::Twine(proto.output_size()) + " outputs").str();
  return nullptr;
}

void GraphImporter::importBranch(const onnx::NodeProto &proto, int64_t opset, Scope &scope) {
  const Operand *condition = proto.input_size() ? lookUp(proto.input(0), scope) : nullptr;
  if (condition && !condition->value && !condition->isAbsent)
    return poison(proto, scope);
  Report problem = {Severity::Error, "", &proto, opset};
  const onnx::GraphProto *branch = chooseBranch(proto, condition, problem);
  if (branch && scope.depth >= kMaxDepth)
    problem.message = "branches lie more than " + std::to_string(kMaxDepth) + " deep in each other";
  if (!problem.message.empty()) {
    report(problem);
    return poison(proto, scope);
  }
  Scope inner;
  inner.parent = &scope;
  inner.depth = scope.depth + 1;
  inner.opsets = scope.opsets;
  inner.attributes = scope.attributes;
  addInitializers(const_cast<onnx::GraphProto &>(*branch), inner);
  addDeclared(branch->value_info(), inner);
  SmallVector<std::string> outputs = getReadOutputs(proto, scope, [&](int i) { return branch->output(i).name(); });
  importNodes(branch->node(), outputs, inner);
  bindOutputs(proto, scope, inner, [&](int i) -> StringRef { return branch->output(i).name(); });
}

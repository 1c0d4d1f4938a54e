// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/Node.h"

#include "compiler/import/Report.h"

#include "compiler/import/Tensor.h"
#include "dialects/cnn/Cnn.h"
#include "dialects/cnn/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

Node::Node(NodeContext &context, const onnx::NodeProto &proto, int64_t opset, Location location,
           SmallVector<Operand> inputs)
    : proto(proto), opset(opset), location(location), builder(context.builder), results(proto.output_size()),
      context(context), inputs(std::move(inputs)) {}

ShapeRef Node::getShape(unsigned index) const {
  return hasInput(index) ? cast<RankedTensorType>(getInput(index).getType()).getShape() : ShapeRef();
}

bool Node::isConstant(unsigned index) const {
  return hasInput(index) && getInput(index).getDefiningOp<arith::ConstantOp>();
}

bool Node::isWeight(unsigned index) const {
  auto scaled = hasInput(index) ? getInput(index).getDefiningOp<cnn::DequantizeOp>() : nullptr;
  return isConstant(index) || (scaled && scaled.getInput().getDefiningOp<arith::ConstantOp>());
}

const Reader *Node::getReader(unsigned index) const {
  if (index >= getOutputCount())
    return nullptr;
  auto found = context.readers->find(proto.output(static_cast<int>(index)));
  return found == context.readers->end() ? nullptr : &found->second;
}

std::optional<Shape> cnnc::importing::getDeclaredShape(const DeclaredShapes &declared, StringRef name) {
  auto found = declared.find(name);
  if (found == declared.end())
    return std::nullopt;
  return Shape(llvm::map_range(found->second->dim(), [](const auto &dim) {
    return dim.has_dim_value() && dim.dim_value() >= 0 ? dim.dim_value() : -1;
  }));
}

std::optional<Shape> Node::getDeclaredShape(unsigned index) const {
  if (index >= getOutputCount())
    return std::nullopt;
  return importing::getDeclaredShape(*context.declared, proto.output(static_cast<int>(index)));
}

void Node::setResult(unsigned index, Value value, ElementType type) {
  if (index < results.size())
    results[index] = {value, type};
}

bool Node::checkBounds(StringRef name, int64_t value, int64_t minimum) {
  std::string reason;
  if (mlir::failed(cnn::checkBounds(name, value, minimum, reason)))
    error(reason);
  return !failed;
}

void Node::suspectBatch() {
  if (context.suspicion->empty())
    *context.suspicion = "the batch 1 is a constant in the shape of node " + quote(getNodeName(proto)) +
                         ": --dim and --shape cannot change it; export the network with a symbolic batch, or compile "
                         "without the flag";
}

bool Node::take(Bound &bound, int64_t amount) {
  if (bound.take(amount))
    return true;
  error("requires at most " + llvm::Twine(bound.most) + " " + bound.what + ", but found " +
        llvm::Twine(bound.used + amount));
  notes.push_back(kBudgetNote);
  return false;
}

bool Node::takeFilled(int64_t elements) {
  Bound one = context.budget.filledAtOnce;
  return take(one, elements) && take(context.budget.filled, elements);
}

bool Node::takePhases(int64_t phases) { return take(context.budget.phases, phases); }

bool Node::checkListed(int64_t entries) {
  Bound bound = context.budget.listed;
  return take(bound, entries);
}

std::nullopt_t Node::error(const llvm::Twine &text) {
  if (!failed)
    message = text.str();
  failed = true;
  return std::nullopt;
}

const onnx::AttributeProto *Node::getAttribute(StringRef name) {
  for (const onnx::AttributeProto &attribute : proto.attribute()) {
    if (attribute.name() != name)
      continue;
    if (attribute.ref_attr_name().empty())
      return &attribute;
    // A reference that the caller leaves open means that the attribute is absent.
    if (!context.attributes)
      return nullptr;
    auto found = context.attributes->find(attribute.ref_attr_name());
    return found == context.attributes->end() ? nullptr : found->second;
  }
  return nullptr;
}

static bool hasKind(Node &node, const onnx::AttributeProto &attribute, onnx::AttributeProto::AttributeType type) {
  // Models of IR version 1 leave the type out.
  if (attribute.type() == type || !attribute.has_type())
    return true;
  node.error("requires attribute " + attribute.name() + " of type " + onnx::AttributeProto::AttributeType_Name(type) +
             ", but found " + onnx::AttributeProto::AttributeType_Name(attribute.type()));
  return false;
}

int64_t Node::getInteger(StringRef name, int64_t fallback) {
  const onnx::AttributeProto *attribute = getAttribute(name);
  return attribute && hasKind(*this, *attribute, onnx::AttributeProto::INT) ? attribute->i() : fallback;
}

double Node::getReal(StringRef name, double fallback) {
  const onnx::AttributeProto *attribute = getAttribute(name);
  return attribute && hasKind(*this, *attribute, onnx::AttributeProto::FLOAT) ? attribute->f() : fallback;
}

std::string Node::getString(StringRef name, StringRef fallback) {
  const onnx::AttributeProto *attribute = getAttribute(name);
  return attribute && hasKind(*this, *attribute, onnx::AttributeProto::STRING) ? attribute->s() : fallback.str();
}

std::optional<Shape> Node::getIntegers(StringRef name) {
  const onnx::AttributeProto *attribute = getAttribute(name);
  if (!attribute || !hasKind(*this, *attribute, onnx::AttributeProto::INTS))
    return std::nullopt;
  return Shape(attribute->ints().begin(), attribute->ints().end());
}

std::optional<SmallVector<double>> Node::getReals(StringRef name) {
  const onnx::AttributeProto *attribute = getAttribute(name);
  if (!attribute || !hasKind(*this, *attribute, onnx::AttributeProto::FLOATS))
    return std::nullopt;
  return SmallVector<double>(attribute->floats().begin(), attribute->floats().end());
}

ElementsAttr Node::getTensor(StringRef name, ElementType &type) {
  const onnx::AttributeProto *attribute = getAttribute(name);
  if (!attribute || !hasKind(*this, *attribute, onnx::AttributeProto::TENSOR))
    return {};
  // Bytes are referred to, and nothing else in the message changes.
  auto &tensor = const_cast<onnx::TensorProto &>(attribute->t());
  std::string reason;
  StringRef resource = proto.output_size() ? StringRef(proto.output(0)) : StringRef(proto.name());
  ElementsAttr elements = readTensor(builder.getContext(), context.model, tensor, resource, /*once=*/false, reason);
  if (!elements)
    error(reason);
  type.onnx = tensor.data_type();
  if (elements)
    context.budget.folded.most += kFoldsPerElement * elements.getNumElements();
  return elements;
}

std::optional<Shape> Node::getConstantIntegers(unsigned index, StringRef name) {
  if (!hasInput(index))
    return error("requires an input " + name);
  if (!getType(index).isInteger() && !getType(index).isBool())
    return error("requires integers as " + name + ", but found " + getType(index).getName());
  if (!checkListed(getCount(index)))
    return std::nullopt;
  std::optional<SmallVector<int64_t>> integers = cnn::getIntegers(getInput(index));
  if (!integers)
    return error("requires " + name + " to be a constant, but " + quote(proto.input(static_cast<int>(index))) +
                 " depends on the model's inputs");
  return integers;
}

std::optional<SmallVector<double>> Node::getConstantReals(unsigned index, StringRef name) {
  if (!hasInput(index))
    return error("requires an input " + name);
  if (!checkListed(getCount(index)))
    return std::nullopt;
  std::optional<SmallVector<double>> reals = cnn::getReals(getInput(index));
  if (!reals)
    return error("requires " + name + " to be constant floats, but " + quote(proto.input(static_cast<int>(index))) +
                 " is not");
  return reals;
}

std::optional<Shape> Node::getIntegersOf(StringRef attribute, unsigned input, int64_t inputSince) {
  if (opset < inputSince)
    return getIntegers(attribute);
  return hasInput(input) ? getConstantIntegers(input, attribute) : std::nullopt;
}

std::optional<int64_t> Node::getAxis(int64_t axis, int64_t rank) {
  std::optional<int64_t> normal = cnn::normalizeAxis(axis, rank);
  if (!normal)
    return error("requires an axis in [" + llvm::Twine(-rank) + ", " + llvm::Twine(rank) + "), but found " +
                 llvm::Twine(axis));
  return normal;
}

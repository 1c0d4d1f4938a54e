// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/GraphImporter.h"

#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"
#include "compiler/import/Tensor.h"
#include "dialects/cnn/Constants.h"
#include "dialects/cnn/Empty.h"
#include "dialects/cnn/Evaluate.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

/// A constant that is folded may be larger than what it is computed from by this.
static constexpr int64_t kMaxGrowth = 1 << 20;

/// Of a function; no name in it has a NUL.
static std::string getKey(StringRef domain, StringRef name, StringRef overload) {
  return (domain + StringRef("\0", 1) + name + StringRef("\0", 1) + overload).str();
}

GraphImporter::GraphImporter(std::shared_ptr<Model> model, const ImportOptions &options, MLIRContext *context)
    : model(std::move(model)), options(options), context(context), builder(context), budget(options.budget) {
  for (const onnx::FunctionProto &function : this->model->proto.functions())
    functions.try_emplace(getKey(function.domain(), function.name(), function.overload()), &function);
}

const Operand *GraphImporter::lookUp(StringRef name, Scope &scope) {
  for (Scope *current = &scope; current; current = const_cast<Scope *>(current->parent)) {
    if (auto found = current->operands.find(name); found != current->operands.end()) {
      tell(found->second);
      return &found->second;
    }
    auto initializer = current->initializers.find(name);
    if (initializer == current->initializers.end())
      continue;
    std::string reason;
    ElementsAttr elements = readTensor(context, model, *initializer->second, name, /*once=*/!current->depth, reason);
    Operand &operand = current->operands[name];
    operand.type.onnx = initializer->second->data_type();
    if (!elements) {
      report(Severity::Error, reason);
      operand.reports = waiting;
    } else {
      budget.folded.most += kFoldsPerElement * elements.getNumElements();
      operand.value = arith::ConstantOp::create(builder, NameLoc::get(builder.getStringAttr(llvm::json::fixUTF8(name))),
                                                elements.getType(), elements);
    }
    return &operand;
  }
  return nullptr;
}

const onnx::FunctionProto *GraphImporter::findFunction(const onnx::NodeProto &proto) const {
  return functions.empty() ? nullptr : functions.lookup(getKey(proto.domain(), proto.op_type(), proto.overload()));
}

/// The op after `last`, or the first one; null if there is none.
static Operation *getNext(Block &body, Operation *last) {
  if (last)
    return last->getNextNode();
  return body.empty() ? nullptr : &body.front();
}

bool GraphImporter::verifySince(Operation *last, Node &node) {
  std::string reason;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    if (reason.empty())
      reason = diagnostic.str();
    return success();
  });
  for (Operation *op = getNext(*body, last); op; op = op->getNextNode())
    if (mlir::failed(mlir::verify(op))) {
      // The op's own name says nothing to who wrote ONNX.
      StringRef text = reason;
      text.consume_front(("'" + op->getName().getStringRef() + "' op ").str());
      node.error(text);
      return false;
    }
  return true;
}

/// How many elements the attribute really holds.
static int64_t getStored(ElementsAttr elements) {
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  return dense && dense.isSplat() ? 1 : elements.getNumElements();
}

ElementsAttr GraphImporter::fold(Operation *op, StringRef name) {
  SmallVector<ElementsAttr> operands;
  llvm::SmallPtrSet<Attribute, 4> seen;
  int64_t described = 0, stored = 0;
  for (Value operand : op->getOperands())
    if (auto constant = operand.getDefiningOp<arith::ConstantOp>()) {
      operands.push_back(cast<ElementsAttr>(constant.getValue()));
      // What is read twice makes the model no larger once.
      bool isNew = seen.insert(operands.back()).second;
      described += isNew ? operands.back().getNumElements() : 0;
      stored += isNew ? getStored(operands.back()) : 0;
    }
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (operands.size() != op->getNumOperands() || !type)
    return {};
  int64_t left = budget.folded.most - budget.folded.used;
  ElementsAttr folded = cnn::evaluate(op, operands, std::min(stored + kMaxGrowth, left), name);
  if (!folded)
    return {};
  // A uniform constant that grows is one that is described.
  bool isStored = getStored(folded) > 1 || type.getNumElements() <= described;
  if (!isStored && !budget.fill(type.getNumElements()))
    return {};
  budget.folded.used += std::min(stored + getStored(folded), left);
  return folded;
}

void GraphImporter::replace(Operation *op, Value value, Node &node) {
  for (Operand &result : node.results)
    if (result.value == op->getResult(0))
      result.value = value;
  op->getResult(0).replaceAllUsesWith(value);
  op->erase();
  builder.setInsertionPointToEnd(body);
}

void GraphImporter::foldSince(Operation *last, Node &node) {
  Operation *next = nullptr;
  for (Operation *op = getNext(*body, last); op; op = next) {
    next = op->getNextNode();
    if (isa<arith::ConstantOp>(op))
      continue;
    Operation *previous = op->getPrevNode();
    builder.setInsertionPoint(op);
    if (Value left = cnn::foldEmpty(builder, op)) {
      replace(op, left, node);
      // A few bytes of the model may describe a large constant here, too.
      if (left.getDefiningOp<arith::ConstantOp>())
        node.takeFilled(cast<RankedTensorType>(left.getType()).getNumElements());
      // What stands for it may fold further.
      next = getNext(*body, previous);
      continue;
    }
    builder.setInsertionPointToEnd(body);
    StringRef name = node.proto.output_size() ? StringRef(node.proto.output(0)) : node.getOp();
    ElementsAttr folded = fold(op, name);
    if (!folded)
      continue;
    builder.setInsertionPoint(op);
    replace(op, arith::ConstantOp::create(builder, op->getLoc(), folded.getType(), folded), node);
  }
}

/// "its result 1 ("mask") is not supported, and node "mul" reads it".
static std::string describeUnsupported(Node &node, int index, const Reader &reader) {
  std::string who =
      reader.node ? "node " + quote(getNodeName(*reader.node)) + " reads it" : "the graph gives it as an output";
  return "its result " + std::to_string(index) + " (" + quote(node.proto.output(index)) + ") is not supported, and " +
         who;
}

void GraphImporter::runRow(const onnx::NodeProto &proto, int64_t opset, Scope &scope) {
  const OpImporter &row = *findOpImporter(proto.op_type(), opset);
  SmallVector<Operand> inputs;
  bool poisoned = false;
  for (const std::string &input : proto.input()) {
    const Operand *operand = input.empty() ? nullptr : lookUp(input, scope);
    poisoned |= !input.empty() && (!operand || (!operand->value && !operand->isAbsent));
    inputs.push_back(operand ? *operand : Operand());
  }
  if (poisoned)
    return poison(proto, scope);
  NodeContext nodeContext = {builder,          options,        model,           budget,
                             scope.attributes, &scope.readers, &scope.declared, &suspicion};
  Node node(nodeContext, proto, opset, NameLoc::get(builder.getStringAttr(getNodeName(proto))), std::move(inputs));
  unsigned present = node.getInputCount();
  while (present && !node.hasInput(present - 1))
    --present;
  Operation *last = body->empty() ? nullptr : &body->back();
  if (present < row.minInputs || node.getInputCount() > row.maxInputs)
    node.error(
        "requires " +
        (row.minInputs == row.maxInputs ? llvm::Twine(row.minInputs) : "at least " + llvm::Twine(row.minInputs)) +
        " inputs, but found " + llvm::Twine(present));
  for (unsigned i = 0; i < std::min(row.minInputs, node.getInputCount()); ++i)
    if (!node.hasInput(i))
      node.error("requires input " + llvm::Twine(i) + ", which is left out");
  if (!node.hasFailed())
    row.function(node);
  if (!node.hasFailed() && verifySince(last, node))
    foldSince(last, node);
  for (int i = 0; i < proto.output_size() && !node.hasFailed(); ++i) {
    Value value = node.results[i].value;
    const Reader *reader = node.getReader(i);
    if (reader && !reader->isOptional && !value)
      node.error(describeUnsupported(node, i, *reader));
  }
  for (const std::string &warning : node.getWarnings())
    report({Severity::Warning, warning, &proto, opset});
  if (node.hasFailed()) {
    if (!suspicion.empty())
      node.notes.push_back(std::exchange(suspicion, ""));
    report({Severity::Error, node.getError().str(), &proto, opset, {node.notes.begin(), node.notes.end()}});
    return poison(proto, scope);
  }
  bindResults(node, scope);
}

void GraphImporter::bindResults(Node &node, Scope &scope) {
  for (int i = 0; i < node.proto.output_size(); ++i) {
    if (node.proto.output(i).empty())
      continue;
    Operand operand = node.results[i];
    const Reader *reader = node.getReader(i);
    // A branch may read it, if it is taken.
    if (!operand.value && reader)
      operand.reports = std::make_shared<Reports>(
          Reports{{{Severity::Error, describeUnsupported(node, i, *reader), &node.proto, node.opset}}});
    bind(node.proto, node.proto.output(i), operand, scope);
  }
}

void cnnc::importing::addDeclared(const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto> &infos, Scope &scope) {
  for (const onnx::ValueInfoProto &info : infos)
    if (info.type().tensor_type().has_shape())
      scope.declared.try_emplace(info.name(), &info.type().tensor_type().shape());
}

static std::string toString(const onnx::TensorShapeProto &shape) {
  std::string text;
  for (const onnx::TensorShapeProto_Dimension &dim : shape.dim())
    text += (text.empty() ? "" : "x") + (dim.has_dim_value()       ? std::to_string(dim.dim_value())
                                         : dim.dim_param().empty() ? "?"
                                                                   : dim.dim_param());
  return text.empty() ? "scalar" : shorten(text);
}

void GraphImporter::bind(const onnx::NodeProto &proto, const std::string &name, const Operand &operand, Scope &scope) {
  Operand &bound = scope.operands[name] = operand;
  for (const std::string &input : proto.input())
    if (auto found = scope.operands.find(input); found != scope.operands.end())
      bound.isContradicted |= found->second.isContradicted;
  std::optional<Shape> declared = getDeclaredShape(scope.declared, name);
  if (!bound.value || bound.isContradicted || !declared)
    return;
  ShapeRef shape = getShape(bound.value);
  bound.isContradicted = declared->size() != shape.size();
  for (size_t i = 0; i < shape.size() && !bound.isContradicted; ++i)
    bound.isContradicted = (*declared)[i] >= 0 && (*declared)[i] != shape[i];
  if (bound.isContradicted)
    report({Severity::Warning,
            "gives " + quote(name) + " the shape " + cnn::toString(shape) + ", but the model declares " +
                toString(*scope.declared.lookup(name)),
            &proto, getOpset(proto, scope)});
}

int64_t cnnc::importing::getOpset(const onnx::NodeProto &proto, const Scope &scope) {
  auto opset = scope.opsets.find(proto.domain() == "ai.onnx" ? "" : proto.domain());
  return opset == scope.opsets.end() ? 0 : opset->second;
}

void GraphImporter::importNode(const onnx::NodeProto &proto, Scope &scope) {
  bool isStandard = proto.domain().empty() || proto.domain() == "ai.onnx";
  int64_t version = getOpset(proto, scope);
  if (const onnx::FunctionProto *function = findFunction(proto))
    return importFunction(proto, *function, scope);
  if (isStandard && !version) {
    report({Severity::Error, "the model imports no opset of ONNX's own domain", &proto});
    return poison(proto, scope);
  }
  if (isStandard && proto.op_type() == "If")
    return importBranch(proto, version, scope);
  if (isStandard && findOpImporter(proto.op_type(), version))
    return runRow(proto, version, scope);
  reportUnsupported(proto, version, scope);
  poison(proto, scope);
}

void GraphImporter::importOrdered(const OrderedNode &ordered, Scope &scope) {
  if (scope.depth && !isExhausted && !budget.inlined.take(1)) {
    isExhausted = true;
    emit({Severity::Error,
          "requires at most " + std::to_string(budget.inlined.most) + " " + budget.inlined.what +
              ", but this is one more",
          ordered.node,
          getOpset(*ordered.node, scope),
          {kBudgetNote}});
  }
  if (isExhausted)
    return poison(*ordered.node, scope);
  std::shared_ptr<Reports> outer = waiting;
  if (ordered.isOptional)
    waiting = std::make_shared<Reports>();
  importNode(*ordered.node, scope);
  waiting = outer;
}

static bool contains(const Scope &scope, StringRef name) {
  return scope.operands.contains(name) || scope.initializers.contains(name);
}

void GraphImporter::importNodes(const Nodes &nodes, ArrayRef<std::string> outputs, Scope &scope) {
  auto isOwn = [&](StringRef name) { return contains(scope, name); };
  auto isVisible = [&](StringRef name) {
    for (const Scope *current = &scope; current; current = current->parent)
      if (contains(*current, name))
        return true;
    return false;
  };
  NodeOrder order = orderNodes(nodes, {isOwn, isVisible}, outputs);
  scope.readers = std::move(order.readers);
  for (const NodeProblem &problem : order.problems)
    report({Severity::Error, problem.message, problem.node, getOpset(*problem.node, scope)});
  for (const OrderedNode &node : order.nodes)
    importOrdered(node, scope);
  // What a problem kept out of the order is no second problem where it is read.
  for (int i = 0; i < nodes.size() && !order.problems.empty(); ++i)
    for (const std::string &output : nodes[i].output())
      scope.operands.try_emplace(output).first->second.reports = waiting;
}

void GraphImporter::addInitializers(onnx::GraphProto &graph, Scope &scope) {
  for (onnx::TensorProto &tensor : *graph.mutable_initializer())
    if (!scope.initializers.try_emplace(tensor.name(), &tensor).second)
      report(Severity::Error, "two initializers have the name " + quote(tensor.name()));
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer())
    report(Severity::Error, "sparse initializer " + quote(tensor.values().name()) + " is not supported");
}

static ArrayAttr getSymbols(OpBuilder &builder, ArrayRef<std::string> symbols) {
  SmallVector<std::string> valid = llvm::map_to_vector(symbols, [](const auto &s) { return llvm::json::fixUTF8(s); });
  return builder.getStrArrayAttr(SmallVector<StringRef>(valid.begin(), valid.end()));
}

/// The attributes of an argument or a result.
static DictionaryAttr describe(OpBuilder &builder, StringRef name, ElementType type, ArrayRef<std::string> symbols) {
  SmallVector<NamedAttribute> attributes;
  attributes.push_back(builder.getNamedAttr("cnnc.name", builder.getStringAttr(llvm::json::fixUTF8(name))));
  if (llvm::any_of(symbols, [](const std::string &symbol) { return !symbol.empty(); }))
    attributes.push_back(builder.getNamedAttr("cnnc.symbols", getSymbols(builder, symbols)));
  if (type.isUnsigned())
    attributes.push_back(builder.getNamedAttr("cnnc.unsigned", builder.getUnitAttr()));
  return builder.getDictionaryAttr(attributes);
}

/// The elementwise conversion between the boundary's floats and f32.
static Value convertFloats(OpBuilder &builder, Location location, Value value, Type element) {
  if (getElement(value) == element)
    return value;
  auto type = RankedTensorType::get(getShape(value), element);
  auto map = cnn::MapOp::create(builder, location, type, value);
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&map.getBody(), map.getBody().end(), getElement(value), location);
  bool extends = element.getIntOrFloatBitWidth() > getElement(value).getIntOrFloatBitWidth();
  Value argument = block->getArgument(0);
  Value converted = extends ? arith::ExtFOp::create(builder, location, element, argument).getResult()
                            : arith::TruncFOp::create(builder, location, element, argument).getResult();
  cnn::YieldOp::create(builder, location, converted);
  return map;
}

void GraphImporter::bindInputs(const onnx::GraphProto &graph, func::FuncOp function, Scope &scope) {
  std::vector<InputShape> inputs =
      resolveInputs(graph, options, [&](Severity severity, const llvm::Twine &message) { report(severity, message); });
  // After an error the nodes are still looked at, to name what is not supported.
  for (const onnx::ValueInfoProto &info : graph.input())
    scope.operands[info.name()] = Operand();
  for (const auto &entry : scope.initializers)
    scope.operands.erase(entry.first());
  if (failed)
    return;
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attributes;
  for (const InputShape &input : inputs) {
    types.push_back(RankedTensorType::get(input.shape, input.type.getBoundaryType(context)));
    auto location = NameLoc::get(builder.getStringAttr(llvm::json::fixUTF8(input.name)));
    Value argument = body->addArgument(types.back(), location);
    attributes.push_back(describe(builder, input.name, input.type, input.symbols));
    argument = convertFloats(builder, location, argument, input.type.getComputeType(context));
    scope.operands[input.name] = {argument, input.type};
  }
  function.setFunctionType(builder.getFunctionType(types, {}));
  function.setAllArgAttrs(attributes);
}

void GraphImporter::returnOutputs(const onnx::GraphProto &graph, func::FuncOp function, Scope &scope) {
  SmallVector<Value> results;
  SmallVector<DictionaryAttr> attributes;
  llvm::StringSet<> names;
  for (const onnx::ValueInfoProto &info : graph.output()) {
    if (!names.insert(info.name()).second)
      report(Severity::Error, "two outputs have the name " + quote(info.name()));
    if (StringRef(info.name()).contains('\0'))
      report(Severity::Error, "output " + quote(info.name()) + " has a NUL in its name");
    const Operand *operand = lookUp(info.name(), scope);
    if (!operand)
      report(Severity::Error, "output " + quote(info.name()) + " is no result of a node, input or initializer");
    if (operand && !operand->value && !failed)
      report(Severity::Error, "output " + quote(info.name()) + " has no value");
    if (!operand || !operand->value)
      continue;
    auto location = NameLoc::get(builder.getStringAttr(llvm::json::fixUTF8(info.name())));
    Type element = operand->type.getBoundaryType(context);
    // Of an input without elements, too, nothing is read.
    results.push_back(
        cnn::isEmpty(operand->value)
            ? cnn::createEmptyConstant(builder, location, RankedTensorType::get(getShape(operand->value), element))
            : convertFloats(builder, location, operand->value, element));
    SmallVector<std::string> symbols;
    for (const onnx::TensorShapeProto_Dimension &dim : info.type().tensor_type().shape().dim())
      symbols.push_back(dim.dim_param());
    if (symbols.size() != getShape(operand->value).size())
      symbols.clear();
    attributes.push_back(describe(builder, info.name(), operand->type, symbols));
  }
  if (graph.output_size() == 0)
    report(Severity::Error, "the graph has no outputs");
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  function.setFunctionType(
      builder.getFunctionType(body->getArgumentTypes(), SmallVector<Type>(ValueRange(results).getTypes())));
  function.setAllResultAttrs(attributes);
}

OwningOpRef<ModuleOp> GraphImporter::import() {
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(builder, builder.getUnknownLoc(), "main", builder.getFunctionType({}, {}));
  body = builder.createBlock(&function.getBody());
  onnx::GraphProto &graph = *model->proto.mutable_graph();
  Scope scope;
  for (const onnx::OperatorSetIdProto &opset : model->proto.opset_import())
    scope.opsets[opset.domain() == "ai.onnx" ? "" : opset.domain()] = opset.version();
  if (auto opset = scope.opsets.find(""); opset != scope.opsets.end() && opset->second > kNewestOpset)
    report(Severity::Warning, "the model has opset " + llvm::Twine(opset->second) + ", but the newest known one is " +
                                  llvm::Twine(kNewestOpset));
  addInitializers(graph, scope);
  addDeclared(graph.value_info(), scope);
  addDeclared(graph.output(), scope);
  bindInputs(graph, function, scope);
  SmallVector<std::string> outputs;
  for (const onnx::ValueInfoProto &output : graph.output())
    outputs.push_back(output.name());
  importNodes(graph.node(), outputs, scope);
  returnOutputs(graph, function, scope);
  if (!unsupported.empty()) {
    std::string list;
    for (const auto &[op, count] : unsupported)
      list += (list.empty() ? "" : ", ") + op + " (" + std::to_string(count) + (count == 1 ? " node)" : " nodes)");
    report(Severity::Error, llvm::Twine(unsupported.size()) + " operator type" +
                                (unsupported.size() == 1 ? " is" : "s are") + " not supported: " + list);
  }
  reportUnprinted();
  if (failed)
    return {};
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*body)))
    if (isOpTriviallyDead(&op))
      op.erase();
  cnn::releaseUnusedConstants(*module);
  return module;
}

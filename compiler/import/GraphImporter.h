// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks a graph in order and lets each node's row make its ops.
#ifndef CNNC_COMPILER_IMPORT_GRAPHIMPORTER_H
#define CNNC_COMPILER_IMPORT_GRAPHIMPORTER_H

#include "compiler/import/Import.h"
#include "compiler/import/Node.h"
#include "compiler/import/NodeOrder.h"
#include "compiler/import/Report.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace cnnc::importing {

/// The names of one graph, function or branch. A name without a value belongs to a node that failed.
struct Scope {
  const Scope *parent = nullptr;
  std::map<std::string, int64_t> opsets;
  const AttributeMap *attributes = nullptr;
  llvm::StringMap<Operand> operands;
  /// Initializers become constants when they are first read.
  llvm::StringMap<onnx::TensorProto *> initializers;
  llvm::StringMap<Reader> readers;
  DeclaredShapes declared;
  unsigned depth = 0;
};

/// The opset of the node's domain; 0 where the model imports none.
int64_t getOpset(const onnx::NodeProto &proto, const Scope &scope);

class GraphImporter {
public:
  GraphImporter(std::shared_ptr<Model> model, const ImportOptions &options, mlir::MLIRContext *context);

  mlir::OwningOpRef<mlir::ModuleOp> import();

private:
  void bindInputs(const onnx::GraphProto &graph, mlir::func::FuncOp function, Scope &scope);
  void returnOutputs(const onnx::GraphProto &graph, mlir::func::FuncOp function, Scope &scope);
  void addInitializers(onnx::GraphProto &graph, Scope &scope);
  void importNodes(const Nodes &nodes, llvm::ArrayRef<std::string> outputs, Scope &scope);
  void importOrdered(const OrderedNode &ordered, Scope &scope);
  void importNode(const onnx::NodeProto &proto, Scope &scope);
  void importFunction(const onnx::NodeProto &proto, const onnx::FunctionProto &function, Scope &scope);
  void importBranch(const onnx::NodeProto &proto, int64_t opset, Scope &scope);
  /// Gives the node the results of its subgraph, which `getName` names.
  void bindOutputs(const onnx::NodeProto &proto, Scope &scope, Scope &inner,
                   llvm::function_ref<llvm::StringRef(int)> getName);
  void runRow(const onnx::NodeProto &proto, int64_t opset, Scope &scope);
  void bindResults(Node &node, Scope &scope);
  /// Gives a name its value. A shape that contradicts the declared one is said where it arises, not where it goes.
  void bind(const onnx::NodeProto &proto, const std::string &name, const Operand &operand, Scope &scope);
  /// Replaces ops after `last` whose operands are constants; moves the node's results along.
  void foldSince(mlir::Operation *last, Node &node);
  /// What the op gives, if that is known and may be computed now.
  mlir::ElementsAttr fold(mlir::Operation *op, llvm::StringRef name);
  /// Puts `value` in the place of an op's result, also among the node's results.
  void replace(mlir::Operation *op, mlir::Value value, Node &node);
  bool verifySince(mlir::Operation *last, Node &node);

  const Operand *lookUp(llvm::StringRef name, Scope &scope);
  const onnx::FunctionProto *findFunction(const onnx::NodeProto &proto) const;
  void poison(const onnx::NodeProto &proto, Scope &scope);
  /// An error of a node that is perhaps not needed waits until somebody reads what the node gives.
  void report(Report report);
  void report(Severity severity, const llvm::Twine &message) { report({severity, message.str()}); }
  void reportUnsupported(const onnx::NodeProto &proto, int64_t opset, Scope &scope);
  std::string describeCut(const onnx::NodeProto &proto, Scope &scope);
  void emit(const Report &report);
  /// That there were more when enough was said.
  void reportUnprinted();
  /// Somebody reads the operand: gives the reports that waited for it.
  void tell(Operand &operand);

  std::shared_ptr<Model> model;
  const ImportOptions &options;
  mlir::MLIRContext *context;
  mlir::OpBuilder builder;
  Budget budget;
  llvm::StringMap<const onnx::FunctionProto *> functions;
  mlir::Block *body = nullptr;
  bool failed = false;
  bool isUnprinted = false;
  /// What may be the cause of errors from here on.
  std::string suspicion;
  /// Nothing more is imported.
  bool isExhausted = false;
  /// Where errors wait while an optional node is imported; null if they are given at once.
  std::shared_ptr<Reports> waiting;
  std::map<std::string, unsigned> unsupported;
};

/// Remembers what `infos` say about the shapes of tensors.
void addDeclared(const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto> &infos, Scope &scope);

/// The extents of a graph's inputs after `--shape` and `--dim`.
struct InputShape {
  std::string name;
  ElementType type;
  llvm::SmallVector<int64_t> shape;
  /// The name of each dimension; empty where the model has a number.
  llvm::SmallVector<std::string> symbols;
};

/// Binds symbolic dimensions; problems and remarks go to `report`.
std::vector<InputShape> resolveInputs(const onnx::GraphProto &graph, const ImportOptions &options,
                                      llvm::function_ref<void(Severity, const llvm::Twine &)> report);

} // namespace cnnc::importing

#endif

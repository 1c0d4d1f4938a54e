// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One ONNX node as a row of OpImporters.def sees it: operands in, attributes, results out, and what is wrong with it.
// The first error is kept; after it, calls may return empty values, which the functions of Emit.h pass on.
#ifndef CNNC_COMPILER_IMPORT_NODE_H
#define CNNC_COMPILER_IMPORT_NODE_H

#include "compiler/import/Budget.h"
#include "compiler/import/ElementType.h"
#include "compiler/import/Import.h"
#include "compiler/import/Model.h"
#include "compiler/import/NodeOrder.h"
#include "dialects/cnn/Shapes.h"
#include "mlir/IR/Builders.h"

#include <optional>

namespace cnnc::importing {

using cnn::Shape;
using cnn::ShapeRef;

/// from, from + 1, ... up to but not including `to`.
inline Shape getDims(int64_t from, int64_t to) { return llvm::to_vector(llvm::seq<int64_t>(from, to)); }

struct Reports;

/// A tensor while it is imported. The module knows it by its compute type; ONNX's own says signedness and half floats.
struct Operand {
  mlir::Value value;
  ElementType type;
  /// An optional input that the caller of a function leaves out; without it, no value means that its node failed.
  bool isAbsent = false;
  /// Its shape is not the one that the model declares, which was said.
  bool isContradicted = false;
  /// Why there is no value, as long as nobody who certainly reads it has been told.
  std::shared_ptr<Reports> reports = nullptr;
};

/// Attributes that a function's nodes refer to by name (ref_attr_name).
using AttributeMap = std::map<std::string, const onnx::AttributeProto *>;

/// What the model says about the shapes of its tensors.
using DeclaredShapes = llvm::StringMap<const onnx::TensorShapeProto *>;

/// The declared shape, -1 where it has no number; none if nothing is declared.
std::optional<Shape> getDeclaredShape(const DeclaredShapes &declared, llvm::StringRef name);

/// What a node may ask of the import as a whole.
struct NodeContext {
  mlir::OpBuilder &builder;
  const ImportOptions &options;
  std::shared_ptr<Model> model;
  Budget &budget;
  const AttributeMap *attributes = nullptr;
  const llvm::StringMap<Reader> *readers = nullptr;
  const DeclaredShapes *declared = nullptr;
  std::string *suspicion = nullptr;
};

class Node {
public:
  Node(NodeContext &context, const onnx::NodeProto &proto, int64_t opset, mlir::Location location,
       llvm::SmallVector<Operand> inputs);

  const onnx::NodeProto &proto;
  const int64_t opset;
  const mlir::Location location;
  mlir::OpBuilder &builder;

  llvm::StringRef getOp() const { return proto.op_type(); }
  bool isInference() const { return context.options.inference; }
  /// Whether a flag gives the extents of inputs.
  bool hasGivenShapes() const { return !context.options.shapes.empty() || !context.options.dims.empty(); }
  /// The node made one image of several: what fails behind it may fail because of that.
  void suspectBatch();

  unsigned getInputCount() const { return inputs.size(); }
  bool hasInput(unsigned index) const { return index < inputs.size() && inputs[index].value; }
  mlir::Value getInput(unsigned index) const { return hasInput(index) ? inputs[index].value : mlir::Value(); }
  ElementType getType(unsigned index) const { return index < inputs.size() ? inputs[index].type : ElementType(); }
  ShapeRef getShape(unsigned index) const;
  int64_t getRank(unsigned index) const { return getShape(index).size(); }
  int64_t getCount(unsigned index) const { return *cnn::getElementCount(getShape(index)); }
  bool isConstant(unsigned index) const;
  /// Whether it is a constant, or one that is stored as integers and scaled.
  bool isWeight(unsigned index) const;

  unsigned getOutputCount() const { return proto.output_size(); }
  /// Whether anything reads the output: a node, a branch or the graph's result.
  bool isOutputUsed(unsigned index) const { return getReader(index); }
  /// Who does; null if nobody.
  const Reader *getReader(unsigned index) const;
  mlir::Value getResult(unsigned index) const { return results[index].value; }
  std::optional<Shape> getDeclaredShape(unsigned index) const;
  void setResult(unsigned index, mlir::Value value, ElementType type);

  const onnx::AttributeProto *getAttribute(llvm::StringRef name);
  bool hasAttribute(llvm::StringRef name) { return getAttribute(name); }
  int64_t getInteger(llvm::StringRef name, int64_t fallback);
  double getReal(llvm::StringRef name, double fallback);
  std::string getString(llvm::StringRef name, llvm::StringRef fallback);
  std::optional<Shape> getIntegers(llvm::StringRef name);
  std::optional<llvm::SmallVector<double>> getReals(llvm::StringRef name);
  /// A tensor attribute as a constant.
  mlir::ElementsAttr getTensor(llvm::StringRef name, ElementType &type);

  /// The integers or floats of an input that must be constant; an error, naming it, if it is not.
  std::optional<Shape> getConstantIntegers(unsigned index, llvm::StringRef name);
  std::optional<llvm::SmallVector<double>> getConstantReals(unsigned index, llvm::StringRef name);
  /// An attribute in older opsets, an input in newer ones; none if absent.
  std::optional<Shape> getIntegersOf(llvm::StringRef attribute, unsigned input, int64_t inputSince);

  /// An axis attribute or element within [-rank, rank), made positive.
  std::optional<int64_t> getAxis(int64_t axis, int64_t rank);

  /// An error, if the model asks for too much; the note says how to allow it.
  bool takeFilled(int64_t elements);
  /// Counts phases of transposed convolutions against the budget.
  bool takePhases(int64_t phases);
  bool checkListed(int64_t entries);

  /// An error, if not, that names the bound.
  bool checkBounds(llvm::StringRef name, int64_t value, int64_t minimum);

  bool hasFailed() const { return failed; }
  std::nullopt_t error(const llvm::Twine &message);
  void warn(const llvm::Twine &message) { warnings.push_back(message.str()); }
  llvm::StringRef getError() const { return message; }
  llvm::ArrayRef<std::string> getWarnings() const { return warnings; }
  llvm::SmallVector<std::string> notes;
  llvm::SmallVector<Operand> results;

private:
  bool take(Bound &bound, int64_t amount);

  NodeContext &context;
  llvm::SmallVector<Operand> inputs;
  bool failed = false;
  std::string message;
  llvm::SmallVector<std::string> warnings;
};

} // namespace cnnc::importing

#endif

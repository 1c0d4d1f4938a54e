// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/pipeline/TextAttributes.h"

#include "compiler/pipeline/ModelName.h"
#include "compiler/pipeline/Pipeline.h"
#include "dialects/target/Target.h"
#include "dialects/target/Types.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::pipeline;

static constexpr int64_t kMost = int64_t(1) << 46;

static bool isNumber(Attribute attribute, int64_t least) {
  auto number = dyn_cast_if_present<IntegerAttr>(attribute);
  return number && number.getType().isSignlessInteger(64) && number.getInt() >= least && number.getInt() <= kMost;
}

/// Multiply-adds of a layer have no bound that a machine sets.
static bool isCount(Attribute attribute) {
  auto number = dyn_cast_if_present<IntegerAttr>(attribute);
  return number && number.getType().isSignlessInteger(64) && number.getInt() >= 0;
}

static bool isText(Attribute attribute) { return isa_and_present<StringAttr>(attribute); }

bool cnnc::pipeline::isStringList(Attribute attribute, int64_t size) {
  auto list = dyn_cast_if_present<ArrayAttr>(attribute);
  return list && int64_t(list.size()) == size && llvm::all_of(list, isText);
}

/// Eight bytes for each element: no type has more.
static bool isModerateShape(ArrayRef<int64_t> shape) {
  int64_t bytes = 8;
  return llvm::all_of(
      shape, [&](int64_t extent) { return extent >= 0 && !llvm::MulOverflow(bytes, extent, bytes) && bytes <= kMost; });
}

/// The numbers of enum cnnc_type, and ONNX's for bfloat16.
static bool isElementType(Attribute attribute) {
  auto number = dyn_cast_if_present<IntegerAttr>(attribute);
  return number && target::findElementType(number.getInt());
}

static bool isTensor(Attribute attribute) {
  auto row = dyn_cast<DictionaryAttr>(attribute);
  auto shape = row ? row.getAs<DenseI64ArrayAttr>("shape") : DenseI64ArrayAttr();
  return shape && isModerateShape(shape.asArrayRef()) && isText(row.get("name")) && isElementType(row.get("type")) &&
         (!row.get("symbols") || isStringList(row.get("symbols"), shape.size()));
}

static bool isStep(Attribute attribute) {
  auto row = dyn_cast<DictionaryAttr>(attribute);
  auto functions = row ? row.getAs<ArrayAttr>("functions") : ArrayAttr();
  return functions && llvm::all_of(functions, llvm::IsaPred<FlatSymbolRefAttr>) && isText(row.get("name")) &&
         isText(row.get("algorithm")) && isNumber(row.get("tasks"), 1) && isCount(row.get("macs")) &&
         isCount(row.get("bytes"));
}

/// The elements and their place in the image; that they are all there is for those who write them.
static bool isWeight(Attribute attribute) {
  auto pair = dyn_cast<ArrayAttr>(attribute);
  auto elements = pair && pair.size() == 2 ? dyn_cast<ElementsAttr>(pair[0]) : ElementsAttr();
  return elements && isa<DenseIntOrFPElementsAttr, DenseResourceElementsAttr>(pair[0]) &&
         elements.getElementType().isIntOrFloat() && isModerateShape(elements.getShapedType().getShape()) &&
         isNumber(pair[1], 0);
}

template <bool (*isElement)(Attribute)> static bool isList(Attribute attribute) {
  auto list = dyn_cast<ArrayAttr>(attribute);
  return list && llvm::all_of(list, isElement);
}

namespace {

/// An attribute that is read after the phases `first` to `last`.
struct Row {
  StringLiteral name, first, last;
  bool required;
  bool (*isWellFormed)(Attribute);
  StringLiteral form;
};

constexpr Row rows[] = {
    {target::kTargetAttr, "import", "llvm", true,
     [](Attribute attribute) { return isa<target::TargetAttr>(attribute); }, "a #target.cpu or a #target.gpu"},
    {kNameAttr, "import", "llvm", false, isText, "a text"},
    {kNameAttr, "llvm", "llvm", true, isText, "a text"},
    {kFlagsAttr, "import", "llvm", false, isText, "a text"},
    {"cnnc.winograd", "import", "llvm", false,
     [](Attribute attribute) {
       auto text = dyn_cast<StringAttr>(attribute);
       return text && (text == "on" || text == "off");
     },
     "\"on\" or \"off\""},
    {"cnnc.weights_bytes", "buffer", "llvm", false, [](Attribute attribute) { return isNumber(attribute, 0); },
     "a number of bytes, an i64,"},
    {"cnnc.arena_bytes", "vector", "llvm", false, [](Attribute attribute) { return isNumber(attribute, 0); },
     "a number of bytes, an i64,"},
    {"cnnc.scratch_bytes", "vector", "llvm", false, [](Attribute attribute) { return isNumber(attribute, 0); },
     "a number of bytes, an i64,"},
    {"cnnc.inputs", "vector", "llvm", true, isList<isTensor>, "a list of {name, shape, type, symbols}"},
    {"cnnc.outputs", "vector", "llvm", true, isList<isTensor>, "a list of {name, shape, type, symbols}"},
    {"cnnc.weights", "vector", "llvm", true, isList<isWeight>, "a list of [elements, offset : i64]"},
    {"cnnc.steps", "vector", "vector", true, isList<isStep>,
     "a list of {name, algorithm, tasks, macs, bytes, functions}"},
};

} // namespace

static size_t getPlace(StringRef phase) { return llvm::find(getPhaseNames(), phase) - getPhaseNames().begin(); }

LogicalResult cnnc::pipeline::verifyAttributes(ModuleOp module, StringRef phase) {
  bool valid = true;
  for (const Row &row : rows) {
    if (getPlace(phase) < getPlace(row.first) || getPlace(phase) > getPlace(row.last))
      continue;
    Attribute attribute = module->getAttr(row.name);
    if (attribute ? row.isWellFormed(attribute) : !row.required)
      continue;
    valid = false;
    InFlightDiagnostic error = module.emitError()
                               << "requires " << row.form << " as the module's attribute " << row.name;
    if (attribute)
      error << ", but found " << attribute;
    else
      error << ", but there is none";
  }
  if (!valid)
    return failure();
  auto target = target::getTarget(module);
  if (getPlace(phase) > getPlace(getLastPhase(target)))
    return module.emitError() << "no text for the target " << target::describe(target) << " has passed the phase "
                              << phase;
  if (phase != "vector")
    return success();
  size_t levels = target.getLevels().size();
  for (auto step : module->getAttrOfType<ArrayAttr>("cnnc.steps").getAsRange<DictionaryAttr>())
    if (size_t found = step.getAs<ArrayAttr>("functions").size(); found != levels)
      return module.emitError() << "requires " << levels << " functions for each of cnnc.steps, one for each level of "
                                << target::kTargetAttr << ", but found " << found;
  return success();
}

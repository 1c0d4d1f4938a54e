// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/pipeline/TextAttributes.h"

#include "compiler/pipeline/ModelName.h"
#include "compiler/pipeline/Pipeline.h"
#include "dialects/target/Target.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::pipeline;

static bool isText(Attribute attribute) { return isa_and_present<StringAttr>(attribute); }

bool cnnc::pipeline::isStringList(Attribute attribute, int64_t size) {
  auto list = dyn_cast_if_present<ArrayAttr>(attribute);
  return list && int64_t(list.size()) == size && llvm::all_of(list, isText);
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
  return success();
}

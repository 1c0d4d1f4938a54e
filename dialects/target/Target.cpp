// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/target/Target.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc::target;

#include "dialects/target/TargetDialect.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/target/TargetAttrs.cpp.inc"

void TargetDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/target/TargetAttrs.cpp.inc"
      >();
}

LogicalResult CpuAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef family,
                              ArrayRef<StringAttr> levels, StringAttr cpu) {
  if (levels.size() > kMostLevels)
    return emitError() << "requires at most " << kMostLevels << " levels, but found " << levels.size();
  const Level *before = nullptr;
  for (StringAttr name : levels) {
    const Level *level = lookupLevel(name.getValue());
    if (!level)
      return emitError() << "unknown level " << name;
    if (level->family != family)
      return emitError() << "level " << name << " is of family " << level->family << ", not " << family;
    // The runtime picks the last one that the machine has. Rows of a family ascend.
    if (before && level <= before)
      return emitError() << "requires ascending levels, but found " << name << " after " << before->name;
    before = level;
  }
  if (cpu && levels.size() != 1)
    return emitError() << "requires one level beside a cpu, but found " << levels.size();
  return success();
}

ArrayRef<Level> cnnc::target::getLevels() {
  static constexpr Level levels[] = {
#define LEVEL(name, family, triple, cpu, bits, registers, fma, l1, l2, isa)                                            \
  {name, family, triple, cpu, bits, registers, fma, l1, l2, isa},
#include "dialects/target/Targets.def"
  };
  return levels;
}

const Level *cnnc::target::lookupLevel(StringRef name) {
  ArrayRef<Level> levels = getLevels();
  const auto *level = llvm::find_if(levels, [&](const Level &row) { return row.name == name; });
  return level == levels.end() ? nullptr : level;
}

CpuAttr cnnc::target::getTarget(ModuleOp module) { return module->getAttrOfType<CpuAttr>(kTargetAttr); }

CpuAttr cnnc::target::requireTarget(ModuleOp module) {
  CpuAttr target = getTarget(module);
  if (!target)
    module.emitError("requires the attribute ") << kTargetAttr;
  return target;
}

SmallVector<Level> cnnc::target::getLevels(CpuAttr target) {
  return llvm::map_to_vector(target.getLevels(), [](StringAttr name) { return *lookupLevel(name.getValue()); });
}

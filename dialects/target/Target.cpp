// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/target/Target.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc::target;

#include "dialects/target/TargetDialect.cpp.inc"
#include "dialects/target/TargetInterface.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/target/TargetAttrs.cpp.inc"

void TargetDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/target/TargetAttrs.cpp.inc"
      >();
}

/// `Row` is what `lookup` finds in the table of the target's kind, where the rows of a family ascend.
template <typename Row>
static LogicalResult verifyLevels(function_ref<InFlightDiagnostic()> emitError, StringRef family,
                                  ArrayRef<StringAttr> levels, const Row *(*lookup)(StringRef)) {
  const Row *before = nullptr;
  for (StringAttr name : levels) {
    const Row *level = lookup(name.getValue());
    if (!level)
      return emitError() << "unknown level " << name;
    if (level->family != family)
      return emitError() << "level " << name << " is of family " << level->family << ", not " << family;
    // The runtime picks the last one that the machine has.
    if (before && level <= before)
      return emitError() << "requires ascending levels, but found " << name << " after " << before->name;
    before = level;
  }
  return success();
}

LogicalResult CpuAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef family,
                              ArrayRef<StringAttr> levels, StringAttr cpu) {
  if (failed(verifyLevels(emitError, family, levels, lookupLevel)))
    return failure();
  if (cpu && levels.size() != 1)
    return emitError() << "requires one level beside a cpu, but found " << levels.size();
  return success();
}

SmallVector<Level> CpuAttr::getCpuLevels() const {
  return llvm::map_to_vector(getLevels(), [](StringAttr name) { return *lookupLevel(name.getValue()); });
}

LogicalResult GpuAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef family,
                              ArrayRef<StringAttr> levels, StringRef host) {
  if (failed(verifyLevels(emitError, family, levels, lookupGpuLevel)))
    return failure();
  if (llvm::none_of(cnnc::target::getLevels(), [&](const Level &level) { return level.family == host; }))
    return emitError() << "unknown host \"" << host << "\"";
  return success();
}

ArrayRef<Level> cnnc::target::getLevels() {
  enum : uint64_t {
#define FEATURE(id, bit, llvm) id = uint64_t(1) << bit,
#include "dialects/target/Features.def"
  };
  static constexpr Level levels[] = {
#define LEVEL(name, family, triple, cpu, features, bits, registers, fma, dots, l1, l2, needs)                          \
  {name, family, triple, cpu, features, bits, registers, fma, Dots::dots, l1, l2, needs},
#include "dialects/target/Targets.def"
  };
  return levels;
}

ArrayRef<GpuLevel> cnnc::target::getGpuLevels() {
  static constexpr GpuLevel levels[] = {
#define GPU(name, family, triple, cpu, ptx, shared, registers) {name, family, triple, cpu, ptx, shared, registers},
#include "dialects/target/Targets.def"
  };
  return levels;
}

template <typename Row> static const Row *lookup(ArrayRef<Row> levels, StringRef name) {
  const auto *level = llvm::find_if(levels, [&](const Row &row) { return row.name == name; });
  return level == levels.end() ? nullptr : level;
}

const Level *cnnc::target::lookupLevel(StringRef name) { return lookup(getLevels(), name); }

const GpuLevel *cnnc::target::lookupGpuLevel(StringRef name) { return lookup(getGpuLevels(), name); }

bool cnnc::target::hasNeeds(const Level &machine, const Level &level) { return (level.needs & ~machine.needs) == 0; }

SmallVector<StringRef> cnnc::target::getNeededFeatures(const Level &level) {
  SmallVector<StringRef> features;
#define FEATURE(id, bit, llvm)                                                                                         \
  if (level.needs >> bit & 1)                                                                                          \
    features.push_back(llvm);
#include "dialects/target/Features.def"
  return features;
}

const Level *cnnc::target::findWithoutDots(ArrayRef<Level> levels, const Level &level) {
  const auto *found =
      llvm::find_if(levels, [&](const Level &other) { return other.cpu == level.cpu && other.dots == Dots::None; });
  return found == levels.end() || level.dots == Dots::None ? nullptr : found;
}

TargetAttr cnnc::target::getTarget(ModuleOp module) { return module->getAttrOfType<TargetAttr>(kTargetAttr); }

TargetAttr cnnc::target::requireTarget(ModuleOp module) {
  TargetAttr target = getTarget(module);
  if (!target)
    module.emitError("requires the attribute ") << kTargetAttr;
  return target;
}

SmallVector<Level> cnnc::target::getCpuLevels(Operation *op) {
  auto module = op->getParentOfType<ModuleOp>();
  TargetAttr target = module ? getTarget(module) : TargetAttr();
  return target ? target.getCpuLevels() : SmallVector<Level>();
}

SmallVector<Level> cnnc::target::requireCpuLevels(ModuleOp module) {
  TargetAttr target = requireTarget(module);
  SmallVector<Level> levels = target ? target.getCpuLevels() : SmallVector<Level>();
  if (target && levels.empty())
    module.emitError("requires a CPU as ") << kTargetAttr << ", but found " << target;
  return levels;
}

std::string cnnc::target::describe(TargetAttr target) {
  auto levels = llvm::map_range(target.getLevels(), [](StringAttr level) { return level.getValue(); });
  return target.getFamily().str() + " (" + llvm::join(levels, ", ") + ")";
}

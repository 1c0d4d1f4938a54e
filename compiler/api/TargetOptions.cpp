// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/TargetOptions.h"

#include "compiler/emit/Codegen.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::api;
using llvm::createStringError;
using llvm::Expected;

/// Whether a CPU has every feature that the level needs, as far as code generation asks.
static bool hasLevel(const llvm::Target &backend, const target::Level &level, StringRef cpu) {
  std::unique_ptr<llvm::MCSubtargetInfo> info(backend.createMCSubtargetInfo(llvm::Triple(level.triple), cpu, ""));
  return info && llvm::all_of(target::getNeededFeatures(level),
                              [&](StringRef names) { return info->checkFeatures(names.str()); });
}

static Expected<target::CpuAttr> resolveNamedCpu(MLIRContext *context, ArrayRef<target::Level> levels, StringRef cpu) {
  StringRef family = levels.front().family;
  std::string message;
  llvm::Triple triple(levels.front().triple);
  if (llvm::Error error = emit::initializeTarget(triple))
    return std::move(error);
  const llvm::Target *backend = llvm::TargetRegistry::lookupTarget(triple, message);
  if (!backend)
    return createStringError(message);
  std::unique_ptr<llvm::MCSubtargetInfo> plain(backend->createMCSubtargetInfo(triple, "", ""));
  if (!plain->isCPUStringValid(cpu))
    return createStringError(
        "unknown CPU '" + cpu + "' for -target=" + family + ": -mcpu takes native, " +
        llvm::join(llvm::map_range(levels, [](const target::Level &level) { return level.name; }), ", ") +
        " or a name that LLVM knows (znver3, skylake-avx512, neoverse-n1, ...)");
  for (const target::Level &level : llvm::reverse(levels))
    if (hasLevel(*backend, level, cpu))
      return target::CpuAttr::get(context, family, {StringAttr::get(context, level.name)},
                                  StringAttr::get(context, cpu));
  return createStringError("the CPU '" + cpu + "' is older than " + levels.front().name +
                           ", the oldest that cnnc compiles for");
}

template <typename Row> static SmallVector<Row> getFamily(ArrayRef<Row> rows, StringRef family) {
  return llvm::to_vector(llvm::make_filter_range(rows, [&](const Row &row) { return row.family == family; }));
}

/// All, or the one that `name` is the name of.
template <typename Row>
static SmallVector<StringAttr> getNames(MLIRContext *context, ArrayRef<Row> levels, StringRef name) {
  SmallVector<StringAttr> names;
  for (const Row &level : levels)
    if (name.empty() || name == level.name)
      names.push_back(StringAttr::get(context, level.name));
  return names;
}

static Expected<target::TargetAttr> resolveGpu(MLIRContext *context, ArrayRef<target::GpuLevel> levels, StringRef gpu) {
  StringRef family = levels.front().family;
  SmallVector<StringAttr> names = getNames(context, levels, gpu);
  if (!names.empty())
    return target::GpuAttr::get(context, family, names, /*host=*/"x86_64");
  auto known = llvm::map_range(levels, [](const target::GpuLevel &level) { return level.name; });
  return createStringError("unknown GPU '" + gpu + "' for -target=" + family + ": -mcpu takes " +
                           llvm::join(known, " or "));
}

static StringRef getHostFamily() { return llvm::Triple(llvm::sys::getProcessTriple()).isX86() ? "x86_64" : "aarch64"; }

static Expected<target::CpuAttr> resolveCpu(MLIRContext *context, ArrayRef<target::Level> levels, StringRef cpu) {
  StringRef family = levels.front().family;
  SmallVector<StringAttr> names = getNames(context, levels, cpu);
  if (!names.empty())
    return target::CpuAttr::get(context, family, names, StringAttr());
  if (cpu != "native")
    return resolveNamedCpu(context, levels, cpu);
  if (family != getHostFamily())
    return createStringError("-mcpu=native needs -target of this machine, which " + family + " is not");
  std::string host = llvm::sys::getHostCPUName().str();
  return resolveNamedCpu(context, levels, host);
}

Expected<target::TargetAttr> cnnc::api::resolveTarget(MLIRContext *context, StringRef family, StringRef cpu) {
  if (auto gpus = getFamily(target::getGpuLevels(), family); !gpus.empty())
    return resolveGpu(context, gpus, cpu);
  SmallVector<target::Level> levels = getFamily(target::getLevels(), family);
  if (levels.empty())
    return createStringError("unknown target '" + family + "'");
  Expected<target::CpuAttr> target = resolveCpu(context, levels, cpu);
  if (!target)
    return target.takeError();
  return *target;
}

Expected<target::CpuAttr> cnnc::api::resolveNative(MLIRContext *context) {
  return resolveCpu(context, getFamily(target::getLevels(), getHostFamily()), "native");
}

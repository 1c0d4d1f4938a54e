// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Partition.h"
#include "compiler/emit/Codegen.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include <algorithm>

using namespace llvm;

namespace cnnc::emit {
namespace {

/// A part should be worth the few milliseconds that its own pass managers take.
constexpr size_t instructionsPerPart = 4000;
constexpr size_t maximalParts = 32;

bool isDealtOut(const Function &function) {
  return !function.isDeclaration() && (isKernel(function) || isStep(function));
}

/// The globals that a constant consists of or points to.
void collectGlobals(const Value *value, SmallPtrSetImpl<const Constant *> &seen,
                    SmallSetVector<GlobalValue *, 16> &globals) {
  const auto *constant = dyn_cast<Constant>(value);
  if (!constant || isa<ConstantData>(constant) || !seen.insert(constant).second)
    return;
  if (auto *global = dyn_cast<GlobalValue>(const_cast<Constant *>(constant))) {
    globals.insert(global);
    return;
  }
  for (const Use &operand : constant->operands())
    collectGlobals(operand.get(), seen, globals);
}

void collectGlobals(const Function &function, SmallSetVector<GlobalValue *, 16> &globals) {
  SmallPtrSet<const Constant *, 16> seen;
  for (const BasicBlock &block : function)
    for (const Instruction &instruction : block)
      for (const Use &operand : instruction.operands())
        collectGlobals(operand.get(), seen, globals);
}

void makeVisible(GlobalValue &global) {
  if (!global.hasLocalLinkage())
    return;
  if (!global.hasName())
    global.setName("cnnc_constant");
  global.setLinkage(GlobalValue::ExternalLinkage);
  global.setVisibility(GlobalValue::HiddenVisibility);
  global.setDSOLocal(true);
}

/// Functions of one kind, and how many instructions they have in all.
struct Group {
  SmallVector<Function *> functions;
  size_t size = 0;
};

/// The parts that a kind of so many instructions deserves.
unsigned partsFor(size_t size) { return std::clamp<size_t>(size / instructionsPerPart, 1, maximalParts); }

/// The largest functions first, each to the part that has the least so far; the parts begin at `firstPart`, and the
/// first of them has `initialLoad` already.
void dealOut(const Group &group, unsigned firstPart, unsigned count, size_t initialLoad, Partitions &partitions) {
  // Size and, negated, the place in the module, so that equal sizes keep their order.
  SmallVector<std::pair<size_t, int64_t>> bySize;
  for (auto [place, function] : enumerate(group.functions))
    bySize.push_back({function->getInstructionCount(), -int64_t(place)});
  llvm::sort(bySize, std::greater<>());
  SmallVector<size_t> load(count, 0);
  load[0] = initialLoad;
  for (auto [size, place] : bySize) {
    size_t part = llvm::min_element(load) - load.begin();
    load[part] += size;
    partitions.partOf[group.functions[-place]->getName()] = firstPart + part;
  }
}

/// Data without addresses in it, which any part may look at.
bool isPlainConstant(const GlobalVariable &variable) {
  if (!variable.isConstant() || !variable.hasDefinitiveInitializer() || variable.isThreadLocal())
    return false;
  SmallPtrSet<const Constant *, 16> seen;
  SmallSetVector<GlobalValue *, 16> globals;
  collectGlobals(variable.getInitializer(), seen, globals);
  return globals.empty();
}

/// Keeps of the variables what a part other than the first may see.
void dropVariables(Module &module) {
  for (GlobalVariable &variable : make_early_inc_range(module.globals())) {
    if (variable.hasAppendingLinkage()) {
      variable.eraseFromParent();
      continue;
    }
    if (variable.isDeclaration())
      continue;
    bool plain = isPlainConstant(variable) && !variable.hasLocalLinkage();
    if (variable.hasLocalLinkage() && !plain) {
      // No one here uses it, or it would have been made visible.
      variable.setInitializer(nullptr);
      variable.setLinkage(GlobalValue::ExternalLinkage);
      continue;
    }
    if (!plain)
      variable.setInitializer(nullptr);
    variable.setLinkage(plain ? GlobalValue::AvailableExternallyLinkage : GlobalValue::ExternalLinkage);
    variable.setSection("");
    variable.setComdat(nullptr);
  }
}

} // namespace

Partitions planPartitions(Module &module) {
  Partitions partitions;
  Group tidied, others;
  size_t rest = 0;
  SmallSetVector<GlobalValue *, 16> needed;
  for (Function &function : module) {
    size_t size = function.getInstructionCount();
    if (!isDealtOut(function)) {
      rest += size;
      continue;
    }
    Group &group = needsTidyingOnly(function) ? tidied : others;
    group.functions.push_back(&function);
    group.size += size;
    needed.insert(&function);
  }
  unsigned otherParts = partsFor(others.size + rest);
  unsigned tidiedParts = tidied.functions.empty() ? 0 : partsFor(tidied.size);
  partitions.count = otherParts + tidiedParts;
  if (partitions.count == 1)
    return partitions;
  dealOut(others, 0, otherParts, rest, partitions);
  if (tidiedParts)
    dealOut(tidied, otherParts, tidiedParts, 0, partitions);

  // What the dealt-out functions need, and what those functions need that they may inline.
  for (size_t i = 0; i < needed.size(); ++i) {
    makeVisible(*needed[i]);
    auto *function = dyn_cast<Function>(needed[i]);
    if (!function || function->isDeclaration())
      continue;
    if (!isDealtOut(*function))
      partitions.shared.insert(function->getName());
    collectGlobals(*function, needed);
  }
  return partitions;
}

Expected<std::unique_ptr<Module>> loadPartition(MemoryBufferRef bitcode, const Partitions &partitions, unsigned part,
                                                LLVMContext &context) {
  Expected<std::unique_ptr<Module>> loaded = getLazyBitcodeModule(bitcode, context);
  if (!loaded)
    return loaded.takeError();
  Module &module = **loaded;
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    auto dealt = partitions.partOf.find(function.getName());
    bool here = dealt == partitions.partOf.end() ? part == 0 : dealt->second == part;
    if (here)
      continue;
    if (dealt == partitions.partOf.end() && partitions.shared.contains(function.getName())) {
      function.setLinkage(GlobalValue::AvailableExternallyLinkage);
      continue;
    }
    function.deleteBody();
    function.setLinkage(GlobalValue::ExternalLinkage);
  }
  if (part) {
    module.setModuleInlineAsm("");
    for (GlobalAlias &alias : make_early_inc_range(module.aliases()))
      if (alias.use_empty())
        alias.eraseFromParent();
    dropVariables(module);
  }
  if (Error error = module.materializeAll())
    return std::move(error);
  return loaded;
}

} // namespace cnnc::emit

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   #target.cpu<"x86_64", levels = ["x86-64-v3", "x86-64-v3-vnni", "x86-64-v4", "x86-64-v4-vnni"]>, contractions of
//   floats
//   =>  #target.cpu<"x86_64", levels = ["x86-64-v3", "x86-64-v4"]>
// Before anything is written once for each level.
#include "passes/kernel/Passes.h"

#include "dialects/kernel/Arithmetic.h"

using namespace mlir;
using namespace cnnc;

namespace cnnc::to_kernel {
#define GEN_PASS_DEF_ELIMINATELEVELS
#include "passes/kernel/Passes.h.inc"
} // namespace cnnc::to_kernel

namespace {

struct EliminateLevels : cnnc::to_kernel::impl::EliminateLevelsBase<EliminateLevels> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    target::TargetAttr target = target::requireTarget(module);
    if (!target)
      return signalPassFailure();
    SmallVector<target::Level> levels = target.getCpuLevels();
    SmallVector<StringAttr> kept;
    for (auto [level, name] : llvm::zip(levels, target.getLevels()))
      if (!target::findWithoutDots(levels, level) || kernel::usesDots(module, level.dots))
        kept.push_back(name);
    if (kept.size() == levels.size())
      return;
    eliminated += levels.size() - kept.size();
    module->setAttr(target::kTargetAttr, target.withLevels(kept));
  }
};

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Compilation.h"

#include "compiler/pipeline/Pipeline.h"
#include "compiler/pipeline/TextFile.h"
#include "dialects/target/Target.h"

#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::api;
using llvm::createStringError;

bool cnnc::api::readsText(const Source &source) { return StringRef(source.path).ends_with(".mlir"); }

LogicalResult cnnc::api::runPhases(Compilation &compilation, ModuleOp module, StringRef last) {
  auto passed = module->getAttrOfType<StringAttr>(pipeline::kPhaseAttr);
  StringRef first = passed ? passed.getValue() : StringRef();
  PassManager manager(&compilation.context);
  // The doors verify; what somebody has written may go wrong anywhere.
  manager.enableVerifier(readsText(compilation.source));
  manager.enableTiming(compilation.timing);
  StringRef reached = pipeline::buildPipeline(manager, target::getTarget(module), first, last);
  if (failed(manager.run(module)))
    return failure();
  module->setAttr(pipeline::kPhaseAttr, StringAttr::get(&compilation.context, reached));
  return success();
}

llvm::Error cnnc::api::checkLayoutPhase(const Options &options, ModuleOp module, const Twine &flag) {
  ArrayRef<StringRef> phases = pipeline::getPhaseNames();
  auto indexOf = [&](StringRef name) { return llvm::find(phases, name) - phases.begin(); };
  auto passed = module->getAttrOfType<StringAttr>(pipeline::kPhaseAttr);
  if (!options.stopAfter.empty() && indexOf(options.stopAfter) < indexOf("layout"))
    return createStringError(flag + " the layout phase, but --stop-after ends before it");
  if (passed && indexOf(passed.getValue()) >= indexOf("layout"))
    return createStringError(flag + " the layout phase, which this text has passed");
  return llvm::Error::success();
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Tuning.h"

#include "compiler/api/TargetOptions.h"
#include "compiler/pipeline/TextFile.h"
#include "compiler/tune/Tune.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::api;
using llvm::createStringError;
using llvm::Expected;

/// A trial is compiled in a context of its own, as a text: a pipeline frees the weights that its module does not use.
static Expected<output::OutputFile> compileTrial(const Options &options, ModuleOp trial) {
  trial->setAttr(pipeline::kPhaseAttr, StringAttr::get(trial.getContext(), "graph"));
  std::string text;
  llvm::raw_string_ostream stream(text);
  trial.print(stream, OpPrintingFlags().enableDebugInfo()); // The names of variants are locations.
  Options own;
  own.optimization = options.optimization;
  own.threads = options.threads;
  Result result = compile({"trial.mlir", text}, own);
  if (result.status == Status::Done)
    return std::move(result.artifacts.front());
  return createStringError("internal error: a layer does not compile by itself: " + result.diagnostics.front().message);
}

static Expected<tune::TuneOptions> getTuneOptions(const Compilation &compilation, ModuleOp module) {
  Expected<target::CpuAttr> machine = resolveNative(module.getContext());
  if (!machine)
    return machine.takeError();
  tune::TuneOptions tuning;
  target::TargetAttr target = target::getTarget(module);
  auto cpu = dyn_cast<target::CpuAttr>(target);
  tuning.target = cpu ? tune::getTunedTarget(cpu, *machine) : cpu;
  tuning.cpu = machine->getCpu().str();
  if (!tuning.target)
    return createStringError("--tune times on this machine, a " + tuning.cpu + ", which does not run " +
                             target.getLevels().front().str() + ": tune there, or compile for this one");
  tuning.record = *compilation.options.tune;
  tuning.compile = [&](ModuleOp trial) { return compileTrial(compilation.options, trial); };
  tuning.progress = compilation.host.progress;
  return tuning;
}

Expected<std::optional<output::OutputFile>> cnnc::api::tuneModel(Compilation &compilation, ModuleOp module) {
  if (!compilation.options.tune)
    return std::nullopt;
  if (llvm::Error error = checkLayoutPhase(compilation.options, module, "--tune chooses in"))
    return error;
  Expected<tune::TuneOptions> tuning = getTuneOptions(compilation, module);
  if (!tuning)
    return tuning.takeError();
  if (failed(runPhases(compilation, module, "graph")))
    return createStringError("internal error: a pass failed before there was anything to tune");
  TimingScope timing = compilation.timing.nest("tune");
  return tune::tuneAlgorithms(module, *tuning);
}

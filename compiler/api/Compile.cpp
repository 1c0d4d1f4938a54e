// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/Compile.h"

#include "compiler/api/Compilation.h"
#include "compiler/api/Interface.h"
#include "compiler/api/Processors.h"
#include "compiler/api/TargetOptions.h"
#include "compiler/api/Tuning.h"
#include "compiler/emit/Emit.h"
#include "compiler/emit/Identifier.h"
#include "compiler/import/Import.h"
#include "compiler/pipeline/Explanation.h"
#include "compiler/pipeline/ModelName.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/pipeline/TextFile.h"
#include "compiler/pipeline/VerifyText.h"
#include "dialects/target/Target.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::api;
using llvm::createStringError;
using llvm::Expected;

namespace {

/// Text that a phase has left, or that somebody has written.
OwningOpRef<ModuleOp> readPhase(Compilation &compilation) {
  const Source &source = compilation.source;
  auto guard = [&](llvm::function_ref<void()> work) { compilation.host.guard ? compilation.host.guard(work) : work(); };
  OwningOpRef<ModuleOp> module = source.bytes
                                     ? pipeline::readText({*source.bytes, source.path}, &compilation.context, guard)
                                     : pipeline::readTextFile(source.path, &compilation.context, guard);
  if (!module || failed(pipeline::verifyText(*module)))
    return nullptr;
  auto name = (*module)->getAttrOfType<StringAttr>(pipeline::kNameAttr);
  if (!name || emit::stemIdentifier(name) == name)
    return module;
  module->emitError() << "requires a C identifier that is no keyword and begins neither with '_' nor with 'cnnc_' as "
                      << pipeline::kNameAttr << ", but found " << name;
  return nullptr;
}

/// What the model's table says that it was compiled with.
void setFlags(ModuleOp module, StringRef flags) {
  if (!flags.empty())
    module->setAttr(pipeline::kFlagsAttr, StringAttr::get(module.getContext(), flags));
}

/// -O is not of the phases, whose text may be compiled again, but of the run that makes code.
void addOptimizationFlag(const Options &options, ModuleOp module) {
  if (isText(options) || options.optimization == Options().optimization)
    return;
  auto flags = module->getAttrOfType<StringAttr>(pipeline::kFlagsAttr);
  setFlags(module, ((flags ? flags.getValue() + " " : "") + Twine("-O") + Twine(options.optimization)).str());
}

OwningOpRef<ModuleOp> loadModel(Compilation &compilation) {
  const Source &source = compilation.source;
  const Options &options = compilation.options;
  TimingScope timing = compilation.timing.nest("import");
  if (readsText(source))
    return readPhase(compilation);
  Expected<target::TargetAttr> target = resolveTarget(&compilation.context, options.target, options.cpu);
  if (!target) {
    compilation.diagnostics.report(target.takeError());
    return nullptr;
  }
  importing::ImportOptions import;
  import.shapes = options.shapes;
  import.dims = options.dims;
  import.budget = options.budget;
  import.inference = options.inference;
  OwningOpRef<ModuleOp> module =
      source.bytes ? importing::importModel({*source.bytes, source.path}, import, &compilation.context)
                   : importing::importModel(source.path, import, &compilation.context);
  if (!module)
    return nullptr;
  Builder builder(&compilation.context);
  (*module)->setAttr(target::kTargetAttr, *target);
  if (!options.winograd)
    (*module)->setAttr("cnnc.winograd", builder.getStringAttr("off"));
  Options told = options;
  if (auto cpu = dyn_cast<target::CpuAttr>(*target); cpu && cpu.getCpu())
    told.cpu = cpu.getCpu().str(); // What -mcpu=native found.
  setFlags(*module, describeModelOptions(told));
  return module;
}

/// As asked for, else what the text calls itself, else the source's.
void nameModel(const Compilation &compilation, ModuleOp module) {
  auto own = module->getAttrOfType<StringAttr>(pipeline::kNameAttr);
  const std::string &wanted = compilation.options.name;
  std::string name = !wanted.empty() ? wanted : own ? own.str() : getModelName(compilation.source.path);
  pipeline::renameModel(module, name);
}

/// Runs as far as the table needs.
LogicalResult explain(Compilation &compilation, ModuleOp module) {
  pipeline::Explanation explanation;
  if (failed(runPhases(compilation, module, "layout")))
    return failure();
  explanation.readChoices(module);
  StringRef last = compilation.options.stopAfter;
  ArrayRef<StringRef> phases = pipeline::getPhaseNames();
  if (last.empty() || llvm::find(phases, last) >= llvm::find(phases, "schedule")) {
    if (failed(runPhases(compilation, module, "schedule")))
      return failure();
    explanation.readTiles(module);
  }
  llvm::raw_string_ostream stream(compilation.result.explanation);
  explanation.print(stream);
  return success();
}

llvm::Error checkExplain(const Options &options, ModuleOp module) {
  if (!options.explain)
    return llvm::Error::success();
  if (target::TargetAttr target = target::getTarget(module); target.getCpuLevels().empty())
    return createStringError("--explain predicts the cycles of a CPU's cores, but the target is " +
                             target::describe(target));
  return checkLayoutPhase(options, module, "--explain tells of");
}

/// Whether the module got as far as was asked for.
llvm::Error checkExit(const Options &options, ModuleOp module) {
  StringRef wanted = options.stopAfter.empty() ? pipeline::getPhaseNames().back() : StringRef(options.stopAfter);
  target::TargetAttr target = target::getTarget(module);
  StringRef last = pipeline::getLastPhase(target);
  ArrayRef<StringRef> phases = pipeline::getPhaseNames();
  if (llvm::find(phases, wanted) <= llvm::find(phases, last))
    return llvm::Error::success();
  return createStringError("the target " + target::describe(target) +
                           " has no code generator yet: stop after an earlier phase (--stop-after=" + last +
                           "), or compile for a CPU");
}

llvm::Error emit(Compilation &compilation, ModuleOp module) {
  const Options &options = compilation.options;
  Artifacts &artifacts = compilation.result.artifacts;
  if (isText(options))
    return pipeline::writeTextFile(module, artifacts);
  auto target = cast<target::CpuAttr>(target::getTarget(module));
  emit::EmitOptions emit;
  emit.kind = *emit::parseEmitKind(options.emit);
  emit.triple = llvm::Triple(target.getCpuLevels().front().triple);
  emit.optimizationLevel = options.optimization;
  emit.threads = options.threads;
  emit.verify = readsText(compilation.source);
  emit.timing = &compilation.timing;
  emit::ModelInterface interface = describeModel(module, llvm::sys::path::filename(compilation.source.path));
  llvm::Error error = writeModel(module, interface, emit, artifacts[0]);
  if (error || artifacts.size() == 1)
    return error;
  emit.kind = emit::EmitKind::Header;
  return writeModel(module, interface, emit, artifacts[1]);
}

/// A text is its writer's, whatever goes wrong with it. In a model, what a pass does not like of a node is the model's
/// fault, for the importer and the passes name it; what names no node, and an op without a conversion, is ours.
Status getPassStatus(Compilation &compilation) {
  DiagnosticList &diagnostics = compilation.diagnostics;
  bool internal = !diagnostics.hasErrors() || diagnostics.hasInternalErrors() || !diagnostics.hasPlaces();
  if (!diagnostics.hasErrors())
    diagnostics.report(createStringError("internal error: a pass failed without a word"));
  return internal && !readsText(compilation.source) ? Status::InternalError : Status::UserError;
}

Status run(Compilation &compilation) {
  const Options &options = compilation.options;
  auto fail = [&](llvm::Error error = llvm::Error::success()) {
    compilation.diagnostics.report(std::move(error));
    bool internal = compilation.diagnostics.hasInternalErrors() && !readsText(compilation.source);
    return internal ? Status::InternalError : Status::UserError;
  };
  OwningOpRef<ModuleOp> module = loadModel(compilation);
  if (!module)
    return fail();
  nameModel(compilation, *module);
  if (llvm::Error error = checkExplain(options, *module))
    return fail(std::move(error));
  Expected<std::optional<output::OutputFile>> record = tuneModel(compilation, *module);
  if (!record)
    return fail(record.takeError());
  addOptimizationFlag(options, *module);
  bool done = (!options.explain || succeeded(explain(compilation, *module))) &&
              succeeded(runPhases(compilation, *module, options.stopAfter));
  if (!done)
    return getPassStatus(compilation);
  if (llvm::Error error = checkExit(options, *module))
    return fail(std::move(error));
  if (llvm::Error error = emit(compilation, *module))
    return fail(std::move(error));
  if (*record)
    compilation.result.artifacts.push_back(std::move(**record));
  return Status::Done;
}

/// In a context of its own, which is gone afterwards.
Status runInContext(const Source &source, const Options &options, const Host &host, Result &result) {
  DialectRegistry registry;
  pipeline::registerDialects(registry);
  unsigned count = options.threads ? options.threads : countProcessors();
  llvm::DefaultThreadPool threads(llvm::hardware_concurrency(count));
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  if (threads.getMaxConcurrency() > 1)
    context.setThreadPool(threads);
  context.loadAllAvailableDialects();
  context.printOpOnDiagnostic(false);
  DiagnosticList diagnostics(&context, source.path);
  llvm::raw_string_ostream stream(result.timing);
  DefaultTimingManager clock;
  clock.setOutput(createOutputStrategy(DefaultTimingManager::OutputFormat::Text, stream));
  clock.setEnabled(options.verbose);
  TimingScope timing = clock.getRootScope();
  Options own = options;
  own.threads = count;
  Compilation compilation{source, own, host, context, diagnostics, timing, result};
  Status status = run(compilation);
  result.diagnostics = diagnostics.take();
  return status;
}

/// What is wrong before there is a source to speak of.
Result refuse(llvm::Error error) {
  Result result;
  result.status = Status::UserError;
  api::Diagnostic diagnostic;
  diagnostic.file = "cnnc";
  diagnostic.message = llvm::toString(std::move(error));
  result.diagnostics.push_back(std::move(diagnostic));
  return result;
}

} // namespace

Expected<Artifacts> cnnc::api::openArtifacts(const Options &options, StringRef path) {
  if (llvm::Error error = validate(options))
    return std::move(error);
  bool library = !isText(options) && options.emit == "so";
  return output::OutputFile::createPair(path, library, getSecondExtension(options));
}

Expected<Artifacts> cnnc::api::openUnplaced(const Options &options, StringRef stem) {
  if (llvm::Error error = validate(options))
    return std::move(error);
  Artifacts artifacts;
  for (StringRef extension : {getExtension(options), getSecondExtension(options)}) {
    if (extension.empty())
      continue;
    Expected<output::OutputFile> file = output::OutputFile::createUnplaced((stem + extension).str());
    if (!file)
      return file.takeError();
    artifacts.push_back(std::move(*file));
  }
  return artifacts;
}

Result cnnc::api::compile(const Source &source, const Options &options, Artifacts artifacts, const Host &host) {
  if (llvm::Error error = validate(options))
    return refuse(std::move(error));
  if (artifacts.empty())
    return refuse(createStringError("requires a file for the artifact, but found none"));
  Result result;
  result.artifacts = std::move(artifacts);
  result.status = runInContext(source, options, host, result);
  return result;
}

Result cnnc::api::compile(const Source &source, const Options &options, const Host &host) {
  Expected<Artifacts> artifacts = openUnplaced(options, llvm::sys::path::stem(source.path));
  return artifacts ? compile(source, options, std::move(*artifacts), host) : refuse(artifacts.takeError());
}

void cnnc::api::printSupportedOps(llvm::raw_ostream &stream) { importing::printSupportedOps(stream); }

StringRef cnnc::api::getVersion() { return CNNC_VERSION; }

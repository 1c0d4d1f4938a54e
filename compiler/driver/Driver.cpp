// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/Driver.h"

#include "compiler/driver/Diagnostics.h"
#include "compiler/driver/Interface.h"
#include "compiler/driver/Options.h"
#include "compiler/driver/Processors.h"
#include "compiler/driver/TargetOptions.h"
#include "compiler/emit/Emit.h"
#include "compiler/emit/Identifier.h"
#include "compiler/import/Import.h"
#include "compiler/output/OutputFile.h"
#include "compiler/pipeline/Explanation.h"
#include "compiler/pipeline/ModelName.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/pipeline/TextFile.h"
#include "compiler/pipeline/VerifyText.h"
#include "compiler/tune/Tune.h"
#include "dialects/target/Target.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

#include <csignal>
#include <unistd.h>

using namespace mlir;
using namespace cnnc;
using namespace cnnc::driver;

namespace {

enum ExitCode { kDone = 0, kUserError = 1, kInternalError = 2 };

/// One compilation: what the command line asked for, the context it happens in, and the clock of --verbose.
struct Compilation {
  const Options &options;
  MLIRContext &context;
  DiagnosticPrinter &diagnostics;
  TimingScope &timing;
};

StringRef getStem(const Options &options) {
  return options.input == "-" ? StringRef("model") : llvm::sys::path::stem(options.input);
}

bool readsText(const Options &options) { return StringRef(options.input).ends_with(".mlir"); }

/// Text that a phase has left, or that somebody has written.
bool writesText(const Options &options) { return !options.stopAfter.empty() || options.emit == "mlir"; }

OwningOpRef<ModuleOp> readPhase(Compilation &compilation) {
  OwningOpRef<ModuleOp> module = pipeline::readTextFile(compilation.options.input, &compilation.context);
  if (!module || failed(pipeline::verifyText(*module)))
    return nullptr;
  auto name = (*module)->getAttrOfType<StringAttr>(pipeline::kNameAttr);
  if (!name || emit::stemIdentifier(name) == name)
    return module;
  module->emitError() << "requires a C identifier that is no keyword and begins neither with '_' nor with 'cnnc_' as "
                      << pipeline::kNameAttr << ", but found " << name;
  return nullptr;
}

/// --name, else the output's, else what the text calls itself, else the input's.
void nameModel(const Options &options, ModuleOp module, const output::OutputFile &output) {
  auto given = module->getAttrOfType<StringAttr>(pipeline::kNameAttr);
  std::string name = !options.name.empty() ? options.name
                     : given               ? given.str()
                                           : emit::stemIdentifier(getStem(options));
  if (options.name.empty() && !options.output.empty() && output.isRegular())
    name = emit::stemIdentifier(llvm::sys::path::stem(options.output));
  pipeline::renameModel(module, name);
}

/// What the model's table says that it was compiled with.
void setFlags(ModuleOp module, StringRef flags) {
  if (!flags.empty())
    module->setAttr(pipeline::kFlagsAttr, StringAttr::get(module.getContext(), flags));
}

/// -O is not of the phases, whose text may be compiled again, but of the run that makes code.
void addOptimizationFlag(const Options &options, ModuleOp module) {
  if (writesText(options) || options.optimization == Options().optimization)
    return;
  auto flags = module->getAttrOfType<StringAttr>(pipeline::kFlagsAttr);
  setFlags(module, ((flags ? flags.getValue() + " " : "") + Twine("-O") + Twine(options.optimization)).str());
}

OwningOpRef<ModuleOp> loadModel(Compilation &compilation) {
  const Options &options = compilation.options;
  TimingScope timing = compilation.timing.nest("import");
  if (readsText(options))
    return readPhase(compilation);
  llvm::Expected<target::TargetAttr> target = resolveTarget(&compilation.context, options.target, options.cpu);
  if (!target) {
    compilation.diagnostics.report(target.takeError());
    return nullptr;
  }
  importing::ImportOptions import;
  import.shapes = options.shapes;
  import.dims = options.dims;
  import.budget = options.budget;
  import.inference = options.inference;
  OwningOpRef<ModuleOp> module = importing::importModel(options.input, import, &compilation.context);
  if (!module)
    return nullptr;
  Builder builder(&compilation.context);
  (*module)->setAttr(target::kTargetAttr, *target);
  if (!options.winograd)
    (*module)->setAttr("cnnc.winograd", builder.getStringAttr("off"));
  auto cpu = dyn_cast<target::CpuAttr>(*target);
  setFlags(*module, describeFlags(options, cpu && cpu.getCpu() ? cpu.getCpu().getValue() : StringRef()));
  return module;
}

/// Runs the phases that the module has not passed yet, up to and including `last` (empty: all), or as far as there are
/// any for its target.
LogicalResult runPhases(Compilation &compilation, ModuleOp module, StringRef last) {
  auto passed = module->getAttrOfType<StringAttr>(pipeline::kPhaseAttr);
  StringRef first = passed ? passed.getValue() : StringRef();
  PassManager manager(&compilation.context);
  // The doors verify; what somebody has written may go wrong anywhere.
  manager.enableVerifier(readsText(compilation.options));
  manager.enableTiming(compilation.timing);
  StringRef reached = pipeline::buildPipeline(manager, target::getTarget(module), first, last);
  if (failed(manager.run(module)))
    return failure();
  module->setAttr(pipeline::kPhaseAttr, StringAttr::get(&compilation.context, reached));
  return success();
}

/// Runs as far as the table needs, and prints it.
LogicalResult explain(Compilation &compilation, ModuleOp module) {
  StringRef last = compilation.options.stopAfter;
  pipeline::Explanation explanation;
  if (failed(runPhases(compilation, module, "layout")))
    return failure();
  explanation.readChoices(module);
  if (last != "layout") {
    if (failed(runPhases(compilation, module, "kernel")))
      return failure();
    explanation.readTiles(module);
  }
  explanation.print(llvm::outs());
  llvm::outs().flush(); // The table is there before code is made of it.
  return success();
}

/// What --explain and --tune need: that this run goes through the layout phase.
llvm::Error checkLayoutPhase(const Options &options, ModuleOp module, const Twine &flag) {
  ArrayRef<StringRef> phases = pipeline::getPhaseNames();
  auto indexOf = [&](StringRef name) { return llvm::find(phases, name) - phases.begin(); };
  auto passed = module->getAttrOfType<StringAttr>(pipeline::kPhaseAttr);
  if (!options.stopAfter.empty() && indexOf(options.stopAfter) < indexOf("layout"))
    return llvm::createStringError(flag + " the layout phase, but --stop-after ends before it");
  if (passed && indexOf(passed.getValue()) >= indexOf("layout"))
    return llvm::createStringError(flag + " the layout phase, which this text has passed");
  return llvm::Error::success();
}

llvm::Error checkExplain(const Options &options, ModuleOp module, ArrayRef<output::OutputFile> outputs) {
  if (!options.explain)
    return llvm::Error::success();
  if (target::TargetAttr target = target::getTarget(module); target.getCpuLevels().empty())
    return llvm::createStringError("--explain predicts the cycles of a CPU's cores, but the target is " +
                                   target::describe(target));
  if (outputs.front().name() == "-")
    return llvm::createStringError("--explain writes to the standard output, as the text does: name a file with -o");
  return checkLayoutPhase(options, module, "--explain tells of");
}

std::string getOutputPath(const Options &options) {
  if (!options.output.empty())
    return options.output;
  bool text = writesText(options);
  return text ? "-" : (getStem(options) + fileExtension(*emit::parseEmitKind(options.emit))).str();
}

/// Before there is anything to write: that a place cannot be written to is better known at once.
llvm::Expected<std::vector<output::OutputFile>> openOutputs(const Options &options) {
  bool text = writesText(options);
  emit::EmitKind kind = text ? emit::EmitKind::Header : *emit::parseEmitKind(options.emit);
  bool library = kind == emit::EmitKind::SharedLibrary;
  StringRef beside = text                                         ? StringRef(pipeline::kWeightsExtension)
                     : library || kind == emit::EmitKind::Archive ? ".h"
                                                                  : "";
  llvm::Expected<std::vector<output::OutputFile>> outputs =
      output::OutputFile::createPair(getOutputPath(options), library, beside);
  if (!outputs)
    return outputs;
  for (const output::OutputFile &output : *outputs)
    if (output.replaces(options.input))
      return llvm::createStringError("the output '" + output.name() + "' is the model itself: choose another with -o");
  return outputs;
}

llvm::Error emit(Compilation &compilation, ModuleOp module, std::vector<output::OutputFile> &outputs) {
  const Options &options = compilation.options;
  if (writesText(options))
    return pipeline::writeTextFile(module, outputs);
  auto target = cast<target::CpuAttr>(target::getTarget(module));
  emit::EmitOptions emit;
  emit.kind = *emit::parseEmitKind(options.emit);
  emit.triple = llvm::Triple(target.getCpuLevels().front().triple);
  emit.optimizationLevel = options.optimization;
  emit.threads = options.threads;
  emit.verify = readsText(options);
  emit.timing = &compilation.timing;
  emit::ModelInterface interface = describeModel(module, llvm::sys::path::filename(options.input));
  llvm::Error error = writeModel(module, interface, emit, outputs[0]);
  if (error || outputs.size() == 1)
    return error;
  emit.kind = emit::EmitKind::Header;
  return writeModel(module, interface, emit, outputs[1]);
}

/// Where --tune keeps what it measures.
llvm::Expected<std::string> getRecordPath(const Options &options, ArrayRef<output::OutputFile> outputs) {
  namespace fs = llvm::sys::fs;
  SmallString<128> path(options.tuningRecord);
  if (path.empty()) {
    path = getOutputPath(options);
    if (path != "-" && (!fs::exists(path) || fs::is_regular_file(path)))
      llvm::sys::path::replace_extension(path, "tuning.json");
    else
      path = "-";
  }
  if (path == "-")
    return llvm::createStringError(
        "--tune keeps its record beside the output, which is no file: name one with --tune=");
  if (llvm::any_of(outputs, [&](const output::OutputFile &output) { return output.replaces(path); }))
    return llvm::createStringError("the tuning record '" + path +
                                   "' is an output as well: choose another with --tune=");
  return path.str().str();
}

llvm::Expected<tune::TuneOptions> getTuneOptions(const Options &options, ModuleOp module,
                                                 ArrayRef<output::OutputFile> outputs) {
  llvm::Expected<target::CpuAttr> machine = resolveNative(module.getContext());
  if (!machine)
    return machine.takeError();
  tune::TuneOptions tuning;
  target::TargetAttr target = target::getTarget(module);
  auto cpu = dyn_cast<target::CpuAttr>(target);
  tuning.target = cpu ? tune::getTunedTarget(cpu, *machine) : cpu;
  tuning.cpu = machine->getCpu().str();
  if (!tuning.target)
    return llvm::createStringError("--tune times on this machine, a " + tuning.cpu + ", which does not run " +
                                   target.getLevels().front().str() + ": tune there, or compile for this one");
  tuning.optimization = options.optimization;
  llvm::Expected<std::string> record = getRecordPath(options, outputs);
  if (!record)
    return record.takeError();
  tuning.record = *record;
  return tuning;
}

/// Lets this machine choose where --tune asks for it. Returns the record to be written, if there is something new.
llvm::Expected<std::optional<output::OutputFile>> tune(Compilation &compilation, ModuleOp module,
                                                       ArrayRef<output::OutputFile> outputs) {
  if (!compilation.options.tune)
    return std::nullopt;
  if (llvm::Error error = checkLayoutPhase(compilation.options, module, "--tune chooses in"))
    return error;
  llvm::Expected<tune::TuneOptions> tuning = getTuneOptions(compilation.options, module, outputs);
  if (!tuning)
    return tuning.takeError();
  if (failed(runPhases(compilation, module, "graph")))
    return llvm::createStringError("internal error: a pass failed before there was anything to tune");
  TimingScope timing = compilation.timing.nest("tune");
  return tuneAlgorithms(module, *tuning);
}

/// Whether the module got as far as was asked for.
llvm::Error checkExit(const Options &options, ModuleOp module) {
  StringRef wanted = options.stopAfter.empty() ? pipeline::getPhaseNames().back() : StringRef(options.stopAfter);
  target::TargetAttr target = target::getTarget(module);
  StringRef last = pipeline::getLastPhase(target);
  ArrayRef<StringRef> phases = pipeline::getPhaseNames();
  if (llvm::find(phases, wanted) <= llvm::find(phases, last))
    return llvm::Error::success();
  return llvm::createStringError("the target " + target::describe(target) +
                                 " has no code generator yet: stop after an earlier phase (--stop-after=" + last +
                                 "), or compile for a CPU");
}

/// A text is its writer's, whatever goes wrong with it. In a model, what a pass does not like of a node is the model's
/// fault, for the importer and the passes name it; what names no node, and an op without a conversion, is ours.
int getPassExitCode(const Compilation &compilation) {
  const DiagnosticPrinter &diagnostics = compilation.diagnostics;
  bool internal = !diagnostics.hasErrors() || diagnostics.hasInternalErrors() || !diagnostics.hasPlaces();
  return internal && !readsText(compilation.options) ? kInternalError : kUserError;
}

int compile(Compilation &compilation) {
  const Options &options = compilation.options;
  auto fail = [&](llvm::Error error = llvm::Error::success()) {
    compilation.diagnostics.report(std::move(error));
    return compilation.diagnostics.hasInternalErrors() && !readsText(options) ? kInternalError : kUserError;
  };
  llvm::Expected<std::vector<output::OutputFile>> outputs = openOutputs(options);
  if (!outputs)
    return fail(outputs.takeError());
  OwningOpRef<ModuleOp> module = loadModel(compilation);
  if (!module)
    return fail();
  nameModel(options, *module, outputs->front());
  if (llvm::Error error = checkExplain(options, *module, *outputs))
    return fail(std::move(error));
  compilation.diagnostics.flush();
  llvm::Expected<std::optional<output::OutputFile>> record = tune(compilation, *module, *outputs);
  if (!record)
    return fail(record.takeError());
  addOptimizationFlag(options, *module);
  bool done = (!options.explain || succeeded(explain(compilation, *module))) &&
              succeeded(runPhases(compilation, *module, options.stopAfter));
  if (!done) {
    int code = getPassExitCode(compilation);
    if (!compilation.diagnostics.hasErrors())
      compilation.diagnostics.report(llvm::createStringError("internal error: a pass failed without a word"));
    return code;
  }
  if (llvm::Error error = checkExit(options, *module))
    return fail(std::move(error));
  if (llvm::Error error = emit(compilation, *module, *outputs))
    return fail(std::move(error));
  if (*record)
    outputs->push_back(std::move(**record));
  llvm::Error error = output::OutputFile::commit(*outputs);
  return error ? fail(std::move(error)) : kDone;
}

/// What LLVM cannot go on after: half written files are gone, the reason is printed as any other.
[[noreturn]] void endAtOnce(void *data, const char *reason, bool) {
  const auto &options = *static_cast<const Options *>(data);
  llvm::sys::RunInterruptHandlers();
  Report report;
  report.file = options.input;
  report.severity = "error";
  report.message = (readsText(options) ? "the text cannot be compiled: " : "internal error: ") + std::string(reason);
  printReport(report, options.diagnostics == "json");
  _exit(readsText(options) ? kUserError : kInternalError);
}

/// Flags may be wrong in any place, --diagnostics=json before or behind it.
int reportFlags(llvm::Error error, ArrayRef<const char *> arguments) {
  bool json = false;
  for (auto [index, argument] : llvm::enumerate(arguments)) {
    StringRef flag(argument);
    flag = flag.ltrim('-');
    bool split = flag == "diagnostics" && index + 1 < arguments.size() && StringRef(arguments[index + 1]) == "json";
    json |= flag == "diagnostics=json" || split;
  }
  Report report;
  report.file = "cnnc";
  report.severity = "error";
  report.message = llvm::toString(std::move(error));
  printReport(report, json);
  return kUserError;
}

} // namespace

int cnnc::driver::runDriver(int argc, const char *const *argv) {
  // Who closes our pipe ends us as any signal does: after half written files are gone.
  llvm::sys::SetOneShotPipeSignalFunction([] { std::raise(SIGPIPE); });
  llvm::Expected<Options> options = parseOptions(argc, argv);
  if (!options)
    return reportFlags(options.takeError(), ArrayRef(argv, argc).drop_front());
  if (options->command == Command::SupportedOps) {
    importing::printSupportedOps(llvm::outs());
    return kDone;
  }
  if (!options->threads)
    options->threads = countProcessors();
  llvm::ScopedFatalErrorHandler fatal(endAtOnce, &*options);
  DialectRegistry registry;
  pipeline::registerDialects(registry);
  llvm::DefaultThreadPool threads(llvm::hardware_concurrency(options->threads));
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  if (threads.getMaxConcurrency() > 1)
    context.setThreadPool(threads);
  context.loadAllAvailableDialects();
  context.printOpOnDiagnostic(false);
  DiagnosticStyle style = {options->diagnostics == "json", options->verbose};
  DiagnosticPrinter diagnostics(&context, options->input == "-" ? "<stdin>" : options->input, style);
  DefaultTimingManager clock;
  clock.setEnabled(options->verbose);
  TimingScope timing = clock.getRootScope();
  Compilation compilation{*options, context, diagnostics, timing};
  return compile(compilation);
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/Driver.h"

#include "compiler/driver/Diagnostics.h"
#include "compiler/driver/Options.h"
#include "compiler/driver/TargetOptions.h"
#include "compiler/emit/Emit.h"
#include "compiler/emit/Identifier.h"
#include "compiler/import/Import.h"
#include "compiler/output/OutputFile.h"
#include "compiler/pipeline/Explanation.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/pipeline/TextFile.h"
#include "compiler/tune/Tune.h"
#include "dialects/target/Target.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

#include <csignal>

using namespace mlir;
using namespace cnnc;

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

/// Text that a phase has left.
OwningOpRef<ModuleOp> readPhase(Compilation &compilation) {
  OwningOpRef<ModuleOp> module = readTextFile(compilation.options.input, &compilation.context);
  auto passed = module ? (*module)->getAttrOfType<StringAttr>(kPhaseAttr) : StringAttr();
  if (!passed || llvm::is_contained(getPhaseNames(), passed.getValue()))
    return module;
  module->emitError() << "unknown phase '" << passed.getValue() << "' in " << kPhaseAttr;
  return nullptr;
}

OwningOpRef<ModuleOp> loadModel(Compilation &compilation) {
  const Options &options = compilation.options;
  TimingScope timing = compilation.timing.nest("import");
  if (StringRef(options.input).ends_with(".mlir"))
    return readPhase(compilation);
  llvm::Expected<target::CpuAttr> target = resolveTarget(&compilation.context, options.target, options.cpu);
  if (!target) {
    compilation.diagnostics.report(target.takeError());
    return nullptr;
  }
  ImportOptions import;
  import.shapes = options.shapes;
  import.dims = options.dims;
  import.budget = options.budget;
  import.inference = options.inference;
  OwningOpRef<ModuleOp> module = importModel(options.input, import, &compilation.context);
  if (!module)
    return nullptr;
  Builder builder(&compilation.context);
  (*module)->setAttr(target::kTargetAttr, *target);
  (*module)->setAttr("cnnc.name", builder.getStringAttr(stemIdentifier(getStem(options))));
  if (!options.winograd)
    (*module)->setAttr("cnnc.winograd", builder.getStringAttr("off"));
  return module;
}

/// Runs the phases that the module has not passed yet, up to and including `last` (empty: all).
LogicalResult runPhases(Compilation &compilation, ModuleOp module, StringRef last) {
  auto passed = module->getAttrOfType<StringAttr>(kPhaseAttr);
  StringRef first = passed ? passed.getValue() : StringRef();
  PassManager manager(&compilation.context);
  // The doors verify.
  manager.enableVerifier(false);
  manager.enableTiming(compilation.timing);
  buildPipeline(manager, first, last);
  if (failed(manager.run(module)))
    return failure();
  StringRef reached = last.empty() ? getPhaseNames().back() : last;
  module->setAttr(kPhaseAttr, StringAttr::get(&compilation.context, reached));
  return success();
}

/// Runs as far as the table needs, and prints it.
LogicalResult explain(Compilation &compilation, ModuleOp module) {
  StringRef last = compilation.options.stopAfter;
  Explanation explanation;
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
  ArrayRef<StringRef> phases = getPhaseNames();
  auto indexOf = [&](StringRef name) { return llvm::find(phases, name) - phases.begin(); };
  auto passed = module->getAttrOfType<StringAttr>(kPhaseAttr);
  if (!options.stopAfter.empty() && indexOf(options.stopAfter) < indexOf("layout"))
    return llvm::createStringError(flag + " the layout phase, but --stop-after ends before it");
  if (passed && indexOf(passed.getValue()) >= indexOf("layout"))
    return llvm::createStringError(flag + " the layout phase, which this text has passed");
  return llvm::Error::success();
}

llvm::Error checkExplain(const Options &options, ModuleOp module, ArrayRef<OutputFile> outputs) {
  if (options.explain && outputs.front().name() == "-")
    return llvm::createStringError("--explain writes to the standard output, as the text does: name a file with -o");
  return options.explain ? checkLayoutPhase(options, module, "--explain tells of") : llvm::Error::success();
}

std::vector<InterfaceTensor> describeTensors(ModuleOp module, StringRef name) {
  std::vector<InterfaceTensor> tensors;
  auto rows = module->getAttrOfType<ArrayAttr>(name);
  for (auto row : rows ? rows.getAsRange<DictionaryAttr>()
                       : ArrayAttr::get(module.getContext(), {}).getAsRange<DictionaryAttr>()) {
    InterfaceTensor tensor;
    tensor.name = row.getAs<StringAttr>("name").str();
    tensor.type = row.getAs<IntegerAttr>("type").getInt();
    llvm::append_range(tensor.shape, row.getAs<DenseI64ArrayAttr>("shape").asArrayRef());
    if (auto symbols = row.getAs<ArrayAttr>("symbols"))
      for (auto symbol : symbols.getAsRange<StringAttr>())
        tensor.symbols.push_back(symbol.str());
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

ModelInterface describeModel(ModuleOp module, const Options &options) {
  ModelInterface interface;
  auto bytes = [&](StringRef name) {
    auto attr = module->getAttrOfType<IntegerAttr>(name);
    return attr ? attr.getInt() : 0;
  };
  interface.stem = module->getAttrOfType<StringAttr>("cnnc.name").str();
  interface.source = llvm::sys::path::filename(options.input).str();
  interface.inputs = describeTensors(module, "cnnc.inputs");
  interface.outputs = describeTensors(module, "cnnc.outputs");
  interface.arenaBytes = bytes("cnnc.arena_bytes");
  interface.scratchBytes = bytes("cnnc.scratch_bytes");
  return interface;
}

bool writesText(const Options &options) { return !options.stopAfter.empty() || options.emit == "mlir"; }

std::string getOutputPath(const Options &options) {
  if (!options.output.empty())
    return options.output;
  bool text = writesText(options);
  return text ? "-" : (getStem(options) + fileExtension(*parseEmitKind(options.emit))).str();
}

/// Before there is anything to write: that a place cannot be written to is better known at once.
llvm::Expected<std::vector<OutputFile>> openOutputs(const Options &options) {
  bool text = writesText(options);
  EmitKind kind = text ? EmitKind::Header : *parseEmitKind(options.emit);
  bool library = kind == EmitKind::SharedLibrary;
  StringRef beside = text ? StringRef(kWeightsExtension) : library || kind == EmitKind::Archive ? ".h" : "";
  llvm::Expected<std::vector<OutputFile>> outputs = OutputFile::createPair(getOutputPath(options), library, beside);
  if (!outputs)
    return outputs;
  for (const OutputFile &output : *outputs)
    if (output.replaces(options.input))
      return llvm::createStringError("the output '" + output.name() + "' is the model itself: choose another with -o");
  return outputs;
}

llvm::Error emit(Compilation &compilation, ModuleOp module, std::vector<OutputFile> &outputs) {
  const Options &options = compilation.options;
  if (writesText(options))
    return writeTextFile(module, outputs);
  auto target = target::getTarget(module);
  EmitOptions emit;
  emit.kind = *parseEmitKind(options.emit);
  emit.triple = llvm::Triple(target::getLevels(target).front().triple);
  emit.optimizationLevel = options.optimization;
  emit.threads = options.threads;
  emit.timing = &compilation.timing;
  ModelInterface interface = describeModel(module, options);
  llvm::Error error = writeModel(module, interface, emit, outputs[0]);
  if (error || outputs.size() == 1)
    return error;
  emit.kind = EmitKind::Header;
  return writeModel(module, interface, emit, outputs[1]);
}

/// Where --tune keeps what it measures.
llvm::Expected<std::string> getRecordPath(const Options &options, ArrayRef<OutputFile> outputs) {
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
  if (llvm::any_of(outputs, [&](const OutputFile &output) { return output.replaces(path); }))
    return llvm::createStringError("the tuning record '" + path +
                                   "' is an output as well: choose another with --tune=");
  return path.str().str();
}

llvm::Expected<TuneOptions> getTuneOptions(const Options &options, ModuleOp module, ArrayRef<OutputFile> outputs) {
  bool x86Host = llvm::Triple(llvm::sys::getProcessTriple()).isX86();
  auto machine = resolveTarget(module.getContext(), x86Host ? "x86_64" : "aarch64", "native");
  if (!machine)
    return machine.takeError();
  TuneOptions tuning;
  target::CpuAttr target = target::getTarget(module);
  tuning.target = target ? getTunedTarget(target, *machine) : target;
  tuning.cpu = machine->getCpu().str();
  if (!tuning.target)
    return llvm::createStringError("--tune times on this machine, a " + tuning.cpu + ", which does not run " +
                                   (target ? target.getLevels().front().str() : "a text without a target") +
                                   ": tune there, or compile for this one");
  tuning.optimization = options.optimization;
  llvm::Expected<std::string> record = getRecordPath(options, outputs);
  if (!record)
    return record.takeError();
  tuning.record = *record;
  return tuning;
}

/// Lets this machine choose where --tune asks for it. Returns the record to be written, if there is something new.
llvm::Expected<std::optional<OutputFile>> tune(Compilation &compilation, ModuleOp module,
                                               ArrayRef<OutputFile> outputs) {
  if (!compilation.options.tune)
    return std::nullopt;
  if (llvm::Error error = checkLayoutPhase(compilation.options, module, "--tune chooses in"))
    return error;
  llvm::Expected<TuneOptions> tuning = getTuneOptions(compilation.options, module, outputs);
  if (!tuning)
    return tuning.takeError();
  if (failed(runPhases(compilation, module, "graph")))
    return llvm::createStringError("internal error: a pass failed before there was anything to tune");
  TimingScope timing = compilation.timing.nest("tune");
  return tuneAlgorithms(module, *tuning);
}

int compile(Compilation &compilation) {
  const Options &options = compilation.options;
  auto fail = [&](llvm::Error error = llvm::Error::success()) {
    compilation.diagnostics.report(std::move(error));
    return compilation.diagnostics.hasInternalErrors() ? kInternalError : kUserError;
  };
  llvm::Expected<std::vector<OutputFile>> outputs = openOutputs(options);
  if (!outputs)
    return fail(outputs.takeError());
  OwningOpRef<ModuleOp> module = loadModel(compilation);
  if (!module)
    return fail();
  if (llvm::Error error = checkExplain(options, *module, *outputs))
    return fail(std::move(error));
  llvm::Expected<std::optional<OutputFile>> record = tune(compilation, *module, *outputs);
  if (!record)
    return fail(record.takeError());
  bool done = (!options.explain || succeeded(explain(compilation, *module))) &&
              succeeded(runPhases(compilation, *module, options.stopAfter));
  if (!done) {
    if (!compilation.diagnostics.hasErrors())
      compilation.diagnostics.report(llvm::createStringError("internal error: a pass failed without a word"));
    return kInternalError;
  }
  if (llvm::Error error = emit(compilation, *module, *outputs))
    return fail(std::move(error));
  if (*record)
    outputs->push_back(std::move(**record));
  llvm::Error error = OutputFile::commit(*outputs);
  return error ? fail(std::move(error)) : kDone;
}

} // namespace

int cnnc::runDriver(int argc, const char *const *argv) {
  // Who closes our pipe ends us as any signal does: after half written files are gone.
  llvm::sys::SetOneShotPipeSignalFunction([] { std::raise(SIGPIPE); });
  llvm::Expected<Options> options = parseOptions(argc, argv);
  if (!options) {
    llvm::errs() << "cnnc: error: " << llvm::toString(options.takeError()) << "\n";
    return kUserError;
  }
  if (options->command == Command::SupportedOps) {
    printSupportedOps(llvm::outs());
    return kDone;
  }
  DialectRegistry registry;
  registerDialects(registry);
  llvm::DefaultThreadPool threads(llvm::hardware_concurrency(options->threads));
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  if (threads.getMaxConcurrency() > 1)
    context.setThreadPool(threads);
  context.loadAllAvailableDialects();
  context.printOpOnDiagnostic(false);
  DiagnosticPrinter diagnostics(&context, options->input == "-" ? "<stdin>" : options->input,
                                options->diagnostics == "json");
  DefaultTimingManager clock;
  clock.setEnabled(options->verbose);
  TimingScope timing = clock.getRootScope();
  Compilation compilation{*options, context, diagnostics, timing};
  return compile(compilation);
}

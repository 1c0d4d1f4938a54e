// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/driver/Driver.h"

#include "compiler/driver/Diagnostics.h"
#include "compiler/driver/Options.h"
#include "compiler/driver/TargetOptions.h"
#include "compiler/emit/Emit.h"
#include "compiler/import/Import.h"
#include "compiler/output/OutputFile.h"
#include "compiler/pipeline/Explanation.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/pipeline/TextFile.h"
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
  import.inference = options.inference;
  OwningOpRef<ModuleOp> module = importModel(options.input, import, &compilation.context);
  if (!module)
    return nullptr;
  Builder builder(&compilation.context);
  (*module)->setAttr(target::kTargetAttr, *target);
  (*module)->setAttr("cnnc.name", builder.getStringAttr(cIdentifier(getStem(options), "model")));
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

/// Why --explain cannot be followed; empty if it can.
StringRef findExplainFault(const Compilation &compilation, ModuleOp module, ArrayRef<OutputFile> outputs) {
  const Options &options = compilation.options;
  ArrayRef<StringRef> phases = getPhaseNames();
  auto indexOf = [&](StringRef name) { return llvm::find(phases, name) - phases.begin(); };
  auto passed = module->getAttrOfType<StringAttr>(kPhaseAttr);
  if (!options.stopAfter.empty() && indexOf(options.stopAfter) < indexOf("layout"))
    return "--explain tells of the layout phase, but --stop-after ends before it";
  if (passed && indexOf(passed.getValue()) >= indexOf("layout"))
    return "--explain tells of the layout phase, which this text has passed";
  if (outputs.front().name() == "-")
    return "--explain writes to the standard output, as the text does: name a file with -o";
  return "";
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

/// Before there is anything to write: that a place cannot be written to is better known at once.
llvm::Expected<std::vector<OutputFile>> openOutputs(const Options &options) {
  bool text = writesText(options);
  EmitKind kind = text ? EmitKind::Header : *parseEmitKind(options.emit);
  std::string path = options.output;
  if (path.empty())
    path = text ? "-" : (getStem(options) + fileExtension(kind)).str();
  bool library = kind == EmitKind::SharedLibrary;
  StringRef beside = text ? StringRef(kWeightsExtension) : library || kind == EmitKind::Archive ? ".h" : "";
  llvm::Expected<std::vector<OutputFile>> outputs = OutputFile::createPair(path, library, beside);
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
  if (options.explain) {
    StringRef fault = findExplainFault(compilation, *module, *outputs);
    if (!fault.empty())
      return fail(llvm::createStringError(fault));
  }
  bool done = (!options.explain || succeeded(explain(compilation, *module))) &&
              succeeded(runPhases(compilation, *module, options.stopAfter));
  if (!done) {
    if (!compilation.diagnostics.hasErrors())
      compilation.diagnostics.report(llvm::createStringError("internal error: a pass failed without a word"));
    return kInternalError;
  }
  if (llvm::Error error = emit(compilation, *module, *outputs))
    return fail(std::move(error));
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

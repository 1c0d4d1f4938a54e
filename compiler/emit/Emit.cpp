// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Emit.h"
#include "compiler/emit/Codegen.h"
#include "compiler/emit/Link.h"
#include "compiler/emit/Partition.h"
#include "compiler/emit/RuntimeObject.h"
#include "compiler/emit/Weights.h"
#include "dialects/kernel/Kernel.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/Timing.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Target/LLVMIR/LLVMTranslationInterface.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace cnnc::emit {
namespace {

constexpr StringRef modelTable = "cnnc_model";
constexpr StringRef runtimePrefix = "cnnc_rt_";

/// Measures while it lives.
mlir::TimingScope measure(const EmitOptions &options, StringRef name) {
  return options.timing ? options.timing->nest(name) : mlir::TimingScope();
}

bool isText(EmitKind kind) { return kind == EmitKind::LLVM || kind == EmitKind::Assembly; }

bool isObject(EmitKind kind) { return kind == EmitKind::Object || kind == EmitKind::Archive; }

/// The LLVM context of the whole module, and what the code generator said about it.
struct Compilation {
  Compilation() { keepMessages(context, message); }
  Error failure() const {
    return createStringError("internal error: generating code failed: " + StringRef(message).trim());
  }

  std::string message;
  LLVMContext context;
  std::unique_ptr<Module> module;
};

/// The table and the entry points are seen from outside, the rest of what is defined here is not; and what the runtime
/// defines lies in the same library.
void setLinkage(Module &module) {
  for (GlobalValue &global : module.global_values()) {
    StringRef name = global.getName();
    if (global.isDeclaration()) {
      if (name.starts_with(runtimePrefix))
        global.setVisibility(GlobalValue::HiddenVisibility);
      continue;
    }
    const auto *function = dyn_cast<Function>(&global);
    if (!global.hasLocalLinkage() && !(function && isEntry(*function)) && name != modelTable)
      global.setLinkage(GlobalValue::InternalLinkage);
  }
}

/// In a library the table has a name that loaders know; where a program links several models, each has its own.
Error nameTable(Module &module, const std::string &ownName, EmitKind kind) {
  GlobalVariable *table = module.getNamedGlobal(modelTable);
  if (!table || table->isDeclaration())
    return createStringError("the module has no table '@" + modelTable + "'");
  table->setLinkage(GlobalValue::ExternalLinkage);
  if (isObject(kind))
    table->setName(ownName);
  else if (ownName != modelTable)
    GlobalAlias::create(GlobalValue::ExternalLinkage, ownName, table);
  return Error::success();
}

/// kernel.model describes what is there; the code is in the LLVM dialect.
struct ModelTranslation : mlir::LLVMTranslationDialectInterface {
  using LLVMTranslationDialectInterface::LLVMTranslationDialectInterface;
  mlir::LogicalResult convertOperation(mlir::Operation *op, IRBuilderBase &,
                                       mlir::LLVM::ModuleTranslation &) const override {
    return mlir::success(isa<kernel::ModelOp>(op));
  }
};

void registerModelTranslation(mlir::MLIRContext &context) {
  mlir::DialectRegistry registry;
  registry.addExtension(
      +[](mlir::MLIRContext *, kernel::KernelDialect *dialect) { dialect->addInterfaces<ModelTranslation>(); });
  context.appendDialectRegistry(registry);
}

/// From the LLVM dialect to one LLVM module that holds the model's code and tables.
Error translate(mlir::ModuleOp source, StringRef stem, const EmitOptions &options, Compilation &compilation) {
  mlir::TimingScope scope = measure(options, "translate to LLVM IR");
  mlir::registerBuiltinDialectTranslation(*source->getContext());
  mlir::registerLLVMDialectTranslation(*source->getContext());
  registerModelTranslation(*source->getContext());
  compilation.context.setDiscardValueNames(!isText(options.kind));
  compilation.module = mlir::translateModuleToLLVMIR(source, compilation.context, stem);
  if (!compilation.module)
    return createStringError("internal error: translating the module to LLVM IR failed");
  Module &module = *compilation.module;
  if (options.verify) {
    raw_string_ostream stream(compilation.message);
    if (verifyModule(module, &stream))
      return createStringError("the module is no valid LLVM IR: " + StringRef(compilation.message).trim());
  }
  // Loading a model must run none of its code.
  if (module.getNamedGlobal("llvm.global_ctors"))
    return createStringError("the module has constructors");
  Expected<std::unique_ptr<TargetMachine>> machine = createTargetMachine(options.triple, options.optimizationLevel);
  if (!machine)
    return machine.takeError();
  module.setTargetTriple(options.triple);
  module.setDataLayout((*machine)->createDataLayout());
  defineWeightsAnchor(module, isObject(options.kind) ? WeightsAnchor::InSection : WeightsAnchor::InNote);
  setLinkage(module);
  if (Error error = nameTable(module, (stem + "_model").str(), options.kind))
    return error;
  setFunctionAttributes(module, **machine);
  return Error::success();
}

Error compileModule(Module &module, const EmitOptions &options, CodeGenFileType type, raw_pwrite_stream &stream) {
  Expected<std::unique_ptr<TargetMachine>> machine = createTargetMachine(options.triple, options.optimizationLevel);
  if (!machine)
    return machine.takeError();
  optimizeModule(module, **machine, options.optimizationLevel);
  return type == CodeGenFileType::Null ? Error::success() : generateCode(module, **machine, type, stream);
}

Error compilePartition(MemoryBufferRef bitcode, const Partitions &partitions, unsigned part, const EmitOptions &options,
                       ObjectBytes &object) {
  Compilation compilation;
  compilation.context.setDiscardValueNames(true);
  Expected<std::unique_ptr<Module>> module = loadPartition(bitcode, partitions, part, compilation.context);
  if (!module)
    return module.takeError();
  raw_svector_ostream stream(object);
  if (Error error = compileModule(**module, options, CodeGenFileType::ObjectFile, stream))
    return error;
  return compilation.message.empty() ? Error::success() : compilation.failure();
}

/// The objects of the module's parts, in order, whatever the number of threads.
Expected<SmallVector<ObjectBytes>> compileObjects(Compilation &compilation, const EmitOptions &options) {
  mlir::TimingScope scope = measure(options, "generate machine code");
  Partitions partitions = planPartitions(*compilation.module);
  SmallVector<ObjectBytes> objects(partitions.count);
  if (partitions.count == 1) {
    raw_svector_ostream stream(objects.front());
    if (Error error = compileModule(*compilation.module, options, CodeGenFileType::ObjectFile, stream))
      return std::move(error);
    if (!compilation.message.empty())
      return compilation.failure();
    return objects;
  }
  SmallVector<char, 0> bitcode;
  raw_svector_ostream bitcodeStream(bitcode);
  WriteBitcodeToFile(*compilation.module, bitcodeStream);
  compilation.module.reset();
  MemoryBufferRef buffer(StringRef(bitcode.data(), bitcode.size()), "model");
  SmallVector<std::string> failures(partitions.count);
  DefaultThreadPool pool(hardware_concurrency(options.threads));
  for (unsigned part = 0; part < partitions.count; ++part)
    pool.async(
        [&, part] { failures[part] = toString(compilePartition(buffer, partitions, part, options, objects[part])); });
  pool.wait();
  for (StringRef failure : failures)
    if (!failure.empty())
      return createStringError(failure);
  return objects;
}

Error writeText(Compilation &compilation, const EmitOptions &options, output::OutputFile &output) {
  SmallVector<char, 0> text;
  raw_svector_ostream stream(text);
  bool assembly = options.kind == EmitKind::Assembly;
  CodeGenFileType type = assembly ? CodeGenFileType::AssemblyFile : CodeGenFileType::Null;
  if (Error error = compileModule(*compilation.module, options, type, stream))
    return error;
  if (!compilation.message.empty())
    return compilation.failure();
  if (!assembly)
    compilation.module->print(stream, nullptr);
  return output.write(text, 0);
}

Error writeSharedLibrary(ArrayRef<ObjectBytes> objects, const WeightImage &weights, const EmitOptions &options,
                         output::OutputFile &output) {
  mlir::TimingScope scope = measure(options, "link and write");
  Expected<ObjectBytes> bytes = linkSharedLibrary(objects, options.triple, output.name());
  if (!bytes)
    return bytes.takeError();
  if (Error error = output.write(*bytes, 0))
    return error;
  return weights.bytes ? appendWeightsSegment(output, weights) : Error::success();
}

Error writeObject(ArrayRef<ObjectBytes> objects, const WeightImage &weights, const EmitOptions &options, StringRef stem,
                  output::OutputFile &output) {
  mlir::TimingScope scope = measure(options, "link and write");
  Expected<ObjectBytes> bytes = linkObject(objects, options.triple);
  if (!bytes)
    return bytes.takeError();
  uint64_t start = 0;
  bool archive = options.kind == EmitKind::Archive;
  if (archive) {
    bytes = archiveObject(*bytes, (stem + ".o").str(), start);
    if (!bytes)
      return bytes.takeError();
  }
  uint64_t end = bytes->size();
  uint64_t position = end;
  if (weights.bytes) {
    Expected<uint64_t> reserved = reserveWeightsSection(*bytes, start, weights);
    if (!reserved)
      return reserved.takeError();
    position = *reserved;
    end = position + weights.bytes;
  }
  if (archive && !setMemberSize(*bytes, start, end - start))
    return createStringError("an archive cannot hold " + Twine(weights.bytes) + " bytes of weights");
  if (Error error = output.write(*bytes, 0))
    return error;
  if (Error error = writeWeights(output, position, weights))
    return error;
  // Archives are even.
  return archive && end % 2 ? output.write({'\n'}, end) : Error::success();
}

} // namespace

std::optional<EmitKind> parseEmitKind(StringRef name) {
  return StringSwitch<std::optional<EmitKind>>(name)
      .Case("header", EmitKind::Header)
      .Case("llvm", EmitKind::LLVM)
      .Case("asm", EmitKind::Assembly)
      .Case("obj", EmitKind::Object)
      .Case("a", EmitKind::Archive)
      .Case("so", EmitKind::SharedLibrary)
      .Default(std::nullopt);
}

StringRef fileExtension(EmitKind kind) {
  switch (kind) {
  case EmitKind::Header:
    return ".h";
  case EmitKind::LLVM:
    return ".ll";
  case EmitKind::Assembly:
    return ".s";
  case EmitKind::Object:
    return ".o";
  case EmitKind::Archive:
    return ".a";
  case EmitKind::SharedLibrary:
    return ".so";
  }
  llvm_unreachable("every kind has an ending");
}

Error writeModel(mlir::ModuleOp module, const ModelInterface &interface, const EmitOptions &options,
                 output::OutputFile &output) {
  if (options.kind == EmitKind::Header)
    return output.write(headerText(interface), 0);
  if (Error error = initializeTarget(options.triple))
    return error;
  Expected<WeightImage> weights = collectWeights(module);
  if (!weights)
    return weights.takeError();
  Compilation compilation;
  if (Error error = translate(module, interface.stem, options, compilation))
    return error;
  if (isText(options.kind))
    return writeText(compilation, options, output);
  Expected<SmallVector<ObjectBytes>> objects = compileObjects(compilation, options);
  if (!objects)
    return objects.takeError();
  return options.kind == EmitKind::SharedLibrary ? writeSharedLibrary(*objects, *weights, options, output)
                                                 : writeObject(*objects, *weights, options, interface.stem, output);
}

} // namespace cnnc::emit

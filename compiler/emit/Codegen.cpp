// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Codegen.h"
#include "dialects/target/Role.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/OptBisect.h"
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include <mutex>

using namespace llvm;

namespace cnnc::emit {
namespace {

/// Kernels are written in the order and with the addresses that suit their registers; these passes would undo it.
struct KernelGate : OptPassGate {
  explicit KernelGate(const Module &module) {
    for (const Function &function : module)
      if (isKernel(function))
        kernels.insert(("function (" + function.getName() + ")").str());
  }
  bool shouldRunPass(StringRef pass, StringRef description) const override {
    // The description reads "function (name)" or, whatever the function, "loop".
    return pass != "Loop Strength Reduction" && !(pass == "machine-scheduler" && kernels.contains(description));
  }
  bool isEnabled() const override { return true; }

  StringSet<> kernels;
};

/// What those who wrote the code leave to LLVM: addresses, loop-invariant code and what the epilogues have in common.
constexpr StringRef tidyPipeline =
    "function<eager-inv>(early-cse,instcombine<no-verify-fixpoint>,loop-mssa(loop-rotate,licm),simplifycfg)";

const Function *functionOf(const Any &unit) {
  if (const auto *function = any_cast<const Function *>(&unit))
    return *function;
  if (const auto *loop = any_cast<const Loop *>(&unit))
    return (*loop)->getHeader()->getParent();
  return nullptr;
}

OptimizationLevel pipelineLevel(unsigned level) {
  const OptimizationLevel levels[] = {OptimizationLevel::O0, OptimizationLevel::O1, OptimizationLevel::O2,
                                      OptimizationLevel::O3};
  return levels[std::min(level, 3u)];
}

} // namespace

static bool hasRole(const Function &function, StringRef role) {
  return function.getFnAttribute(target::kRoleAttr).getValueAsString() == role;
}

bool isKernel(const Function &function) { return hasRole(function, target::kKernelRole); }
bool isStep(const Function &function) { return hasRole(function, target::kStepRole); }
bool isEntry(const Function &function) { return hasRole(function, target::kEntryRole); }

bool needsTidyingOnly(const Function &function) {
  auto leavesWork = [](const Instruction &instruction) {
    const auto *call = dyn_cast<CallInst>(&instruction);
    const Function *callee = call ? call->getCalledFunction() : nullptr;
    return callee && (isKernel(*callee) || isStep(*callee));
  };
  return isKernel(function) || (isStep(function) && any_of(instructions(function), leavesWork));
}

Error initializeTarget(const Triple &triple) {
  // LLVM keeps its targets in one list.
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  // The assembler parsers read inline assembly, which the runtime has.
  if (triple.getArch() == Triple::x86_64) {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    return Error::success();
  }
  if (triple.getArch() == Triple::aarch64) {
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
    return Error::success();
  }
  return createStringError("no code can be generated for '" + triple.str() + "'");
}

Expected<std::unique_ptr<TargetMachine>> createTargetMachine(const Triple &triple, unsigned optimizationLevel) {
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return createStringError(message);
  TargetOptions options;
  options.FunctionSections = true;
  options.DataSections = true;
  options.MCOptions.AsmVerbose = true;
  const CodeGenOptLevel levels[] = {CodeGenOptLevel::None, CodeGenOptLevel::Less, CodeGenOptLevel::Default,
                                    CodeGenOptLevel::Aggressive};
  StringRef cpu = triple.getArch() == Triple::x86_64 ? "x86-64" : "generic";
  return std::unique_ptr<TargetMachine>(target->createTargetMachine(
      triple, cpu, /*Features=*/"", options, Reloc::PIC_, CodeModel::Small, levels[std::min(optimizationLevel, 3u)]));
}

void keepMessages(LLVMContext &context, std::string &message) {
  auto keepErrors = [](const DiagnosticInfo *info, void *target) {
    if (info->getSeverity() != DS_Error)
      return;
    raw_string_ostream stream(*static_cast<std::string *>(target));
    DiagnosticPrinterRawOStream printer(stream);
    info->print(printer);
    stream << "\n";
  };
  context.setDiagnosticHandlerCallBack(keepErrors, &message, /*RespectFilters=*/false);
}

void setFunctionAttributes(Module &module, const TargetMachine &machine) {
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    // Nothing here throws, so there is nothing to unwind.
    function.setDoesNotThrow();
    function.setUWTableKind(UWTableKind::None);
    if (!isKernel(function))
      continue;
    function.addFnAttr(Attribute::NoInline);
    // LLVM's default for AVX-512 is to prefer 256 bits, for fear of a lower clock; kernels know what they ask for.
    if (module.getTargetTriple().getArch() == Triple::x86_64 && !function.hasFnAttribute("prefer-vector-width") &&
        machine.getSubtargetImpl(function)->checkFeatures("+avx512f"))
      function.addFnAttr("prefer-vector-width", "512");
  }
}

void optimizeModule(Module &module, TargetMachine &machine, unsigned optimizationLevel) {
  // Which functions the pipeline at hand is for. Every pass asks, and there are many beside a long function. A mark on
  // the function, since passes over whole modules replace functions by others of their name and attributes.
  constexpr StringRef tidied = "cnnc-tidied";
  bool tidies = true;
  for (Function &function : module)
    if (needsTidyingOnly(function))
      function.addFnAttr(tidied);
  auto unmark = make_scope_exit([&] {
    for (Function &function : module)
      function.removeFnAttr(tidied);
  });
  PassInstrumentationCallbacks callbacks;
  callbacks.registerShouldRunOptionalPassCallback([&](StringRef, Any unit) {
    const Function *function = functionOf(unit);
    return !function || function->hasFnAttribute(tidied) == tidies;
  });
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine, PipelineTuningOptions(), std::nullopt, &callbacks);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  OptimizationLevel level = pipelineLevel(optimizationLevel);
  if (level == OptimizationLevel::O0) {
    builder.buildO0DefaultPipeline(level).run(module, modules);
    return;
  }
  ModulePassManager tidying;
  cantFail(builder.parsePassPipeline(tidying, tidyPipeline));
  tidying.run(module, modules);
  tidies = false;
  // The passes over whole modules would look at every function; a part that has no other can do without them.
  if (any_of(module,
             [&](const Function &function) { return !function.isDeclaration() && !function.hasFnAttribute(tidied); }))
    builder.buildPerModuleDefaultPipeline(level).run(module, modules);
}

Error generateCode(Module &module, TargetMachine &machine, CodeGenFileType type, raw_pwrite_stream &stream) {
  KernelGate gate(module);
  if (any_of(module, [](const Function &function) { return !function.isDeclaration() && needsTidyingOnly(function); }))
    module.getContext().setOptPassGate(gate);
  scope_exit reset([&] { module.getContext().setOptPassGate(getGlobalPassGate()); });
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, /*DwoOut=*/nullptr, type, /*DisableVerify=*/true))
    return createStringError("the target cannot write this kind of file");
  passes.run(module);
  return Error::success();
}

} // namespace cnnc::emit

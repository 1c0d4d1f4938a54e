// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM IR of one module to optimised IR, text or machine code.
#ifndef CNNC_COMPILER_EMIT_CODEGEN_H
#define CNNC_COMPILER_EMIT_CODEGEN_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"
#include <memory>

namespace llvm {
class Function;
class LLVMContext;
class Module;
class raw_pwrite_stream;
class TargetMachine;
} // namespace llvm

namespace cnnc::emit {

/// By its attribute: dialects/target/Role.h.
bool isKernel(const llvm::Function &function);
bool isStep(const llvm::Function &function);
bool isEntry(const llvm::Function &function);

/// Kernels are tiled, unrolled and vectorised already, and a step that calls them or another step does little else:
/// their code is tidied and keeps its addresses, in a fraction of the time.
bool needsTidyingOnly(const llvm::Function &function);

/// Makes the target known to LLVM, once and only this one. May be called from several threads.
llvm::Error initializeTarget(const llvm::Triple &triple);

/// A machine of the target's base level; functions raise it by their own attributes. For the use of one thread.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createTargetMachine(const llvm::Triple &triple,
                                                                         unsigned optimizationLevel);

/// Errors of the code generator end up in `message`, which must outlive the context.
void keepMessages(llvm::LLVMContext &context, std::string &message);

/// Attributes that all functions, or all kernels, have in common.
void setFunctionAttributes(llvm::Module &module, const llvm::TargetMachine &machine);

/// The pipeline of the given level, or tidying.
void optimizeModule(llvm::Module &module, llvm::TargetMachine &machine, unsigned optimizationLevel);

/// Kernels keep their order of instructions. Where a module has functions that need tidying only, none of its loops
/// gets other addresses, so other functions had better lie apart from them.
llvm::Error generateCode(llvm::Module &module, llvm::TargetMachine &machine, llvm::CodeGenFileType type,
                         llvm::raw_pwrite_stream &stream);

} // namespace cnnc::emit

#endif // CNNC_COMPILER_EMIT_CODEGEN_H

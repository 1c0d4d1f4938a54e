// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Splits a module into parts that are compiled each on its own thread. The split depends on the module alone.
#ifndef CNNC_COMPILER_EMIT_PARTITION_H
#define CNNC_COMPILER_EMIT_PARTITION_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace llvm {
class LLVMContext;
class MemoryBufferRef;
class Module;
} // namespace llvm

namespace cnnc::emit {

/// Kernels and steps are dealt out, those that need tidying only to parts of their own, for their code is generated in
/// another way; everything else, such as the tables, is in part 0.
struct Partitions {
  unsigned count = 1;
  llvm::StringMap<unsigned> partOf;
  /// Functions of part 0 that dealt-out functions call: the other parts see their bodies, to inline them.
  llvm::StringSet<> shared;
};

/// Deals out the functions, and gives what crosses a border a hidden, external name.
Partitions planPartitions(llvm::Module &module);

/// One part of the module whose bitcode is given, in a context of its own.
llvm::Expected<std::unique_ptr<llvm::Module>> loadPartition(llvm::MemoryBufferRef bitcode, const Partitions &partitions,
                                                            unsigned part, llvm::LLVMContext &context);

} // namespace cnnc::emit

#endif // CNNC_COMPILER_EMIT_PARTITION_H

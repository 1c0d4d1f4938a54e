// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stand-ins for the target's libc and libm to link against, so that no sysroot is needed: ELF images that say which
// functions these have, and in which version, and hold nothing else.
#ifndef CNNC_COMPILER_EMIT_STUBLIBRARY_H
#define CNNC_COMPILER_EMIT_STUBLIBRARY_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/TargetParser/Triple.h"

namespace cnnc::emit {

struct StubSymbol {
  llvm::StringRef name;
  llvm::StringRef version;
};

struct StubLibrary {
  llvm::StringRef soname;
  llvm::SmallVector<StubSymbol> symbols;
};

/// The libraries of LibcSymbols.def, with the versions of the target.
llvm::SmallVector<StubLibrary> libcStubs(const llvm::Triple &triple);

/// The library as a shared object that a linker accepts.
llvm::SmallVector<char, 0> stubImage(const StubLibrary &library, const llvm::Triple &triple);

} // namespace cnnc::emit

#endif // CNNC_COMPILER_EMIT_STUBLIBRARY_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lld, called in process.
#ifndef CNNC_COMPILER_EMIT_LINK_H
#define CNNC_COMPILER_EMIT_LINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

namespace cnnc::emit {

using ObjectBytes = llvm::SmallVector<char, 0>;

/// A shared library from the model's objects and the runtime, which needs no more than libc and libm.
llvm::Expected<ObjectBytes> linkSharedLibrary(llvm::ArrayRef<ObjectBytes> objects, const llvm::Triple &triple,
                                              llvm::StringRef soname);

/// One object from the model's and the runtime. Hidden names are local in it, so that several models can be linked into
/// one program.
llvm::Expected<ObjectBytes> linkObject(llvm::ArrayRef<ObjectBytes> objects, const llvm::Triple &triple);

/// An archive whose last member is the object; `memberStart` is set to where the member's bytes begin.
llvm::Expected<ObjectBytes> archiveObject(const ObjectBytes &object, llvm::StringRef memberName, uint64_t &memberStart);

/// Changes the size in the header of an archive's last member. Returns false if it has more digits than fit.
bool setMemberSize(llvm::MutableArrayRef<char> archive, uint64_t memberStart, uint64_t size);

} // namespace cnnc::emit

#endif // CNNC_COMPILER_EMIT_LINK_H

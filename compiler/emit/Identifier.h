// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From names that users chose to identifiers of C and of C++.
#ifndef CNNC_COMPILER_EMIT_IDENTIFIER_H
#define CNNC_COMPILER_EMIT_IDENTIFIER_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace cnnc::emit {

/// `name` as an identifier. What cannot stand in one becomes '_'; a leading digit or '_' and an empty name get
/// `fallback` in front; '_' comes behind what is a keyword or may be a macro of a standard header: "errno" -> "errno_",
/// and two or more letters that are all capitals, "EOF" -> "EOF_".
std::string cIdentifier(llvm::StringRef name, llvm::StringRef fallback);

/// cIdentifier for each name, made different from one another even in capitals: "x", "X" -> "x", "X_2".
std::vector<std::string> cIdentifiers(const std::vector<std::string> &names, llvm::StringRef fallback);

/// What the symbols, types and macros of a model begin with: `name`, where what cannot stand in an identifier becomes
/// '_'. "model_" comes in front of a leading digit or '_', of a keyword, and of "cnnc" and "cnnc_...", which are cnnc's
/// own: "resnet50-v1.5" -> "resnet50_v1_5", "3d-net" -> "model_3d_net", "int" -> "model_int".
std::string stemIdentifier(llvm::StringRef name);

} // namespace cnnc::emit

#endif // CNNC_COMPILER_EMIT_IDENTIFIER_H

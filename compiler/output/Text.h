// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text of a user's that is shown to a user.
#ifndef CNNC_COMPILER_OUTPUT_TEXT_H
#define CNNC_COMPILER_OUTPUT_TEXT_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace cnnc::output {

/// The same text in one line, with nothing in it that moves a cursor, colours a terminal, or shows letters in another
/// order than they stand in: control characters, separators of lines, marks of direction and bytes that are no UTF-8
/// read "\n", "\x1b", "\u202e".
std::string escapeText(llvm::StringRef text);

} // namespace cnnc::output

#endif // CNNC_COMPILER_OUTPUT_TEXT_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A model's text on a terminal.
#ifndef CNNC_TOOLS_RUNNER_TEXT_H
#define CNNC_TOOLS_RUNNER_TEXT_H

#include <string>

namespace cnnc::runner {

/// The same text with \xNN for each byte of what moves a cursor, colours a terminal, turns letters round, or is no
/// UTF-8.
std::string escapeText(const std::string &text);

} // namespace cnnc::runner

#endif

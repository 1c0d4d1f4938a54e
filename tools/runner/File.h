// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CNNC_TOOLS_RUNNER_FILE_H
#define CNNC_TOOLS_RUNNER_FILE_H

#include <optional>
#include <string>
#include <string_view>

namespace cnnc::runner {

/// The bytes of a regular file; nothing, with the reason in `error`, when it cannot be read.
std::optional<std::string> readFile(const std::string &path, std::string &error);

/// Writes the file whole or, with the reason in `error`, not at all.
bool writeFile(const std::string &path, std::string_view bytes, std::string &error);

bool fileExists(const std::string &path);

} // namespace cnnc::runner

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/File.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace cnnc::runner {

static std::string systemReason(const std::string &path) { return path + ": " + std::strerror(errno); }

std::optional<std::string> readFile(const std::string &path, std::string &error) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) {
    error = systemReason(path);
    return std::nullopt;
  }
  if (!S_ISREG(status.st_mode)) {
    error = path + ": not a file";
    return std::nullopt;
  }
  FILE *file = std::fopen(path.c_str(), "rb");
  if (!file) {
    error = systemReason(path);
    return std::nullopt;
  }
  std::string bytes(static_cast<size_t>(status.st_size), '\0');
  const size_t count = std::fread(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
  if (count != bytes.size()) {
    error = path + ": cannot be read to its end";
    return std::nullopt;
  }
  return bytes;
}

bool writeFile(const std::string &path, std::string_view bytes, std::string &error) {
  const std::string temporary = path + ".part";
  FILE *file = std::fopen(temporary.c_str(), "wb");
  if (!file) {
    error = systemReason(temporary);
    return false;
  }
  bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  written = std::fclose(file) == 0 && written;
  written = written && std::rename(temporary.c_str(), path.c_str()) == 0;
  if (!written) {
    error = systemReason(path);
    unlink(temporary.c_str());
  }
  return written;
}

bool fileExists(const std::string &path) { return access(path.c_str(), F_OK) == 0; }

} // namespace cnnc::runner

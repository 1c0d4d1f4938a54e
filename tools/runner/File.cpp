// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/File.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/random.h>
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

/// A new file beside `path`, of a name that nobody can guess: in a folder that others may write to, one of a known name
/// could be a link to a file of the user.
static FILE *createBeside(const std::string &path, std::string &temporary) {
  for (int attempt = 0; attempt < 16; ++attempt) {
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
      return nullptr;
    char suffix[32];
    std::snprintf(suffix, sizeof suffix, ".%016llx.part", static_cast<unsigned long long>(number));
    temporary = path + suffix;
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file >= 0)
      return fdopen(file, "wb");
    if (errno != EEXIST)
      return nullptr;
  }
  return nullptr;
}

bool writeFile(const std::string &path, std::string_view bytes, std::string &error) {
  std::string temporary;
  FILE *file = createBeside(path, temporary);
  if (!file) {
    error = systemReason(path);
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

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Signals.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace llvm;

namespace cnnc {
namespace {

/// Writes all bytes, at `offset` or, where that is negative, at the file's position. Returns 0 or errno.
int writeFully(int file, ArrayRef<char> bytes, off_t offset) {
  while (!bytes.empty()) {
    ssize_t count =
        offset < 0 ? ::write(file, bytes.data(), bytes.size()) : ::pwrite(file, bytes.data(), bytes.size(), offset);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return errno;
    bytes = bytes.drop_front(count);
    offset = offset < 0 ? offset : offset + count;
  }
  return 0;
}

Error cannotWrite(StringRef path, std::error_code code) {
  return createStringError(code, "cannot write '" + path + "': " + code.message());
}

} // namespace

Expected<OutputFile> OutputFile::create(StringRef path, bool executable) {
  OutputFile output;
  output.path = path.str();
  struct stat status;
  bool exists = path != "-" && ::stat(output.path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    return cannotWrite(path, std::make_error_code(std::errc::is_a_directory));
  output.special = path == "-" || (exists && !S_ISREG(status.st_mode));
  SmallString<128> target(path);
  // The link stays a link; the file that it leads to is the one to replace.
  if (exists && !output.special)
    if (std::error_code code = sys::fs::real_path(path, target))
      return cannotWrite(path, code);
  if (exists && !output.special && ::access(target.c_str(), W_OK))
    return output.failure(errno);
  if (!output.special)
    output.path = target.str().str();
  SmallString<128> temporary;
  unsigned mode = executable ? 0777 : 0666;
  std::error_code code = output.special ? sys::fs::createTemporaryFile("cnnc", "tmp", output.file, temporary)
                                        : sys::fs::createUniqueFile(target + ".%%%%%%%%.tmp", output.file, temporary,
                                                                    sys::fs::OF_None, mode);
  if (code)
    return cannotWrite(path, code);
  output.temporary = temporary.str().str();
  sys::RemoveFileOnSignal(output.temporary);
  return output;
}

OutputFile::OutputFile(OutputFile &&other)
    : path(std::move(other.path)), temporary(std::move(other.temporary)), file(other.file), special(other.special) {
  other.file = -1;
  other.temporary.clear();
}

OutputFile::~OutputFile() {
  if (file >= 0)
    ::close(file);
  if (temporary.empty())
    return;
  ::unlink(temporary.c_str());
  sys::DontRemoveFileOnSignal(temporary);
}

Error OutputFile::failure(int code) const { return cannotWrite(path, std::error_code(code, std::generic_category())); }

Error OutputFile::reopen() {
  ::close(file);
  file = ::open(temporary.c_str(), O_RDWR | O_CLOEXEC);
  return file < 0 ? failure(errno) : Error::success();
}

Error OutputFile::write(ArrayRef<char> bytes, uint64_t offset) {
  int code = writeFully(file, bytes, offset);
  return code ? failure(code) : Error::success();
}

Error OutputFile::read(MutableArrayRef<char> bytes, uint64_t offset) {
  while (!bytes.empty()) {
    ssize_t count = ::pread(file, bytes.data(), bytes.size(), offset);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return failure(count ? errno : EIO);
    bytes = bytes.drop_front(count);
    offset += count;
  }
  return Error::success();
}

Expected<uint64_t> OutputFile::size() {
  struct stat status;
  if (::fstat(file, &status))
    return failure(errno);
  return status.st_size;
}

Error OutputFile::resize(uint64_t bytes) { return ::ftruncate(file, bytes) ? failure(errno) : Error::success(); }

Error OutputFile::copyToSpecialFile() {
  int target = path == "-" ? ::dup(STDOUT_FILENO) : ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (target < 0)
    return failure(errno);
  char buffer[65536];
  int code = 0;
  for (off_t offset = 0; !code;) {
    ssize_t count = ::pread(file, buffer, sizeof buffer, offset);
    if (count == 0)
      break;
    code = count < 0 ? errno : writeFully(target, ArrayRef(buffer, count), -1);
    offset += count;
  }
  if (::close(target) && !code)
    code = errno;
  return code ? failure(code) : Error::success();
}

Error OutputFile::commit() {
  if (special)
    return copyToSpecialFile();
  // A full disk may only speak up here.
  int closed = ::close(std::exchange(file, -1));
  if (closed || ::rename(temporary.c_str(), path.c_str()))
    return failure(errno);
  sys::DontRemoveFileOnSignal(temporary);
  temporary.clear();
  return Error::success();
}

Expected<MemoryFile> MemoryFile::create(StringRef name, ArrayRef<char> bytes) {
  int file = ::memfd_create(name.str().c_str(), MFD_CLOEXEC);
  int code = file < 0 ? errno : writeFully(file, bytes, 0);
  if (file >= 0 && code)
    ::close(file);
  if (!code)
    return MemoryFile(file);
  std::error_code error(code, std::generic_category());
  return createStringError(error, "cannot keep the linker's input in memory: " + error.message());
}

MemoryFile::~MemoryFile() {
  if (file >= 0)
    ::close(file);
}

} // namespace cnnc

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/output/OutputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace llvm;

namespace cnnc::output {
namespace {

/// Whether signals are heard.
std::atomic<bool> removesOnSignals = false;

void guard(const std::string &path) {
  if (removesOnSignals)
    sys::RemoveFileOnSignal(path);
}

void release(const std::string &path) {
  if (removesOnSignals)
    sys::DontRemoveFileOnSignal(path);
}

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

void removeFilesOnSignals() { removesOnSignals = true; }

Expected<OutputFile> OutputFile::create(StringRef path, bool executable) {
  OutputFile output;
  output.givenName = sys::path::filename(path).str();
  output.path = path.str();
  struct stat status;
  bool exists = path != "-" && ::stat(output.path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    return cannotWrite(path, std::make_error_code(std::errc::is_a_directory));
  if (path == "-" || (exists && !S_ISREG(status.st_mode)))
    output.place = Place::Special;
  SmallString<128> target(path);
  // The link stays a link; the file that it leads to is the one to replace.
  if (exists && output.isRegular())
    if (std::error_code code = sys::fs::real_path(path, target))
      return cannotWrite(path, code);
  if (exists && output.isRegular() && ::access(target.c_str(), W_OK))
    return output.failure(errno);
  if (output.isRegular())
    output.path = target.str().str();
  if (exists && output.isRegular())
    output.mode = status.st_mode & 07777;
  // Of a long name the start, for this makes it longer.
  SmallString<128> temporary, model(sys::path::parent_path(output.path));
  sys::path::append(model, sys::path::filename(output.path).take_front(100) + ".%%%%%%%%.tmp");
  unsigned mode = output.mode ? *output.mode & 0777 : executable ? 0777 : 0666;
  std::error_code code =
      output.isRegular() ? sys::fs::createUniqueFile(model, output.file, temporary, sys::fs::OF_None, mode | S_IWUSR)
                         : sys::fs::createTemporaryFile("cnnc", "tmp", output.file, temporary);
  if (code)
    return cannotWrite(path, code);
  output.temporary = temporary.str().str();
  guard(output.temporary);
  return output;
}

Expected<OutputFile> OutputFile::createUnplaced(StringRef name) {
  OutputFile output;
  output.givenName = name.str();
  output.place = Place::None;
  SmallString<128> temporary;
  if (std::error_code code = sys::fs::createTemporaryFile("cnnc", "tmp", output.file, temporary))
    return cannotWrite(name, code);
  output.path = output.temporary = temporary.str().str();
  guard(output.temporary);
  return output;
}

Expected<std::vector<OutputFile>> OutputFile::createPair(StringRef path, bool executable, StringRef besideExtension) {
  std::vector<OutputFile> files;
  Expected<OutputFile> first = create(path, executable);
  if (!first)
    return first.takeError();
  files.push_back(std::move(*first));
  if (besideExtension.empty() || !files.front().isRegular())
    return files;
  SmallString<128> besidePath(path);
  sys::path::replace_extension(besidePath, besideExtension);
  if (besidePath == path)
    return createStringError("cannot write '" + path + "': the file beside it would have the same name");
  Expected<OutputFile> second = create(besidePath, /*executable=*/false);
  if (!second)
    return second.takeError();
  files.push_back(std::move(*second));
  return files;
}

OutputFile::OutputFile(OutputFile &&other)
    : givenName(std::move(other.givenName)), path(std::move(other.path)),
      temporary(std::exchange(other.temporary, std::string())), file(std::exchange(other.file, -1)), mode(other.mode),
      place(other.place), isNew(other.isNew) {}

OutputFile::~OutputFile() {
  if (file >= 0)
    ::close(file);
  if (temporary.empty())
    return;
  ::unlink(temporary.c_str());
  release(temporary);
}

Error OutputFile::failure(int code) const { return cannotWrite(path, std::error_code(code, std::generic_category())); }

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

Error OutputFile::print(function_ref<void(raw_ostream &)> write) {
  raw_fd_ostream stream(file, /*shouldClose=*/false);
  write(stream);
  stream.flush();
  std::error_code code = stream.error();
  stream.clear_error();
  return code ? cannotWrite(path, code) : Error::success();
}

Expected<std::unique_ptr<MemoryBuffer>> OutputFile::map() {
  Expected<uint64_t> bytes = size();
  if (!bytes)
    return bytes.takeError();
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getOpenFile(file, givenName, *bytes, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createStringError(buffer.getError(), "cannot read '" + givenName + "': " + buffer.getError().message());
  return std::move(*buffer);
}

bool OutputFile::replaces(StringRef other) const {
  return isRegular() && (path == other || sys::fs::equivalent(path, other));
}

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

Error OutputFile::close() { return ::close(std::exchange(file, -1)) ? failure(errno) : Error::success(); }

Error OutputFile::moveToPlace() {
  isNew = !sys::fs::exists(path);
  if (isNew)
    guard(path);
  // It was made with what the process lets new files have.
  if (mode && ::chmod(temporary.c_str(), *mode))
    return failure(errno);
  if (::rename(temporary.c_str(), path.c_str()))
    return failure(errno);
  release(temporary);
  temporary.clear();
  return Error::success();
}

void OutputFile::withdraw() {
  if (isNew)
    ::unlink(path.c_str());
}

Error OutputFile::commit(MutableArrayRef<OutputFile> files) {
  // A full disk may only speak up when a file is closed.
  for (OutputFile &output : files)
    if (output.place != Place::None)
      if (Error error = output.isRegular() ? output.close() : output.copyToSpecialFile())
        return error;
  auto regular = make_filter_range(files, [](const OutputFile &output) { return output.isRegular(); });
  scope_exit keep([&] {
    for (OutputFile &output : regular)
      release(output.path);
  });
  for (OutputFile &output : regular)
    if (Error error = output.moveToPlace()) {
      for (OutputFile &placed : files.take_front(&output - files.data()))
        placed.withdraw();
      return error;
    }
  return Error::success();
}

} // namespace cnnc::output

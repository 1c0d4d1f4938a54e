// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A file that appears whole or not at all.
#ifndef CNNC_COMPILER_EMIT_OUTPUTFILE_H
#define CNNC_COMPILER_EMIT_OUTPUTFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace cnnc {

/// Writes beside the final place and moves there on commit(); without a commit nothing is left behind. A place that is
/// no regular file (a device, a pipe, "-") is not replaced: its bytes are gathered in memory and copied to it at the
/// end.
class OutputFile {
public:
  /// Fails at once where `path` cannot be written, so that no one compiles for nothing.
  static llvm::Expected<OutputFile> create(llvm::StringRef path, bool executable);

  OutputFile(OutputFile &&other);
  OutputFile &operator=(OutputFile &&) = delete;
  ~OutputFile();

  /// A path under which a linker can put the bytes; call reopen() afterwards, for it may have made a new file.
  const std::string &temporaryPath() const { return temporary; }
  llvm::Error reopen();

  int descriptor() const { return file; }

  llvm::Error write(llvm::ArrayRef<char> bytes, uint64_t offset);
  llvm::Error read(llvm::MutableArrayRef<char> bytes, uint64_t offset);
  llvm::Expected<uint64_t> size();
  llvm::Error resize(uint64_t bytes);

  llvm::Error commit();

private:
  OutputFile() = default;
  llvm::Error failure(int code) const;
  llvm::Error copyToSpecialFile();

  std::string path;
  std::string temporary;
  int file = -1;
  bool special = false;
};

/// An anonymous file with the given bytes, for the linker to read through its path.
class MemoryFile {
public:
  static llvm::Expected<MemoryFile> create(llvm::StringRef name, llvm::ArrayRef<char> bytes);
  MemoryFile(MemoryFile &&other) : file(other.file) { other.file = -1; }
  MemoryFile &operator=(MemoryFile &&) = delete;
  ~MemoryFile();

  std::string path() const { return "/proc/self/fd/" + std::to_string(file); }

private:
  explicit MemoryFile(int file) : file(file) {}
  int file;
};

} // namespace cnnc

#endif // CNNC_COMPILER_EMIT_OUTPUTFILE_H

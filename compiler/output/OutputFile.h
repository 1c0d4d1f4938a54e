// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that appear whole and together, or not at all.
#ifndef CNNC_COMPILER_OUTPUT_OUTPUTFILE_H
#define CNNC_COMPILER_OUTPUT_OUTPUTFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llvm {
class MemoryBuffer;
class raw_ostream;
} // namespace llvm

namespace cnnc::output {

/// From here on, a signal that ends the process removes half written files first. It sets signal handlers: for a
/// program at its start, which a library is not.
void removeFilesOnSignals();

/// Writes beside the final place and moves there on commit(); without a commit nothing is left behind. A file that is
/// replaced keeps its mode. A place that is no regular file (a device, a pipe, "-") is not replaced: its bytes are
/// gathered in a temporary file and copied to it at the end.
class OutputFile {
public:
  /// Fails at once where `path` cannot be written, so that no one compiles for nothing.
  static llvm::Expected<OutputFile> create(llvm::StringRef path, bool executable);

  /// The file at `path` and, where that is a regular place and `besideExtension` is not empty, the one of the same stem
  /// and that extension.
  static llvm::Expected<std::vector<OutputFile>> createPair(llvm::StringRef path, bool executable,
                                                            llvm::StringRef besideExtension);

  /// Without a place: for who reads it.
  static llvm::Expected<OutputFile> createUnplaced(llvm::StringRef name);

  OutputFile(OutputFile &&other);
  OutputFile &operator=(OutputFile &&) = delete;
  ~OutputFile();

  /// The last part of the path that the user gave.
  llvm::StringRef name() const { return givenName; }
  /// Whether the place is, or will be, a regular file.
  bool isRegular() const { return place == Place::Regular; }
  /// Whether commit() would replace the file at `other`.
  bool replaces(llvm::StringRef other) const;

  /// Where the bytes are until the commit.
  const std::string &temporaryPath() const { return temporary; }

  llvm::Error write(llvm::ArrayRef<char> bytes, uint64_t offset);
  llvm::Error read(llvm::MutableArrayRef<char> bytes, uint64_t offset);
  llvm::Expected<uint64_t> size();
  llvm::Error resize(uint64_t bytes);
  llvm::Error print(llvm::function_ref<void(llvm::raw_ostream &)> write);
  /// All bytes, mapped where there are many; they outlive the file.
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> map();

  /// Moves all files to their places, where they have one. Where one cannot get there, those that were new there are
  /// removed again.
  static llvm::Error commit(llvm::MutableArrayRef<OutputFile> files);

private:
  enum class Place { Regular, Special, None };

  OutputFile() = default;
  llvm::Error failure(int code) const;
  llvm::Error close();
  llvm::Error moveToPlace();
  llvm::Error copyToSpecialFile();
  void withdraw();

  std::string givenName;
  std::string path;
  std::string temporary;
  int file = -1;
  std::optional<unsigned> mode; ///< of the file that is replaced, which stays
  Place place = Place::Regular;
  bool isNew = false;
};

} // namespace cnnc::output

#endif // CNNC_COMPILER_OUTPUT_OUTPUTFILE_H

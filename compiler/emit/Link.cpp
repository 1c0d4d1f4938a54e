// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Link.h"
#include "compiler/emit/RuntimeObject.h"
#include "compiler/emit/StubLibrary.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ELF/ELFObjcopy.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace cnnc::emit {
namespace {

/// The name and the size in the header that stands before each member of an archive.
constexpr size_t memberHeaderBytes = 60;
constexpr size_t memberSizeField = 48;
constexpr size_t memberSizeDigits = 10;

/// An anonymous file with the given bytes, for the linker to read through its path.
class MemoryFile {
public:
  static Expected<MemoryFile> create(const char *name, ArrayRef<char> bytes) {
    MemoryFile memory(::memfd_create(name, MFD_CLOEXEC));
    std::error_code code(errno, std::generic_category());
    if (memory.file >= 0) {
      raw_fd_ostream stream(memory.file, /*shouldClose=*/false, /*unbuffered=*/true);
      stream.write(bytes.data(), bytes.size());
      code = stream.error();
      stream.clear_error();
    }
    if (code)
      return createStringError(code, "cannot keep the linker's input in memory: " + code.message());
    return memory;
  }
  MemoryFile(MemoryFile &&other) : file(std::exchange(other.file, -1)) {}
  MemoryFile &operator=(MemoryFile &&) = delete;
  ~MemoryFile() {
    if (file >= 0)
      ::close(file);
  }

  std::string path() const { return "/proc/self/fd/" + std::to_string(file); }

private:
  explicit MemoryFile(int file) : file(file) {}
  int file;
};

/// Reads what is written to its path. To a file lld would write by way of another, which it leaves to signal handlers
/// to remove; whoever compiles here may have signals of his own.
class Pipe {
public:
  static Expected<std::unique_ptr<Pipe>> create() {
    auto pipe = std::make_unique<Pipe>();
    if (::pipe2(pipe->ends, O_CLOEXEC) == 0) {
      pipe->reader = std::thread([reading = pipe.get()] { reading->read(); });
      return pipe;
    }
    std::error_code code(errno, std::generic_category());
    return createStringError(code, "cannot read what is linked: " + code.message());
  }
  ~Pipe() { take(); }

  std::string path() const { return "/proc/self/fd/" + std::to_string(ends[1]); }

  /// After all is written.
  ObjectBytes take() {
    isWritten = true;
    if (reader.joinable()) {
      ::close(ends[1]);
      reader.join();
      ::close(ends[0]);
    }
    return std::move(bytes);
  }

private:
  /// A process that was forked meanwhile may hold the other end open, so that there is no end of the file.
  void read() {
    constexpr int kMilliseconds = 100;
    char buffer[65536];
    for (pollfd readable = {ends[0], POLLIN, 0};;) {
      bool wasWritten = isWritten;
      int ready = ::poll(&readable, 1, kMilliseconds);
      ssize_t count = ready > 0 ? ::read(ends[0], buffer, sizeof buffer) : 0;
      if (count > 0)
        bytes.append(buffer, buffer + count);
      else if (ready > 0 ? count == 0 || errno != EINTR : wasWritten)
        return;
    }
  }

  int ends[2] = {-1, -1};
  std::atomic<bool> isWritten = false;
  std::thread reader;
  ObjectBytes bytes;
};

Expected<ObjectBytes> runLinker(std::vector<std::string> arguments) {
  // lld keeps its state in globals.
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  Expected<std::unique_ptr<Pipe>> linked = Pipe::create();
  if (!linked)
    return linked.takeError();
  arguments.insert(arguments.end(), {"-o", (*linked)->path()});
  SmallVector<const char *> command = {"ld.lld"};
  for (const std::string &argument : arguments)
    command.push_back(argument.c_str());
  std::string output, errors;
  raw_string_ostream outputStream(output), errorStream(errors);
  const lld::DriverDef drivers[] = {{lld::Gnu, &lld::elf::link}};
  lld::Result result = lld::lldMain(command, outputStream, errorStream, drivers);
  if (result.retCode)
    return createStringError("linking the model failed: " + StringRef(errors).trim());
  return (*linked)->take();
}

/// The linker's arguments, and the files in memory that some of them name.
struct LinkerInput {
  std::vector<std::string> arguments;
  SmallVector<MemoryFile> files;

  Error add(ArrayRef<char> bytes) {
    Expected<MemoryFile> file = MemoryFile::create("model.o", bytes);
    if (!file)
      return file.takeError();
    arguments.push_back(file->path());
    files.push_back(std::move(*file));
    return Error::success();
  }
  Error addObjects(ArrayRef<ObjectBytes> objects, const Triple &triple) {
    for (const ObjectBytes &object : objects)
      if (Error error = add(object))
        return error;
    StringRef runtime = runtimeObject(triple);
    return add(ArrayRef(runtime.data(), runtime.size()));
  }
};

std::string emulation(const Triple &triple) { return triple.isAArch64() ? "aarch64linux" : "elf_x86_64"; }

Expected<ObjectBytes> localizeHidden(StringRef object) {
  Expected<std::unique_ptr<object::ObjectFile>> file =
      object::ObjectFile::createELFObjectFile(MemoryBufferRef(object, "model.o"));
  if (!file)
    return file.takeError();
  objcopy::ConfigManager config;
  config.ELF.LocalizeHidden = true;
  ObjectBytes result;
  raw_svector_ostream stream(result);
  if (Error error = objcopy::elf::executeObjcopyOnBinary(config.Common, config.ELF,
                                                         *cast<object::ELFObjectFileBase>(file->get()), stream))
    return std::move(error);
  return result;
}

} // namespace

Expected<ObjectBytes> linkSharedLibrary(ArrayRef<ObjectBytes> objects, const Triple &triple, StringRef soname) {
  LinkerInput input;
  input.arguments = {"-m",
                     emulation(triple),
                     "-shared",
                     "-soname",
                     soname.str(),
                     "--threads=1",
                     "--build-id=none",
                     "--hash-style=gnu",
                     "--gc-sections",
                     "--no-undefined",
                     "--as-needed",
                     "-z",
                     "now",
                     "-z",
                     "relro",
                     "-z",
                     "noexecstack"};
  if (Error error = input.addObjects(objects, triple))
    return std::move(error);
  for (const StubLibrary &library : libcStubs(triple))
    if (Error error = input.add(stubImage(library, triple)))
      return std::move(error);
  return runLinker(input.arguments);
}

Expected<ObjectBytes> linkObject(ArrayRef<ObjectBytes> objects, const Triple &triple) {
  LinkerInput input;
  input.arguments = {"-m", emulation(triple), "-r", "--threads=1"};
  if (Error error = input.addObjects(objects, triple))
    return std::move(error);
  Expected<ObjectBytes> linked = runLinker(input.arguments);
  return linked ? localizeHidden(StringRef(linked->data(), linked->size())) : linked.takeError();
}

Expected<ObjectBytes> archiveObject(const ObjectBytes &object, StringRef memberName, uint64_t &memberStart) {
  NewArchiveMember member(MemoryBufferRef(StringRef(object.data(), object.size()), memberName));
  Expected<std::unique_ptr<MemoryBuffer>> archive =
      writeArchiveToBuffer(member, SymtabWritingMode::NormalSymtab, object::Archive::K_GNU, /*Deterministic=*/true,
                           /*Thin=*/false);
  if (!archive)
    return archive.takeError();
  StringRef bytes = (*archive)->getBuffer();
  // The member comes last; behind it there is at most a byte that makes the size even.
  memberStart = bytes.size() - object.size() - object.size() % 2;
  bytes = bytes.take_front(memberStart + object.size());
  return ObjectBytes(bytes.begin(), bytes.end());
}

bool setMemberSize(MutableArrayRef<char> archive, uint64_t memberStart, uint64_t size) {
  std::string digits = std::to_string(size);
  if (digits.size() > memberSizeDigits)
    return false;
  digits.resize(memberSizeDigits, ' ');
  std::memcpy(archive.data() + memberStart - memberHeaderBytes + memberSizeField, digits.data(), memberSizeDigits);
  return true;
}

} // namespace cnnc::emit

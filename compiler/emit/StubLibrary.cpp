// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/StubLibrary.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/VersionTuple.h"
#include <cstring>
#include <elf.h>
#include <initializer_list>

using namespace llvm;

namespace cnnc::emit {
namespace {

/// aarch64 entered glibc in 2.17; what is older elsewhere has that version there.
StringRef versionOn(const Triple &triple, StringRef version) {
  VersionTuple tuple;
  bool failed = tuple.tryParse(version.substr(strlen("GLIBC_")));
  assert(!failed && "a version reads GLIBC_2.x");
  (void)failed;
  return triple.isAArch64() && tuple < VersionTuple(2, 17) ? StringRef("GLIBC_2.17") : version;
}

void addSymbols(StubLibrary &library, const Triple &triple, StringRef version, std::initializer_list<StringRef> names) {
  for (StringRef name : names)
    library.symbols.push_back({name, versionOn(triple, version)});
}

/// Strings one behind the other, each ending in a zero; the first is empty.
struct StringTable {
  SmallVector<char, 0> bytes = {'\0'};
  uint32_t add(StringRef text) {
    uint32_t offset = bytes.size();
    bytes.append(text.begin(), text.end());
    bytes.push_back('\0');
    return offset;
  }
};

enum SectionIndex { Null, Strings, Symbols, Versions, VersionDefinitions, Dynamic, SectionCount };

class StubWriter {
public:
  StubWriter(const StubLibrary &library, const Triple &triple) : library(library) {
    header.e_machine = triple.isAArch64() ? EM_AARCH64 : EM_X86_64;
  }

  SmallVector<char, 0> write();

private:
  template <typename T> void append(const T &value) {
    const char *bytes = reinterpret_cast<const char *>(&value);
    image.append(bytes, bytes + sizeof(T));
  }
  void begin(SectionIndex index, uint32_t type, uint64_t entryBytes, uint32_t link) {
    image.resize(alignTo(image.size(), 8));
    sections[index].sh_type = type;
    sections[index].sh_offset = image.size();
    sections[index].sh_entsize = entryBytes;
    sections[index].sh_link = link;
    sections[index].sh_addralign = 8;
  }
  void end(SectionIndex index, uint32_t info) {
    sections[index].sh_size = image.size() - sections[index].sh_offset;
    sections[index].sh_info = info;
  }
  void writeSymbols();
  void writeVersions();
  void writeVersionDefinition(StringRef name, uint16_t index, bool last);

  const StubLibrary &library;
  SmallVector<StringRef> versions;
  StringTable strings;
  SmallVector<char, 0> image;
  Elf64_Ehdr header = {};
  Elf64_Shdr sections[SectionCount] = {};
};

void StubWriter::writeSymbols() {
  begin(Symbols, SHT_DYNSYM, sizeof(Elf64_Sym), Strings);
  append(Elf64_Sym{});
  for (const StubSymbol &symbol : library.symbols) {
    Elf64_Sym entry = {};
    entry.st_name = strings.add(symbol.name);
    entry.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    entry.st_shndx = SHN_ABS;
    append(entry);
  }
  end(Symbols, /*info: the first global one*/ 1);
}

void StubWriter::writeVersionDefinition(StringRef name, uint16_t index, bool last) {
  Elf64_Verdef definition = {};
  definition.vd_version = VER_DEF_CURRENT;
  definition.vd_flags = index == VER_NDX_GLOBAL ? VER_FLG_BASE : 0;
  definition.vd_ndx = index;
  definition.vd_cnt = 1;
  definition.vd_hash = object::hashSysV(name);
  definition.vd_aux = sizeof definition;
  definition.vd_next = last ? 0 : sizeof(Elf64_Verdef) + sizeof(Elf64_Verdaux);
  append(definition);
  append(Elf64_Verdaux{strings.add(name), 0});
}

void StubWriter::writeVersions() {
  begin(Versions, SHT_GNU_versym, sizeof(Elf64_Half), Symbols);
  append(Elf64_Half(VER_NDX_LOCAL));
  for (const StubSymbol &symbol : library.symbols) {
    const StringRef *found = llvm::find(versions, symbol.version);
    append(Elf64_Half(VER_NDX_GLOBAL + 1 + (found - versions.begin())));
    if (found == versions.end())
      versions.push_back(symbol.version);
  }
  end(Versions, 0);

  begin(VersionDefinitions, SHT_GNU_verdef, 0, Strings);
  writeVersionDefinition(library.soname, VER_NDX_GLOBAL, versions.empty());
  for (auto [position, version] : enumerate(versions))
    writeVersionDefinition(version, VER_NDX_GLOBAL + 1 + position, position + 1 == versions.size());
  end(VersionDefinitions, versions.size() + 1);
}

SmallVector<char, 0> StubWriter::write() {
  image.resize(sizeof header);
  writeSymbols();
  writeVersions();

  begin(Dynamic, SHT_DYNAMIC, sizeof(Elf64_Dyn), Strings);
  Elf64_Dyn soname = {};
  soname.d_tag = DT_SONAME;
  soname.d_un.d_val = strings.add(library.soname);
  append(soname);
  append(Elf64_Dyn{});
  end(Dynamic, 0);

  begin(Strings, SHT_STRTAB, 0, 0);
  image.append(strings.bytes.begin(), strings.bytes.end());
  end(Strings, 0);

  image.resize(alignTo(image.size(), 8));
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
  header.e_version = EV_CURRENT;
  header.e_shoff = image.size();
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = SectionCount;
  header.e_shstrndx = Strings;
  append(sections);
  std::memcpy(image.data(), &header, sizeof header);
  return std::move(image);
}

} // namespace

SmallVector<StubLibrary> libcStubs(const Triple &triple) {
  SmallVector<StubLibrary> libraries;
#define CNNC_LIBRARY(file) libraries.push_back({file, {}});
#define CNNC_SYMBOL(version, ...) addSymbols(libraries.back(), triple, version, {__VA_ARGS__});
#include "compiler/emit/LibcSymbols.def"
  return libraries;
}

SmallVector<char, 0> stubImage(const StubLibrary &library, const Triple &triple) {
  return StubWriter(library, triple).write();
}

} // namespace cnnc::emit

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ELF side of Weights.h: anchors, and headers patched so that bytes behind a file's end belong to it.
#include "compiler/emit/Weights.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cstring>
#include <elf.h>

using namespace llvm;

namespace cnnc::emit {
namespace {

/// The largest page of the supported machines, and what lld aligns segments to on aarch64.
constexpr uint64_t segmentAlignment = 65536;
constexpr uint64_t sectionAlignment = 4096;
constexpr uint64_t sectionFlagX86Large = 0x10000000; // SHF_X86_64_LARGE

constexpr StringRef deltaName = "cnnc_weights_delta";
constexpr StringRef noteSection = ".note.cnnc";
/// By convention linkers place sections of this name out of the way of code's 2 GB reach.
constexpr StringRef dataSection = ".lrodata.cnnc";
constexpr char noteOwner[12] = "cnnc";

/// The anchor's note: an ELF note header, the owner, and the delta as the description.
struct WeightsNote {
  Elf64_Nhdr header;
  char owner[sizeof noteOwner];
  int64_t delta;
};
static_assert(sizeof(WeightsNote) == 32 && offsetof(WeightsNote, delta) == 24);

GlobalVariable *addConstant(Module &module, Constant *value, StringRef name, StringRef section, Align alignment) {
  auto *variable =
      new GlobalVariable(module, value->getType(), /*isConstant=*/true, GlobalValue::InternalLinkage, value, name);
  variable->setSection(section);
  variable->setAlignment(alignment);
  // The value is only known after the link; no one may read it earlier.
  variable->setExternallyInitialized(true);
  return variable;
}

/// Brings the address of the delta in.
void replaceDelta(Module &module, Constant *address) {
  if (GlobalVariable *declared = module.getNamedGlobal(deltaName)) {
    declared->replaceAllUsesWith(address);
    declared->eraseFromParent();
  }
}

void defineNote(Module &module) {
  LLVMContext &context = module.getContext();
  auto *word = Type::getInt32Ty(context);
  SmallVector<Constant *> fields = {
      ConstantInt::get(word, sizeof noteOwner), ConstantInt::get(word, sizeof(int64_t)), ConstantInt::get(word, 1),
      ConstantDataArray::getString(context, StringRef(noteOwner, sizeof noteOwner), /*AddNull=*/false),
      ConstantInt::get(Type::getInt64Ty(context), 0)};
  GlobalVariable *note =
      addConstant(module, ConstantStruct::getAnon(fields), "cnnc_weights_note", noteSection, Align(8));
  auto *offset = ConstantInt::get(Type::getInt64Ty(context), offsetof(WeightsNote, delta));
  replaceDelta(module, ConstantExpr::getInBoundsGetElementPtr(Type::getInt8Ty(context), note, offset));
}

void defineSection(Module &module) {
  LLVMContext &context = module.getContext();
  auto *i64 = Type::getInt64Ty(context);
  // A placeholder, for which reserveWeightsSection puts in the real thing.
  auto *bytes = ConstantDataArray::getRaw(StringRef("\0\0\0\0\0\0\0", 8), 8, Type::getInt8Ty(context));
  GlobalVariable *weights = addConstant(module, bytes, "cnnc_weights", dataSection, Align(sectionAlignment));
  GlobalVariable *delta =
      addConstant(module, ConstantInt::get(i64, 0), "cnnc_weights_delta.value", ".data.rel.ro.cnnc", Align(8));
  delta->setInitializer(
      ConstantExpr::getSub(ConstantExpr::getPtrToInt(weights, i64), ConstantExpr::getPtrToInt(delta, i64)));
  replaceDelta(module, delta);
}

template <typename T> MutableArrayRef<char> asBytes(T &value) { return {reinterpret_cast<char *>(&value), sizeof(T)}; }

Error unexpected(StringRef what) { return createStringError("the linker's output is not as expected: " + what); }

/// Describes the weights as a section too, in a new table at the file's end: else GNU strip, which copies sections,
/// would drop them. Its name is the end of the note's, which the table of names already has.
Error addSection(output::OutputFile &library, Elf64_Ehdr header, uint64_t position, uint64_t address, uint64_t bytes) {
  SmallVector<Elf64_Shdr> sections(header.e_shnum);
  MutableArrayRef<char> table(reinterpret_cast<char *>(sections.data()), header.e_shnum * sizeof(Elf64_Shdr));
  if (Error error = library.read(table, header.e_shoff))
    return error;
  Elf64_Shdr weights = {};
  for (const Elf64_Shdr &section : sections)
    if (section.sh_type == SHT_NOTE)
      weights.sh_name = section.sh_name + noteSection.rfind('.');
  weights.sh_type = SHT_PROGBITS;
  weights.sh_flags = SHF_ALLOC;
  weights.sh_addr = address;
  weights.sh_offset = position;
  weights.sh_size = bytes;
  weights.sh_addralign = segmentAlignment;
  sections.push_back(weights);
  header.e_shoff = alignTo(position + bytes, sizeof(uint64_t));
  header.e_shnum = sections.size();
  if (Error error = library.write(asBytes(header), 0))
    return error;
  return library.write({reinterpret_cast<char *>(sections.data()), sections.size() * sizeof(Elf64_Shdr)},
                       header.e_shoff);
}

} // namespace

void defineWeightsAnchor(Module &module, WeightsAnchor anchor) {
  if (anchor == WeightsAnchor::InNote)
    return defineNote(module);
  defineSection(module);
}

Error appendWeightsSegment(output::OutputFile &library, const WeightImage &image) {
  Elf64_Ehdr header;
  if (Error error = library.read(asBytes(header), 0))
    return error;
  SmallVector<Elf64_Phdr> segments(header.e_phnum);
  MutableArrayRef<char> table(reinterpret_cast<char *>(segments.data()), header.e_phnum * sizeof(Elf64_Phdr));
  if (Error error = library.read(table, header.e_phoff))
    return error;
  Expected<uint64_t> size = library.size();
  if (!size)
    return size.takeError();

  uint64_t end = 0;
  Elf64_Phdr *note = nullptr;
  for (Elf64_Phdr &segment : segments) {
    if (segment.p_type == PT_LOAD)
      end = std::max(end, segment.p_vaddr + segment.p_memsz);
    // Loaders want the segments of type LOAD in ascending order, so the note's must come last.
    if (segment.p_type == PT_LOAD && note)
      return unexpected("the note stands before a loaded segment");
    if (segment.p_type == PT_NOTE && segment.p_filesz == sizeof(WeightsNote))
      note = &segment;
  }
  if (!note)
    return unexpected("the note of the weights is missing");
  uint64_t address = alignTo(end, segmentAlignment);
  uint64_t position = alignTo(*size, segmentAlignment);
  int64_t delta = address - (note->p_vaddr + offsetof(WeightsNote, delta));
  if (Error error = library.write(asBytes(delta), note->p_offset + offsetof(WeightsNote, delta)))
    return error;
  *note = {PT_LOAD, PF_R, position, address, address, image.bytes, image.bytes, segmentAlignment};
  if (Error error = library.write(table, header.e_phoff))
    return error;
  if (Error error = writeWeights(library, position, image))
    return error;
  return addSection(library, header, position, address, image.bytes);
}

Expected<uint64_t> reserveWeightsSection(MutableArrayRef<char> file, uint64_t start, const WeightImage &image) {
  MutableArrayRef<char> object = file.drop_front(start);
  Elf64_Ehdr header;
  std::memcpy(&header, object.data(), sizeof header);
  SmallVector<Elf64_Shdr> sections(header.e_shnum);
  size_t tableBytes = header.e_shnum * sizeof(Elf64_Shdr);
  std::memcpy(sections.data(), object.data() + header.e_shoff, tableBytes);
  const char *names = object.data() + sections[header.e_shstrndx].sh_offset;
  auto *weights =
      llvm::find_if(sections, [&](const Elf64_Shdr &section) { return dataSection == names + section.sh_name; });
  if (weights == sections.end())
    return unexpected("the section of the weights is missing");
  // Within the object the offset keeps the alignment of a cache line; more would not help, as a linker copies it.
  weights->sh_offset = alignTo(object.size(), 64);
  weights->sh_size = image.bytes;
  if (header.e_machine == EM_X86_64)
    weights->sh_flags |= sectionFlagX86Large;
  std::memcpy(object.data() + header.e_shoff, sections.data(), tableBytes);

  size_t index = weights - sections.begin();
  for (const Elf64_Shdr &section : sections) {
    if (section.sh_type != SHT_SYMTAB)
      continue;
    MutableArrayRef<char> symbols = object.slice(section.sh_offset, section.sh_size);
    for (; !symbols.empty(); symbols = symbols.drop_front(sizeof(Elf64_Sym))) {
      Elf64_Sym symbol;
      std::memcpy(&symbol, symbols.data(), sizeof symbol);
      if (symbol.st_shndx != index || ELF64_ST_TYPE(symbol.st_info) != STT_OBJECT)
        continue;
      symbol.st_size = image.bytes;
      std::memcpy(symbols.data(), &symbol, sizeof symbol);
    }
  }
  return start + weights->sh_offset;
}

} // namespace cnnc::emit

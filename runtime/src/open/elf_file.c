/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "open/elf_file.h"

#include "open/error.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#if defined(__x86_64__)
static const unsigned own_machine = EM_X86_64;
#elif defined(__aarch64__)
static const unsigned own_machine = EM_AARCH64;
#endif

static const char *cnnc_machine_name(unsigned machine) {
  switch (machine) {
  case EM_X86_64:
    return "x86_64";
  case EM_AARCH64:
    return "aarch64";
  default:
    return "another processor";
  }
}

static cnnc_status cnnc_no_library(const char *path, const char *why) {
  return cnnc_error(CNNC_LOAD_FAILED, "%s: not a shared library: %s", path, why);
}

/* The loader reads program headers, and maps the part of each loaded segment that lies in the file. */
static cnnc_status cnnc_segments_check(const char *path, FILE *file, const Elf64_Ehdr *header, uint64_t file_bytes) {
  for (unsigned i = 0; i < header->e_phnum; ++i) {
    Elf64_Phdr segment;
    uint64_t end;
    if (fread(&segment, sizeof segment, 1, file) != 1)
      return cnnc_no_library(path, "it is cut off in its headers");
    if (segment.p_type != PT_LOAD)
      continue;
    if (__builtin_add_overflow(segment.p_offset, segment.p_filesz, &end) || end > file_bytes)
      return cnnc_error(CNNC_LOAD_FAILED, "%s: the file is cut off: it has %llu bytes of at least %llu", path,
                        (unsigned long long)file_bytes, (unsigned long long)end);
  }
  return CNNC_OK;
}

static cnnc_status cnnc_header_check(const char *path, FILE *file, uint64_t file_bytes) {
  Elf64_Ehdr header;
  if (fread(&header, sizeof header, 1, file) != 1 || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return cnnc_no_library(path, "it has no ELF header");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_type != ET_DYN)
    return cnnc_no_library(path, "it is an ELF file of another kind");
  if (header.e_machine != own_machine)
    return cnnc_error(CNNC_LOAD_FAILED, "%s: compiled for %s, but this is %s", path,
                      cnnc_machine_name(header.e_machine), cnnc_machine_name(own_machine));
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phoff > file_bytes ||
      fseek(file, (long)header.e_phoff, SEEK_SET) != 0)
    return cnnc_no_library(path, "its headers are damaged");
  return cnnc_segments_check(path, file, &header, file_bytes);
}

cnnc_status cnnc_elf_file_check(const char *path) {
  struct stat status;
  if (stat(path, &status) != 0)
    return cnnc_error(CNNC_LOAD_FAILED, "%s: %s", path, strerror(errno));
  if (!S_ISREG(status.st_mode))
    return cnnc_no_library(path, "it is not a file");
  FILE *file = fopen(path, "rbe");
  if (!file)
    return cnnc_error(CNNC_LOAD_FAILED, "%s: %s", path, strerror(errno));
  const cnnc_status result = cnnc_header_check(path, file, (uint64_t)status.st_size);
  fclose(file);
  return result;
}

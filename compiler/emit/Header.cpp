// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Header.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cnnc {
namespace {

// The keywords of C23 and C++23, and the macros that <stdint.h> users commonly meet.
constexpr StringRef keywords[] = {"NULL",
                                  "alignas",
                                  "alignof",
                                  "and",
                                  "and_eq",
                                  "asm",
                                  "atomic",
                                  "auto",
                                  "bitand",
                                  "bitor",
                                  "bool",
                                  "break",
                                  "case",
                                  "catch",
                                  "char",
                                  "char16_t",
                                  "char32_t",
                                  "char8_t",
                                  "class",
                                  "co_await",
                                  "co_return",
                                  "co_yield",
                                  "compl",
                                  "concept",
                                  "const",
                                  "const_cast",
                                  "consteval",
                                  "constexpr",
                                  "constinit",
                                  "continue",
                                  "decltype",
                                  "default",
                                  "delete",
                                  "do",
                                  "double",
                                  "dynamic_cast",
                                  "else",
                                  "enum",
                                  "explicit",
                                  "export",
                                  "extern",
                                  "false",
                                  "float",
                                  "for",
                                  "friend",
                                  "goto",
                                  "if",
                                  "inline",
                                  "int",
                                  "linux",
                                  "long",
                                  "main",
                                  "mutable",
                                  "namespace",
                                  "new",
                                  "noexcept",
                                  "not",
                                  "not_eq",
                                  "nullptr",
                                  "operator",
                                  "or",
                                  "or_eq",
                                  "private",
                                  "protected",
                                  "public",
                                  "register",
                                  "requires",
                                  "reinterpret_cast",
                                  "restrict",
                                  "return",
                                  "short",
                                  "signed",
                                  "sizeof",
                                  "static",
                                  "static_assert",
                                  "static_cast",
                                  "struct",
                                  "switch",
                                  "template",
                                  "this",
                                  "thread_local",
                                  "throw",
                                  "true",
                                  "try",
                                  "typedef",
                                  "typeid",
                                  "typename",
                                  "typeof",
                                  "typeof_unqual",
                                  "union",
                                  "unix",
                                  "unsigned",
                                  "using",
                                  "virtual",
                                  "void",
                                  "volatile",
                                  "wchar_t",
                                  "while",
                                  "xor",
                                  "xor_eq"};

struct ElementType {
  int32_t onnx;
  StringRef c;
  StringRef name;
  unsigned bytes;
};

// The columns are those of enum cnnc_type; half precision and truth values travel as raw bits.
constexpr ElementType elementTypes[] = {
    {1, "float", "float32", 4},     {2, "uint8_t", "uint8", 1},    {3, "int8_t", "int8", 1},
    {4, "uint16_t", "uint16", 2},   {5, "int16_t", "int16", 2},    {6, "int32_t", "int32", 4},
    {7, "int64_t", "int64", 8},     {9, "uint8_t", "bool", 1},     {10, "uint16_t", "float16", 2},
    {11, "double", "float64", 8},   {12, "uint32_t", "uint32", 4}, {13, "uint64_t", "uint64", 8},
    {16, "uint16_t", "bfloat16", 2}};

const ElementType &elementType(int32_t onnx) {
  for (const ElementType &type : elementTypes)
    if (type.onnx == onnx)
      return type;
  static constexpr ElementType raw = {0, "void", "unknown", 1};
  return raw;
}

uint64_t elementCount(const InterfaceTensor &tensor) {
  uint64_t count = 1;
  for (int64_t extent : tensor.shape)
    count *= extent;
  return count;
}

/// Text that can stand in a comment: printable, in one line, and not the comment's end.
std::string commentText(StringRef text) {
  std::string safe;
  for (char c : text) {
    if (c == '/' && !safe.empty() && safe.back() == '*')
      safe += ' ';
    safe += isPrint(c) ? c : '?';
  }
  return safe;
}

/// "float32 [N = 1, 3, 224, 224]"
std::string typeText(const InterfaceTensor &tensor) {
  std::string text = elementType(tensor.type).name.str() + " [";
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    if (i)
      text += ", ";
    if (i < tensor.symbols.size() && !tensor.symbols[i].empty())
      text += commentText(tensor.symbols[i]) + " = ";
    text += std::to_string(tensor.shape[i]);
  }
  return text + "]";
}

void writeStruct(raw_ostream &os, StringRef stem, StringRef role, ArrayRef<InterfaceTensor> tensors,
                 ArrayRef<std::string> fields, bool readOnly) {
  os << "typedef struct " << stem << "_" << role << " {\n";
  for (auto [tensor, field] : zip_equal(tensors, fields)) {
    os << "  " << (readOnly ? "const " : "") << elementType(tensor.type).c << " *" << field << "; /* "
       << typeText(tensor);
    if (field != tensor.name)
      os << ", \"" << commentText(tensor.name) << "\"";
    os << " */\n";
  }
  // A struct without members is no C.
  if (tensors.empty())
    os << "  void *none;\n";
  os << "} " << stem << "_" << role << ";\n\n";
}

void writeSizes(raw_ostream &os, StringRef prefix, ArrayRef<InterfaceTensor> tensors, ArrayRef<std::string> fields) {
  for (auto [tensor, field] : zip_equal(tensors, fields)) {
    std::string name = prefix.str() + "_" + StringRef(field).upper();
    uint64_t count = elementCount(tensor);
    os << "#define " << name << "_ELEMENTS " << count << "u\n";
    os << "#define " << name << "_BYTES " << count * elementType(tensor.type).bytes << "u\n";
  }
}

} // namespace

std::string cIdentifier(StringRef name, StringRef fallback) {
  std::string text;
  for (char c : name)
    text += isAlnum(c) ? c : '_';
  if (text.find_first_not_of('_') == std::string::npos)
    text = fallback.str() + text;
  // Names that begin with an underscore are reserved to the implementation in some scope or other.
  if (isDigit(text.front()) || text.front() == '_')
    text = fallback.str() + (text.front() == '_' ? "" : "_") + text;
  if (is_contained(keywords, text))
    text += '_';
  return text;
}

std::vector<std::string> cIdentifiers(const std::vector<std::string> &names, StringRef fallback) {
  StringSet<> taken;
  std::vector<std::string> identifiers;
  for (const std::string &name : names) {
    std::string base = cIdentifier(name, fallback);
    std::string text = base;
    for (unsigned suffix = 2; !taken.insert(StringRef(text).upper()).second; ++suffix)
      text = base + "_" + std::to_string(suffix);
    identifiers.push_back(text);
  }
  return identifiers;
}

std::string headerText(const ModelInterface &interface) {
  const std::string &stem = interface.stem;
  std::string prefix = StringRef(stem).upper();
  std::vector<std::string> names;
  for (const InterfaceTensor &tensor : interface.inputs)
    names.push_back(tensor.name);
  for (const InterfaceTensor &tensor : interface.outputs)
    names.push_back(tensor.name);
  // Inputs and outputs share the macros' names, so they are told apart together.
  std::vector<std::string> fields = cIdentifiers(names, "tensor");
  ArrayRef<std::string> inputs = ArrayRef(fields).take_front(interface.inputs.size());
  ArrayRef<std::string> outputs = ArrayRef(fields).drop_front(interface.inputs.size());

  std::string text;
  raw_string_ostream os(text);
  os << "/* Written by cnnc" << (interface.source.empty() ? "" : " from " + commentText(interface.source)) << ". */\n";
  os << formatv("#ifndef {0}_MODEL_H\n#define {0}_MODEL_H\n\n#include <stdint.h>\n\n", prefix);
  os << formatv("#define {0}_INPUT_COUNT {1}u\n#define {0}_OUTPUT_COUNT {2}u\n", prefix, inputs.size(), outputs.size());
  writeSizes(os, prefix, interface.inputs, inputs);
  writeSizes(os, prefix, interface.outputs, outputs);
  os << "/* The memory of a context: the arena, and the scratch of each thread. */\n";
  os << formatv("#define {0}_ARENA_BYTES {1}u\n#define {0}_SCRATCH_BYTES {2}u\n\n", prefix, interface.arenaBytes,
                interface.scratchBytes);
  os << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  os << "/* Dense, row major, aligned as their elements. Inputs are only read; outputs must not overlap anything. */\n";
  writeStruct(os, stem, "inputs", interface.inputs, inputs, /*readOnly=*/true);
  writeStruct(os, stem, "outputs", interface.outputs, outputs, /*readOnly=*/false);
  os << "struct cnnc_context;   /* cnnc/cnnc.h */\n";
  os << "struct cnnc_abi_model; /* cnnc/abi.h */\n\n";
  os << "/* The model itself, for cnnc_open_linked(). */\n";
  os << formatv("extern const struct cnnc_abi_model {0}_model;\n\n", stem);
  os << "/* One inference on a default context, which the first call makes and later calls use again; calls at the "
        "same\n"
        " * time have one each. Returns 0, or a cnnc_status that says what failed. */\n";
  os << formatv("int {0}_run(const {0}_inputs *inputs, {0}_outputs *outputs);\n\n", stem);
  os << "/* The same on a context of the caller's (cnnc_context_create() of cnnc/cnnc.h): its threads, its memory. "
        "*/\n";
  os << formatv("int {0}_run_in(struct cnnc_context *context, const {0}_inputs *inputs, {0}_outputs *outputs);\n\n",
                stem);
  os << "#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}

} // namespace cnnc

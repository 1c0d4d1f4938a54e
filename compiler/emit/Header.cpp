// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/emit/Header.h"
#include "compiler/emit/Identifier.h"
#include "compiler/output/Text.h"
#include "dialects/target/Types.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cnnc::emit {
namespace {

const target::ElementType &elementType(int32_t onnx) {
  static constexpr target::ElementType raw = {0, "unknown", 8, target::ElementKind::Unsigned, "void"};
  const target::ElementType *type = target::findElementType(onnx);
  return type ? *type : raw;
}

uint64_t elementCount(const InterfaceTensor &tensor) {
  uint64_t count = 1;
  for (int64_t extent : tensor.shape)
    count *= extent;
  return count;
}

/// Text that can stand in a comment: in one line, and neither a comment's end or begin nor a trigraph.
std::string commentText(StringRef text) {
  std::string safe;
  for (char c : output::escapeText(text)) {
    char before = safe.empty() ? ' ' : safe.back();
    bool joins = (before == '*' && c == '/') || (before == '/' && c == '*') || (before == '?' && c == '?');
    safe += joins ? " " : "";
    safe += c;
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

std::vector<std::string> nameFields(ArrayRef<InterfaceTensor> tensors) {
  std::vector<std::string> names;
  for (const InterfaceTensor &tensor : tensors)
    names.push_back(tensor.name);
  return cIdentifiers(names, "tensor");
}

/// Whatever the tensors are called: the middle word keeps <PREFIX>_INPUT_..._BYTES apart from <PREFIX>_ARENA_BYTES.
void writeSizes(raw_ostream &os, StringRef prefix, ArrayRef<InterfaceTensor> tensors, ArrayRef<std::string> fields) {
  for (auto [tensor, field] : zip_equal(tensors, fields)) {
    std::string name = prefix.str() + "_" + StringRef(field).upper();
    uint64_t count = elementCount(tensor);
    os << "#define " << name << "_ELEMENTS " << count << "u\n";
    os << "#define " << name << "_BYTES " << count * elementType(tensor.type).getBytes() << "u\n";
  }
}

} // namespace

std::string headerText(const ModelInterface &interface) {
  const std::string &stem = interface.stem;
  std::string prefix = StringRef(stem).upper();
  std::vector<std::string> inputs = nameFields(interface.inputs), outputs = nameFields(interface.outputs);

  std::string text;
  raw_string_ostream os(text);
  os << "/* Written by cnnc" << (interface.source.empty() ? "" : " from " + commentText(interface.source)) << ". */\n";
  os << formatv("#ifndef {0}_MODEL_H\n#define {0}_MODEL_H\n\n#include <stdint.h>\n\n", prefix);
  os << formatv("#define {0}_INPUT_COUNT {1}u\n#define {0}_OUTPUT_COUNT {2}u\n", prefix, inputs.size(), outputs.size());
  writeSizes(os, prefix + "_INPUT", interface.inputs, inputs);
  writeSizes(os, prefix + "_OUTPUT", interface.outputs, outputs);
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

} // namespace cnnc::emit

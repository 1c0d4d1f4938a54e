// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Npy.h"

#include <cstdlib>

namespace cnnc::runner {
namespace {

struct TypeCode {
  uint32_t type;
  const char *code; // without the byte order
};

constexpr TypeCode typeCodes[] = {
#define ELEMENT_TYPE(id, onnx, name, bits, kind, c, numpy) {onnx, numpy},
#include "dialects/target/Types.def"
};

constexpr std::string_view magic = "\x93NUMPY";

/// What follows "'key':" in the header's dictionary; empty when the key is not there.
std::string_view valueOf(std::string_view header, std::string_view key) {
  const size_t at = header.find("'" + std::string(key) + "':");
  if (at == std::string_view::npos)
    return {};
  std::string_view value = header.substr(at + key.size() + 3);
  while (!value.empty() && value.front() == ' ')
    value.remove_prefix(1);
  return value;
}

std::optional<uint32_t> parseType(std::string_view value) {
  if (value.size() < 5 || value.front() != '\'')
    return std::nullopt;
  const char order = value[1];
  for (const TypeCode &row : typeCodes) {
    const bool single = cnnc_type_bytes(row.type) == 1;
    if (value.substr(2, 3) == std::string(row.code) + "'" &&
        (order == '<' || order == '=' || ((single || row.type == CNNC_BFLOAT16) && order == '|')))
      return row.type;
  }
  return std::nullopt;
}

std::optional<std::vector<int64_t>> parseShape(std::string_view value) {
  const size_t end = value.find(')');
  if (value.empty() || value.front() != '(' || end == std::string_view::npos)
    return std::nullopt;
  const std::string list(value.substr(1, end - 1));
  std::vector<int64_t> shape;
  for (const char *cursor = list.c_str(); *cursor;) {
    if (*cursor == ' ' || *cursor == ',') {
      ++cursor;
      continue;
    }
    char *next = nullptr;
    const long long extent = std::strtoll(cursor, &next, 10);
    if (next == cursor || extent < 0)
      return std::nullopt;
    shape.push_back(extent);
    cursor = next;
  }
  return shape;
}

/// Splits the file into the header's dictionary and the data.
bool splitHeader(std::string_view bytes, std::string_view &header, std::string_view &data) {
  if (bytes.size() < 10 || bytes.substr(0, magic.size()) != magic)
    return false;
  const int version = bytes[6];
  const size_t lengthBytes = version == 1 ? 2 : 4;
  if (version < 1 || version > 3 || bytes.size() < 8 + lengthBytes)
    return false;
  size_t length = 0;
  for (size_t i = 0; i < lengthBytes; ++i)
    length |= static_cast<size_t>(static_cast<uint8_t>(bytes[8 + i])) << (8 * i);
  bytes.remove_prefix(8 + lengthBytes);
  if (length > bytes.size())
    return false;
  header = bytes.substr(0, length);
  data = bytes.substr(length);
  return true;
}

} // namespace

std::optional<Tensor> readNpy(std::string_view bytes, std::string &error) {
  std::string_view header, data;
  if (!splitHeader(bytes, header, data)) {
    error = "not a .npy file";
    return std::nullopt;
  }
  const std::optional<uint32_t> type = parseType(valueOf(header, "descr"));
  if (!type) {
    error = "unsupported element type " + std::string(valueOf(header, "descr").substr(0, 8));
    return std::nullopt;
  }
  const std::optional<std::vector<int64_t>> shape = parseShape(valueOf(header, "shape"));
  const std::optional<int64_t> count = shape ? elementCount(*shape) : std::nullopt;
  if (!count || valueOf(header, "fortran_order").substr(0, 5) != "False") {
    error = count ? "requires C order, but found Fortran's" : "the shape cannot be read";
    return std::nullopt;
  }
  const uint64_t elementBytes = cnnc_type_bytes(*type);
  if (data.size() % elementBytes != 0 || data.size() / elementBytes != static_cast<uint64_t>(*count)) {
    error = describe(*type, *shape) + " requires " + std::to_string(*count) + " elements, but found " +
            std::to_string(data.size() / elementBytes);
    return std::nullopt;
  }
  return Tensor{*type, *shape, std::vector<char>(data.begin(), data.end())};
}

std::string writeNpy(const Tensor &tensor) {
  std::string code;
  for (const TypeCode &row : typeCodes)
    if (row.type == tensor.type)
      code = (cnnc_type_bytes(row.type) == 1 ? "|" : "<") + std::string(row.code);
  std::string header = "{'descr': '" + code + "', 'fortran_order': False, 'shape': (";
  for (int64_t extent : tensor.shape)
    header += std::to_string(extent) + ",";
  header += "), }";
  // The data begins at a multiple of 64 bytes.
  const size_t prefix = magic.size() + 4;
  header.append(63 - (prefix + header.size()) % 64, ' ');
  header += '\n';
  std::string bytes(magic);
  bytes += {'\x01', '\x00', static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
  bytes += header;
  bytes.append(tensor.data.data(), tensor.data.size());
  return bytes;
}

} // namespace cnnc::runner

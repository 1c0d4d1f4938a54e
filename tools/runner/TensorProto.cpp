// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/TensorProto.h"

#include <cstring>

namespace cnnc::runner {
namespace {

enum WireType { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

/// Numbers of TensorProto's fields.
enum FieldNumber {
  Dims = 1,
  DataType = 2,
  Segment = 3,
  FloatData = 4,
  Int32Data = 5,
  StringData = 6,
  Int64Data = 7,
  RawData = 9,
  DoubleData = 10,
  Uint64Data = 11,
  DataLocation = 14
};

/// One field as it stands in the message: `number` holds a varint or a fixed value, `bytes` a length-delimited one.
struct Field {
  uint32_t number = 0;
  uint32_t wire = 0;
  uint64_t value = 0;
  std::string_view bytes;
};

/// Takes fields off the front of a message. Every read is bounded by what is left.
class WireReader {
public:
  explicit WireReader(std::string_view bytes) : rest(bytes) {}

  bool atEnd() const { return rest.empty(); }

  bool readVarint(uint64_t &value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest.empty())
        return false;
      const uint8_t byte = static_cast<uint8_t>(rest.front());
      rest.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 127) << shift;
      if (byte < 128)
        return true;
    }
    return false;
  }

  template <typename T> bool readFixed(uint64_t &value) {
    T fixed;
    if (rest.size() < sizeof fixed)
      return false;
    std::memcpy(&fixed, rest.data(), sizeof fixed);
    rest.remove_prefix(sizeof fixed);
    value = fixed;
    return true;
  }

  bool readField(Field &field) {
    uint64_t key;
    if (!readVarint(key) || key >> 3 == 0 || key >> 3 > 0x1fffffff)
      return false;
    field = Field{static_cast<uint32_t>(key >> 3), static_cast<uint32_t>(key & 7), 0, {}};
    switch (field.wire) {
    case Varint:
      return readVarint(field.value);
    case Fixed64:
      return readFixed<uint64_t>(field.value);
    case Fixed32:
      return readFixed<uint32_t>(field.value);
    case Bytes:
      if (!readVarint(field.value) || field.value > rest.size())
        return false;
      field.bytes = rest.substr(0, field.value);
      rest.remove_prefix(field.value);
      return true;
    default:
      return false;
    }
  }

private:
  std::string_view rest;
};

/// What a TensorProto says; the typed values as raw 64-bit patterns.
struct Message {
  std::vector<int64_t> dims;
  uint64_t dataType = 0;
  uint64_t dataLocation = 0;
  std::optional<std::string_view> raw;
  uint32_t typedField = 0;
  std::vector<uint64_t> values;
  bool hasSegment = false;
};

uint32_t wireOfValues(uint32_t number) {
  if (number == FloatData)
    return Fixed32;
  return number == DoubleData ? Fixed64 : Varint;
}

/// A repeated number, packed into one field or one by one.
template <typename Store> bool readRepeated(const Field &field, uint32_t elementWire, Store store) {
  if (field.wire == elementWire) {
    store(field.value);
    return true;
  }
  if (field.wire != Bytes)
    return false;
  WireReader packed(field.bytes);
  while (!packed.atEnd()) {
    uint64_t value;
    const bool read = elementWire == Varint    ? packed.readVarint(value)
                      : elementWire == Fixed32 ? packed.readFixed<uint32_t>(value)
                                               : packed.readFixed<uint64_t>(value);
    if (!read)
      return false;
    store(value);
  }
  return true;
}

bool readKnownField(const Field &field, Message &message) {
  switch (field.number) {
  case Dims:
    return readRepeated(field, Varint, [&](uint64_t value) { message.dims.push_back(static_cast<int64_t>(value)); });
  case DataType:
    message.dataType = field.value;
    return field.wire == Varint;
  case DataLocation:
    message.dataLocation = field.value;
    return field.wire == Varint;
  case Segment:
    message.hasSegment = true;
    return field.wire == Bytes;
  case RawData:
    message.raw = field.bytes;
    return field.wire == Bytes;
  case FloatData:
  case Int32Data:
  case Int64Data:
  case DoubleData:
  case Uint64Data:
    message.typedField = field.number;
    return readRepeated(field, wireOfValues(field.number), [&](uint64_t value) { message.values.push_back(value); });
  default:
    return true;
  }
}

/// Which typed field holds the values of a type.
uint32_t typedFieldOf(uint32_t type) {
  switch (type) {
  case CNNC_FLOAT32:
    return FloatData;
  case CNNC_FLOAT64:
    return DoubleData;
  case CNNC_INT64:
    return Int64Data;
  case CNNC_UINT32:
  case CNNC_UINT64:
    return Uint64Data;
  default:
    return Int32Data;
  }
}

/// A value's low bytes are its element: fixed values are their bits, varints of narrow types are sign-extended, and a
/// float16 stands as its bits in an int32.
std::vector<char> packValues(const std::vector<uint64_t> &values, uint32_t elementBytes) {
  std::vector<char> data(values.size() * elementBytes);
  for (size_t i = 0; i < values.size(); ++i)
    std::memcpy(data.data() + i * elementBytes, &values[i], elementBytes);
  return data;
}

std::optional<Tensor> makeFromMessage(const Message &message, std::string &error) {
  const uint32_t type = message.dataType < 64 ? static_cast<uint32_t>(message.dataType) : 0;
  const uint32_t elementBytes = cnnc_type_bytes(type);
  if (elementBytes == 0) {
    error = "unsupported element type " + std::to_string(message.dataType);
    return std::nullopt;
  }
  if (message.dataLocation != 0 || message.hasSegment) {
    error = message.hasSegment ? "a segment of a tensor" : "a tensor with external data";
    return std::nullopt;
  }
  const std::optional<int64_t> count = elementCount(message.dims);
  if (!count) {
    error = "the extents of the tensor overflow";
    return std::nullopt;
  }
  if (!message.raw && !message.values.empty() && message.typedField != typedFieldOf(type)) {
    error = "the values of the tensor stand in the field of another type";
    return std::nullopt;
  }
  const uint64_t found = message.raw ? message.raw->size() : message.values.size();
  const uint64_t unit = message.raw ? elementBytes : 1;
  if (found % unit != 0 || found / unit != static_cast<uint64_t>(*count)) {
    error = describe(type, message.dims) + " requires " + std::to_string(*count) + " elements, but found " +
            std::to_string(found / unit);
    return std::nullopt;
  }
  Tensor tensor{type, message.dims, {}};
  if (message.raw)
    tensor.data.assign(message.raw->begin(), message.raw->end());
  else
    tensor.data = packValues(message.values, elementBytes);
  return tensor;
}

} // namespace

std::optional<Tensor> readTensorProto(std::string_view bytes, std::string &error) {
  WireReader reader(bytes);
  Message message;
  Field field;
  while (!reader.atEnd()) {
    if (!reader.readField(field) || !readKnownField(field, message)) {
      error = "not a TensorProto";
      return std::nullopt;
    }
  }
  return makeFromMessage(message, error);
}

} // namespace cnnc::runner

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/TensorProto.h"

#include "gtest/gtest.h"

#include <random>

using namespace cnnc::runner;

/// A message written by hand: the key of a field, then its bytes.
static std::string field(int number, int wire, std::string_view bytes) {
  std::string text(1, static_cast<char>(number << 3 | wire));
  if (wire == 2)
    text += static_cast<char>(bytes.size());
  return text + std::string(bytes);
}

static std::string varint(int number, char value) { return field(number, 0, std::string(1, value)); }

static std::vector<double> valuesOf(const std::string &message) {
  std::string error;
  const std::optional<Tensor> tensor = readTensorProto(message, error);
  EXPECT_TRUE(tensor) << error;
  return tensor ? toDoubles(*tensor) : std::vector<double>();
}

static std::string errorOf(const std::string &message) {
  std::string error;
  EXPECT_FALSE(readTensorProto(message, error));
  return error;
}

using Values = std::vector<double>;

TEST(TensorProto, RawData) {
  const std::string floats("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8);
  EXPECT_EQ(valuesOf(varint(1, 2) + varint(2, 1) + field(9, 2, floats)), (Values{1, -2}));
  EXPECT_EQ(valuesOf(field(1, 2, "\x02\x01") + varint(2, 10) + field(9, 2, std::string("\x00\x3c\x00\xc0", 4))),
            (Values{1, -2}));
  EXPECT_EQ(valuesOf(varint(2, 1) + field(9, 2, floats.substr(0, 4))), (Values{1}));
}

TEST(TensorProto, TypedDataPackedAndOneByOne) {
  const std::string one("\x00\x00\x80\x3f", 4);
  EXPECT_EQ(valuesOf(varint(1, 2) + varint(2, 1) + field(4, 2, one + one)), (Values{1, 1}));
  EXPECT_EQ(valuesOf(varint(1, 2) + varint(2, 1) + field(4, 5, one) + field(4, 5, one)), (Values{1, 1}));
  EXPECT_EQ(valuesOf(varint(1, 2) + varint(2, 7) + field(7, 2, "\x05\x06")), (Values{5, 6}));
  // -1 is ten bytes of varint, whatever its type.
  const std::string minusOne = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
  EXPECT_EQ(valuesOf(varint(1, 1) + varint(2, 3) + field(5, 2, minusOne)), (Values{-1}));
  EXPECT_EQ(valuesOf(varint(1, 1) + varint(2, 6) + field(5, 2, minusOne)), (Values{-1}));
  // float16 is its bits in an int32: 0x3c00.
  EXPECT_EQ(valuesOf(varint(1, 1) + varint(2, 10) + field(5, 2, std::string("\x80\x78", 2))), (Values{1}));
  EXPECT_EQ(valuesOf(varint(1, 2) + varint(2, 9) + field(5, 2, std::string("\x01\x00", 2))), (Values{1, 0}));
}

TEST(TensorProto, UnknownFieldsAndNamesAreSteppedOver) {
  EXPECT_EQ(valuesOf(field(8, 2, "name") + varint(2, 2) + varint(1, 1) + field(9, 2, "\x07") + field(12, 2, "doc")),
            (Values{7}));
}

TEST(TensorProto, Refusals) {
  EXPECT_EQ(errorOf("\xff"), "not a TensorProto");
  EXPECT_EQ(errorOf(varint(1, 2) + varint(2, 8)), "unsupported element type 8");
  EXPECT_EQ(errorOf(varint(1, 2) + varint(2, 1)), "float32[2] requires 2 elements, but found 0");
  EXPECT_EQ(errorOf(varint(1, 2) + varint(2, 1) + field(9, 2, "12345")), "float32[2] requires 2 elements, but found 1");
  EXPECT_EQ(errorOf(varint(1, 1) + varint(2, 1) + varint(14, 1)), "a tensor with external data");
  const std::string huge = "\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
  EXPECT_EQ(errorOf(field(1, 0, huge) + field(1, 0, huge) + varint(2, 1)), "the extents of the tensor overflow");
  EXPECT_EQ(errorOf(varint(1, 1) + varint(2, 1) + field(7, 2, "\x01")),
            "the values of the tensor stand in the field of another type");
}

TEST(TensorProto, FlippedBytesNeverCrash) {
  const std::string good = field(1, 2, "\x02\x01") + varint(2, 1) + field(8, 2, "name") + field(9, 2, "abcdefgh");
  std::mt19937 random(1);
  std::string error;
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = good.substr(0, random() % (good.size() + 1));
    for (int flips = random() % 4; flips > 0 && !bytes.empty(); --flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    const std::optional<Tensor> tensor = readTensorProto(bytes, error);
    if (tensor)
      EXPECT_EQ(tensor->data.size(), *elementCount(tensor->shape) * cnnc_type_bytes(tensor->type));
  }
}

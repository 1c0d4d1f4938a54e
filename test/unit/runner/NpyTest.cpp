// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Npy.h"

#include "gtest/gtest.h"

#include <random>

using namespace cnnc::runner;

static Tensor counting(uint32_t type, std::vector<int64_t> shape) {
  Tensor tensor{type, shape, {}};
  const int64_t count = *elementCount(shape);
  tensor.data.resize(count * cnnc_type_bytes(type));
  for (int64_t i = 0; i < count; ++i)
    setElement(tensor, i, static_cast<double>(i % 2));
  return tensor;
}

TEST(Npy, EveryTypeSurvives) {
  for (uint32_t type : {1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 16})
    for (const std::vector<int64_t> &shape : {std::vector<int64_t>{}, {5}, {2, 3}, {1, 0, 4}}) {
      const Tensor tensor = counting(type, shape);
      const std::string bytes = writeNpy(tensor);
      EXPECT_EQ((bytes.size() - tensor.data.size()) % 64, 0u);
      std::string error;
      const std::optional<Tensor> read = readNpy(bytes, error);
      ASSERT_TRUE(read) << error;
      EXPECT_EQ(read->type, type);
      EXPECT_EQ(read->shape, shape);
      EXPECT_EQ(read->data, tensor.data);
    }
}

TEST(Npy, HeadersAsNumPyWritesThem) {
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n";
  const std::string bytes = std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header;
  std::string error;
  const std::optional<Tensor> tensor = readNpy(bytes + std::string(8, '\0'), error);
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->shape, (std::vector<int64_t>{1, 2}));
  EXPECT_FALSE(readNpy(bytes + std::string(7, '\0'), error));
  EXPECT_EQ(error, "float32[1,2] requires 2 elements, but found 1");
}

TEST(Npy, Refusals) {
  std::string error;
  EXPECT_FALSE(readNpy("", error));
  EXPECT_EQ(error, "not a .npy file");
  std::string bytes = writeNpy(counting(CNNC_FLOAT32, {2, 2}));
  bytes.replace(bytes.find("False"), 5, "True ");
  EXPECT_FALSE(readNpy(bytes, error));
  EXPECT_EQ(error, "requires C order, but found Fortran's");
  bytes = writeNpy(counting(CNNC_FLOAT32, {2, 2}));
  bytes.replace(bytes.find("<f4"), 3, ">f4");
  EXPECT_FALSE(readNpy(bytes, error));
}

TEST(Npy, FlippedBytesNeverCrash) {
  const std::string good = writeNpy(counting(CNNC_FLOAT32, {2, 2}));
  std::mt19937 random(1);
  std::string error;
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = good.substr(0, random() % (good.size() + 1));
    for (int flips = random() % 4; flips > 0 && !bytes.empty(); --flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    readNpy(bytes, error);
  }
}

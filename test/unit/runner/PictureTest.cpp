// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Picture.h"

#include "gtest/gtest.h"

using namespace cnnc::runner;

/// A PNG of 2x1 pixels, (255, 0, 51) and (0, 102, 255), eight bits each.
static const unsigned char twoPixels[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
    0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x7b, 0x40, 0xe8, 0xdd, 0x00, 0x00, 0x00,
    0x0f, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0x60, 0xcc, 0x90, 0xf6, 0x1f, 0x00, 0x08, 0x98,
    0x02, 0x98, 0x54, 0x0a, 0xd0, 0xcf, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

static std::string_view png() { return {reinterpret_cast<const char *>(twoPixels), sizeof twoPixels}; }

static cnnc_tensor describeInput(uint32_t type, const std::vector<int64_t> &shape) {
  return {"x",
          shape.data(),
          nullptr,
          static_cast<uint64_t>(*elementCount(shape)) * cnnc_type_bytes(type),
          static_cast<uint32_t>(shape.size()),
          type,
          0};
}

static std::vector<double> read(uint32_t type, const std::vector<int64_t> &shape, const PictureOptions &options) {
  std::string error;
  const std::optional<Tensor> tensor = readPicture(png(), describeInput(type, shape), options, error);
  EXPECT_TRUE(tensor) << error;
  return tensor ? toDoubles(*tensor) : std::vector<double>();
}

using Values = std::vector<double>;

TEST(PictureLayout, IsFoundFromTheShape) {
  EXPECT_EQ(pictureLayout({1, 3, 224, 200})->width, 200);
  EXPECT_FALSE(pictureLayout({1, 3, 224, 200})->channelsLast);
  EXPECT_TRUE(pictureLayout({2, 224, 200, 3})->channelsLast);
  EXPECT_EQ(pictureLayout({2, 224, 200, 3})->height, 224);
  EXPECT_EQ(pictureLayout({2, 224, 200, 3})->pictures, 2);
  EXPECT_EQ(pictureLayout({28, 30})->channels, 1);
  EXPECT_EQ(pictureLayout({1, 28, 28})->channels, 1);
  EXPECT_EQ(pictureLayout({1, 1000})->width, 1000);
  EXPECT_FALSE(pictureLayout({0, 1000}));
  EXPECT_FALSE(pictureLayout({1, (1 << 16) + 1}));
  EXPECT_FALSE(pictureLayout({1, 7, 224, 224}));
  EXPECT_FALSE(pictureLayout({1, 2, 3, 4, 5}));
  EXPECT_FALSE(pictureLayout({5}));
}

TEST(Picture, ChannelsGoWhereTheShapeSays) {
  EXPECT_EQ(read(CNNC_UINT8, {1, 3, 1, 2}, {}), (Values{255, 0, 0, 102, 51, 255}));
  EXPECT_EQ(read(CNNC_UINT8, {1, 1, 2, 3}, {}).size(), 6u);
  EXPECT_EQ(read(CNNC_UINT8, {1, 1, 1, 2}, {}).size(), 2u);
  PictureOptions options;
  options.blueFirst = true;
  EXPECT_EQ(read(CNNC_UINT8, {3, 1, 2}, options), (Values{51, 255, 0, 102, 255, 0}));
}

TEST(Picture, BatchesRepeatIt) {
  const Values one = read(CNNC_UINT8, {1, 3, 1, 2}, {}), two = read(CNNC_UINT8, {2, 3, 1, 2}, {});
  EXPECT_TRUE(std::equal(one.begin(), one.end(), two.begin() + 6));
}

TEST(Picture, Normalisation) {
  const Values imageNet = read(CNNC_FLOAT32, {1, 3, 1, 2}, {});
  EXPECT_NEAR(imageNet[0], (1 - 0.485) / 0.229, 1e-5);
  EXPECT_NEAR(imageNet[3], (0.4 - 0.456) / 0.224, 1e-5);
  EXPECT_NEAR(imageNet[5], (1 - 0.406) / 0.225, 1e-5);

  PictureOptions raw;
  raw.top = 255.0f;
  EXPECT_EQ(read(CNNC_FLOAT32, {1, 3, 1, 2}, raw), (Values{255, 0, 0, 102, 51, 255}));

  // The mean and the scale belong to the colour, wherever its channel is stored.
  raw.blueFirst = true;
  raw.mean = {5, 2, 1};
  raw.scale = {1, 0.5, 2};
  EXPECT_EQ(read(CNNC_FLOAT32, {1, 3, 1, 2}, raw), (Values{100, 508, -1, 50, 250, -5}));
}

TEST(Picture, IsScaledOrCut) {
  const Values wide = read(CNNC_UINT8, {1, 3, 1, 4}, {});
  EXPECT_EQ(wide[0], 255);
  EXPECT_EQ(wide[3], 0);
  PictureOptions options;
  options.crop = true;
  EXPECT_EQ(read(CNNC_UINT8, {1, 3, 1, 1}, options), (Values{255, 0, 51}));
  EXPECT_NE(read(CNNC_UINT8, {1, 3, 1, 1}, {}), (Values{255, 0, 51}));
}

TEST(Picture, Refusals) {
  std::string error;
  const std::vector<int64_t> shape = {1, 3, 1, 2}, noPicture = {1, 7, 9, 9};
  EXPECT_FALSE(readPicture("GIF89a", describeInput(CNNC_UINT8, shape), {}, error));
  EXPECT_EQ(error, "not a PNG or JPEG picture");
  EXPECT_FALSE(readPicture(png().substr(0, 50), describeInput(CNNC_UINT8, shape), {}, error));
  EXPECT_FALSE(readPicture(png(), describeInput(CNNC_UINT8, noPicture), {}, error));
  EXPECT_EQ(error, "uint8[1,7,9,9] takes no picture of one or three channels");
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/runner/Picture.h"

#include <algorithm>
#include <climits>

#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#include <stb_image.h>
#define STB_IMAGE_RESIZE_STATIC
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb_image_resize.h>

namespace cnnc::runner {
namespace {

/// Rows of interleaved channels, 0 to 255.
struct Pixels {
  int width = 0, height = 0, channels = 0;
  std::vector<float> values;
};

bool isPictureChannels(int64_t channels) { return channels == 1 || channels == 3; }

std::optional<Pixels> decode(std::string_view bytes, int channels, std::string &error) {
  constexpr int64_t mostPixels = int64_t(1) << 27;
  const auto *encoded = reinterpret_cast<const stbi_uc *>(bytes.data());
  int width, height, ownChannels;
  if (bytes.size() > INT_MAX || !stbi_info_from_memory(encoded, bytes.size(), &width, &height, &ownChannels)) {
    error = "not a PNG or JPEG picture";
    return std::nullopt;
  }
  if (int64_t(width) * height > mostPixels) {
    error = "a picture of " + std::to_string(width) + "x" + std::to_string(height) + " is too large";
    return std::nullopt;
  }
  stbi_uc *decoded = stbi_load_from_memory(encoded, bytes.size(), &width, &height, &ownChannels, channels);
  if (!decoded) {
    error = std::string("a damaged picture: ") + stbi_failure_reason();
    return std::nullopt;
  }
  Pixels pixels{width, height, channels, {}};
  pixels.values.assign(decoded, decoded + size_t(width) * height * channels);
  stbi_image_free(decoded);
  return pixels;
}

/// The centre of the largest part with the aspect width : height.
Pixels cropTo(const Pixels &pixels, int64_t width, int64_t height) {
  Pixels part{pixels.width, pixels.height, pixels.channels, {}};
  if (pixels.width * height > pixels.height * width)
    part.width = std::max<int64_t>(1, pixels.height * width / height);
  else
    part.height = std::max<int64_t>(1, pixels.width * height / width);
  const int left = (pixels.width - part.width) / 2, top = (pixels.height - part.height) / 2;
  const size_t rowValues = size_t(part.width) * part.channels;
  for (int row = 0; row < part.height; ++row) {
    const float *begin = &pixels.values[(size_t(top + row) * pixels.width + left) * pixels.channels];
    part.values.insert(part.values.end(), begin, begin + rowValues);
  }
  return part;
}

/// Linear interpolation; where it shrinks, over all the pixels that a new one covers.
bool resizeTo(Pixels &pixels, int width, int height) {
  if (pixels.width == width && pixels.height == height)
    return true;
  std::vector<float> values(size_t(width) * height * pixels.channels);
  if (!stbir_resize_float_generic(pixels.values.data(), pixels.width, pixels.height, 0, values.data(), width, height, 0,
                                  pixels.channels, STBIR_ALPHA_CHANNEL_NONE, 0, STBIR_EDGE_CLAMP, STBIR_FILTER_TRIANGLE,
                                  STBIR_COLORSPACE_LINEAR, nullptr))
    return false;
  pixels = Pixels{width, height, pixels.channels, std::move(values)};
  return true;
}

struct Normalisation {
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> scale = {1, 1, 1};
  float top = 255;
};

Normalisation normalisationOf(const PictureOptions &options, const cnnc_tensor &description, int64_t channels) {
  Normalisation result;
  result.top = options.top.value_or(isFloat(description.type) ? 1.0f : 255.0f);
  if (!options.mean && !options.scale && !options.top && isFloat(description.type) && channels == 3) {
    result.mean = {0.485f, 0.456f, 0.406f};
    result.scale = {1 / 0.229f, 1 / 0.224f, 1 / 0.225f};
  }
  result.mean = options.mean.value_or(result.mean);
  result.scale = options.scale.value_or(result.scale);
  return result;
}

/// Stores one picture's pixels from the element `begin` on.
void storePixels(const Pixels &pixels, const PictureLayout &layout, const Normalisation &normalisation, bool blueFirst,
                 int64_t begin, Tensor &tensor) {
  const int64_t plane = layout.height * layout.width;
  for (int64_t channel = 0; channel < layout.channels; ++channel) {
    const int64_t colour = blueFirst ? layout.channels - 1 - channel : channel;
    for (int64_t at = 0; at < plane; ++at) {
      const float pixel = pixels.values[at * layout.channels + colour] * (normalisation.top / 255.0f);
      const int64_t index = layout.channelsLast ? at * layout.channels + channel : channel * plane + at;
      setElement(tensor, begin + index, (pixel - normalisation.mean[colour]) * normalisation.scale[colour]);
    }
  }
}

} // namespace

std::optional<PictureLayout> pictureLayout(const std::vector<int64_t> &shape) {
  PictureLayout layout;
  const size_t rank = shape.size();
  if (rank < 2 || rank > 4)
    return std::nullopt;
  layout.pictures = rank == 4 ? shape[0] : 1;
  const int64_t *last = shape.data() + rank;
  if (rank == 2) {
    layout.height = last[-2];
    layout.width = last[-1];
  } else if (isPictureChannels(last[-3])) {
    layout.channels = last[-3];
    layout.height = last[-2];
    layout.width = last[-1];
  } else if (isPictureChannels(last[-1])) {
    layout.channels = last[-1];
    layout.height = last[-3];
    layout.width = last[-2];
    layout.channelsLast = true;
  }
  const bool sized = layout.height > 0 && layout.width > 0 && layout.height <= 1 << 16 && layout.width <= 1 << 16;
  return sized ? std::optional(layout) : std::nullopt;
}

std::optional<Tensor> readPicture(std::string_view bytes, const cnnc_tensor &description, const PictureOptions &options,
                                  std::string &error) {
  const std::optional<PictureLayout> layout = pictureLayout(shapeOf(description));
  if (!layout) {
    error = describe(description) + " takes no picture of one or three channels";
    return std::nullopt;
  }
  std::optional<Pixels> pixels = decode(bytes, layout->channels, error);
  if (!pixels)
    return std::nullopt;
  if (options.crop)
    pixels = cropTo(*pixels, layout->width, layout->height);
  if (!resizeTo(*pixels, layout->width, layout->height)) {
    error = "no memory to scale the picture";
    return std::nullopt;
  }
  const Normalisation normalisation = normalisationOf(options, description, layout->channels);
  Tensor tensor = makeTensor(description);
  const int64_t elements = layout->channels * layout->height * layout->width;
  for (int64_t picture = 0; picture < layout->pictures; ++picture)
    storePixels(*pixels, *layout, normalisation, options.blueFirst, picture * elements, tensor);
  return tensor;
}

} // namespace cnnc::runner

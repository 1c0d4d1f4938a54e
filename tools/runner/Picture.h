// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PNG and JPEG files as input tensors.
#ifndef CNNC_TOOLS_RUNNER_PICTURE_H
#define CNNC_TOOLS_RUNNER_PICTURE_H

#include "tools/runner/Tensor.h"

#include <array>
#include <string_view>

namespace cnnc::runner {

/// element = (pixel - mean) * scale, with pixels from 0 to `top`. `mean` and `scale` are those of red, green and blue,
/// in whatever order the channels are stored. What is left out is neutral; where all three are left out, a float input
/// of three channels gets the mean and deviation of ImageNet on pixels from 0 to 1.
struct PictureOptions {
  std::optional<std::array<float, 3>> mean;
  std::optional<std::array<float, 3>> scale;
  std::optional<float> top;
  bool blueFirst = false;
  bool crop = false; // cut the longer side to the input's aspect instead of squeezing it
};

/// Where channels, rows and columns are in an input's shape: NCHW, NHWC, CHW, HWC or HW.
struct PictureLayout {
  int64_t pictures = 1, channels = 1, height = 0, width = 0;
  bool channelsLast = false;
};

/// Nothing when the shape is not that of a picture of one or three channels.
std::optional<PictureLayout> pictureLayout(const std::vector<int64_t> &shape);

/// The picture, scaled to the input's height and width, once for every picture of the batch. Nothing, with the reason
/// in `error`, for a file that is no picture and for an input that takes none.
std::optional<Tensor> readPicture(std::string_view bytes, const cnnc_tensor &description, const PictureOptions &options,
                                  std::string &error);

} // namespace cnnc::runner

#endif

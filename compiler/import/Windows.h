// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The attributes that convolutions and poolings share.
#ifndef CNNC_COMPILER_IMPORT_WINDOWS_H
#define CNNC_COMPILER_IMPORT_WINDOWS_H

#include "compiler/import/Node.h"

namespace cnnc::importing {

/// kernel_shape (or `kernel`, where the attribute may be left out), strides, dilations and pads of a node over an input
/// of `spatial` dimensions. Pads are still those of the attribute.
std::optional<cnn::Window> readWindow(Node &node, int64_t spatial, ShapeRef kernel = {});

std::optional<cnn::AutoPad> readAutoPad(Node &node);

/// readWindow, with auto_pad resolved over input 0. The input must have at least one spatial dimension.
std::optional<cnn::Window> readPaddedWindow(Node &node, ShapeRef kernel = {});

} // namespace cnnc::importing

#endif

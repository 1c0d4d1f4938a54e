// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the channels of a value come from: concatenations, slices and shuffles of channels only move them.
#ifndef CNNC_PASSES_GRAPH_CHANNELTRACE_H
#define CNNC_PASSES_GRAPH_CHANNELTRACE_H

#include "dialects/cnn/Cnn.h"

#include <optional>

namespace cnnc::graph {

struct Channel {
  mlir::Value source;
  int64_t index;
};

struct ChannelTrace {
  llvm::SmallVector<Channel> channels;
  llvm::SmallVector<cnn::TransposeOp> shuffles; ///< the last ones on the way from the sources
  int64_t depth = 0;                            ///< most shuffles on one way
};

/// Batch, channels and at least one spatial dimension.
bool isChannelMap(mlir::Value value);

/// The op may be part of a trace.
bool movesChannels(mlir::Operation *op);

/// The channels of a map, in order, as channels of maps of the same extents that are no mere moves themselves. None if
/// its images are not made alike.
std::optional<ChannelTrace> traceChannels(mlir::Value map);

} // namespace cnnc::graph

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long a convolution takes, as pure functions of its shape and of a few facts of the machine.
#ifndef CNNC_PASSES_LAYOUT_CONVCOST_H
#define CNNC_PASSES_LAYOUT_CONVCOST_H

#include "dialects/cnn/Legality.h"
#include "dialects/cnn/Winograd.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace cnnc::layout {

/// What the model knows of one core.
struct CoreFacts {
  int64_t lanes;         ///< fp32 numbers of a native vector
  bool fusedMultiplyAdd; ///< two of them a cycle; without, a multiplication and an addition
  int64_t l2Bytes;
};

struct ConvShape : cnn::ConvChannels {
  int64_t images = 1;
  llvm::SmallVector<int64_t, 3> input, output, kernel, strides, dilations;
};

using cnn::Channels;

/// fp32 multiply-adds a cycle.
double getPeak(const CoreFacts &core);

/// Cycles to stream `bytes` that other steps have left in the cache where so many bytes fit.
double getStreamCycles(double bytes, const CoreFacts &core);

/// Cycles of a change of layout, which reads one and writes the other number of bytes.
double getConversionCycles(double bytesRead, double bytesWritten, const CoreFacts &core);

/// Cycles of the batch-reduce product: direct, pointwise, first layer and grouped convolution.
double getDirectCycles(const ConvShape &conv, Channels input, Channels output, const CoreFacts &core);

/// Cycles of a window that keeps channels apart: depthwise and narrow groups.
double getWindowCycles(const ConvShape &conv, Channels channels, const CoreFacts &core);

/// The r of the F(m, r) that can compute it in each dimension of a plane with more than one tap; 0 if none can.
int64_t getWinogradTaps(const ConvShape &conv);

/// Whether F(m, r), of two passes in a square kernel, keeps enough digits for a default.
bool isWinogradAccurate(const ConvShape &conv, int64_t m);

/// Whether that size computes it, accurately enough. Raw filters are for many tiles of one or two dimensions.
bool canTransform(const ConvShape &conv, const cnn::WinogradSize &size);

/// Cycles of F(m, r), in three dimensions of its planes. Filters are transformed at compile time, or `raw` and
/// transformed in the cache by each task.
double getWinogradCycles(const ConvShape &conv, int64_t m, const CoreFacts &core, bool raw = false);

/// The m of the quickest F(m, r), of those in `candidates` that are accurate enough; 0 where direct convolution is as
/// quick. Quickest by the geometric mean over `cores`, which share the choice.
int64_t selectWinograd(const ConvShape &conv, llvm::ArrayRef<int64_t> candidates, llvm::ArrayRef<CoreFacts> cores);

/// Whether that F(m, r) is as quick with raw filters, by the same mean.
bool prefersRawFilters(const ConvShape &conv, int64_t m, llvm::ArrayRef<CoreFacts> cores);

} // namespace cnnc::layout

#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/ContractWalk.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace cnnc::kernel;

int64_t ContractWalk::rowCount() const {
  int64_t rows = 1;
  for (const PixelDim &dim : ArrayRef(dims).drop_back())
    rows *= dim.extent;
  return rows;
}

bool ContractWalk::canJoin(int64_t lines) const {
  if (lines == 1)
    return true;
  if (dims.size() < 2)
    return false;
  const PixelDim &outer = dims[dims.size() - 2];
  return outer.extent % lines == 0 && outer.pitches[walkedFilter] == 0;
}

void ContractWalk::joinRows(int64_t lines) {
  if (lines == 1)
    return;
  PixelDim &outer = dims[dims.size() - 2];
  pixelsOfRow = dims.back().extent;
  rowPitches = outer.pitches;
  dims.back().extent *= lines;
  outer.extent /= lines;
  for (int64_t &pitch : outer.pitches)
    pitch *= lines;
}

/// A run over a whole row of the window reads the pixels of a view that keeps them apart as a segment each: the filter
/// is stored the same.
static void splitRunOfRow(ContractWalk &walk) {
  walk.segments *= walk.run / walk.groupIn;
  walk.run = walk.groupIn;
}

/// The byte offset of every segment.
static void findSegments(ContractOp op, ContractWalk &walk) {
  const StoredMap &a = walk.a;
  int64_t rank = a.spatialRank();
  ArrayRef<int64_t> kernel = op.getKernel(), dilations = op.getDilations();
  bool alongRow = a.order == ChannelOrder::first && rank > 0;
  bool wholeRows = a.order == ChannelOrder::last && walk.run > walk.groupIn;
  if (wholeRows && a.pitches[a.pixelDim(rank)] != walk.groupIn * a.elementBytes) {
    splitRunOfRow(walk);
    wholeRows = false;
  }
  // A run along the row takes in the last kernel dimension.
  ArrayRef<int64_t> positions = alongRow || wholeRows ? kernel.drop_back() : kernel;
  int64_t channelsOfRun = alongRow ? 1 : wholeRows ? walk.groupIn : walk.run;
  if (alongRow && walk.arithmetic.group == 1)
    walk.runPitch = dilations.back() * a.pitches[a.pixelDim(rank)];
  int64_t chunks = llvm::divideCeil(walk.groupIn, channelsOfRun);
  SmallVector<int64_t> positionOffsets = {0};
  for (auto [dim, extent] : llvm::enumerate(positions)) {
    SmallVector<int64_t> next;
    for (int64_t offset : positionOffsets)
      for (int64_t k = 0; k < extent; ++k)
        next.push_back(offset + k * dilations[dim] * a.pitches[a.pixelDim(dim + 1)]);
    positionOffsets = std::move(next);
  }
  if (alongRow) {
    for (int64_t channel = 0; channel < chunks; ++channel)
      for (int64_t offset : positionOffsets)
        walk.segmentOffsets.push_back(a.channelOffset(channel) + offset);
  } else {
    for (int64_t offset : positionOffsets)
      for (int64_t chunk = 0; chunk < chunks; ++chunk)
        walk.segmentOffsets.push_back(offset + a.channelOffset(chunk * channelsOfRun));
  }
  assert(int64_t(walk.segmentOffsets.size()) == walk.segments && "verified");
}

static void findPixels(ContractOp op, ContractWalk &walk) {
  const StoredMap &a = walk.a, &out = walk.out;
  int64_t imagePitch = op.getBatchedFilter() ? getBytePitches(op.getFilter())[0] : 0;
  SmallVector<PixelDim> all;
  for (int64_t dim = 0; dim <= out.spatialRank(); ++dim) {
    PixelDim pixel = {out.pixelExtent(dim), {}};
    int64_t stride = dim == 0 ? 1 : op.getStrides()[dim - 1];
    pixel.pitches.push_back(a.pitches[a.pixelDim(dim)] * stride);
    pixel.pitches.push_back(dim == 0 ? imagePitch : 0);
    pixel.pitches.push_back(out.pitches[out.pixelDim(dim)]);
    for (Value extra : op.getExtras())
      pixel.pitches.push_back(getStoredMap(extra, op.getOutOrder()).pixelPitch(dim));
    all.push_back(std::move(pixel));
  }
  walk.dims = mergePixelDims(all);
  // A filter that differs per column would leave a tile no common filter.
  if (walk.dims.back().pitches[walkedFilter] != 0)
    walk.dims.push_back({1, SmallVector<int64_t>(walk.dims.back().pitches.size(), 0)});
}

ContractWalk cnnc::kernel::getContractWalk(ContractOp op) {
  ContractWalk walk = {getArithmetic(op)};
  walk.a = getStoredMap(op.getA(), op.getAOrder());
  walk.out = getStoredMap(op.getOut(), op.getOutOrder());
  walk.groups = op.getGroup();
  walk.groupIn = op.getInChannels() / walk.groups;
  walk.groupOut = op.getOutChannels() / walk.groups;
  walk.panels = llvm::divideCeil(walk.groupOut, 16);
  PackedFilter packed = getPackedFilter(op);
  walk.segments = packed.segments;
  walk.run = packed.steps * walk.arithmetic.group;
  findSegments(op, walk);
  findPixels(op, walk);
  return walk;
}

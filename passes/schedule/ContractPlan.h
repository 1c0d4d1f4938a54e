// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a step walks a contraction: tiles, blocks and their order. Pure functions.
#ifndef CNNC_PASSES_SCHEDULE_CONTRACTPLAN_H
#define CNNC_PASSES_SCHEDULE_CONTRACTPLAN_H

#include "dialects/kernel/Kernel.h"
#include "dialects/target/Target.h"

namespace cnnc::schedule {

/// A contraction as its code walks it, with rows joined as the tile wants it.
struct ContractFacts {
  int64_t panels; ///< of 16 output channels, in a group
  int64_t groups;
  int64_t rows;          ///< pixel rows: the product of the outer pixel dimensions
  int64_t columns;       ///< pixels in a row
  int64_t segments, run; ///< of the reduction; steps of a segment
  int64_t rowBytes;      ///< of `a` that one row of pixels reads anew
  bool sumsChannels;     ///< the reduction is over channels alone: a block of it reads a part of each pixel
  bool sumsFloats;
};

/// What is chosen by cost.
struct ContractChoice {
  int64_t tileRows, tileVectors, lines;
  int64_t panelParts, pixelParts; ///< tasks
  int64_t segmentBlock;           ///< 0: the whole reduction
  int64_t tasks() const { return panelParts * pixelParts; }
};

/// The entries of #kernel.contract_schedule.
struct ContractPlan {
  int64_t rows = kernel::kOpen, vectors = kernel::kOpen, lines = kernel::kOpen;
  int64_t panelParts = kernel::kOpen, rowParts = kernel::kOpen, columnParts = kernel::kOpen;
  kernel::TaskOrder order = kernel::TaskOrder::open;
  int64_t reductionBlocks = kernel::kOpen;
  kernel::ReductionOrder reductionOrder = kernel::ReductionOrder::open;
  int64_t rowBlock = kernel::kOpen, columnBlock = kernel::kOpen;
  int64_t fetchPasses = kernel::kOpen, sumBlock = kernel::kOpen, unroll = kernel::kOpen;
};

/// `pinned` with all that it leaves open.
ContractPlan planContract(const ContractFacts &facts, const ContractChoice &choice, const target::Level &level,
                          const ContractPlan &pinned = {});

/// A register tile without idle accumulators for `panels` panels: whole panels, or an equal part of one.
struct RegisterTile {
  int64_t rows, vectors;
};
RegisterTile fitTile(int64_t rows, int64_t vectors, int64_t panels, int64_t parts, const target::Level &level);
/// What is open of `rows` and `vectors` becomes the tile's, or as much as the registers hold beside what is pinned.
void chooseTile(int64_t &rows, int64_t &vectors, RegisterTile tile, const target::Level &level);

} // namespace cnnc::schedule

#endif

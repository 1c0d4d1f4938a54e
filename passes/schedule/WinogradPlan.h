// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// In which blocks a step computes a convolution by Winograd. Pure functions.
#ifndef CNNC_PASSES_SCHEDULE_WINOGRADPLAN_H
#define CNNC_PASSES_SCHEDULE_WINOGRADPLAN_H

#include "dialects/kernel/Kernel.h"
#include "dialects/target/Target.h"

namespace cnnc::schedule {

/// What is chosen by cost.
struct WinogradChoice {
  int64_t tileRows, tileVectors; ///< of the products
  int64_t tileBlock, depthBlock;
  int64_t panelParts, tileParts; ///< tasks
  int64_t tasks() const { return panelParts * tileParts; }
};

/// The entries of #kernel.winograd_schedule.
struct WinogradPlan {
  int64_t rows = kernel::kOpen, vectors = kernel::kOpen, narrowRows = kernel::kOpen;
  int64_t tileBlock = kernel::kOpen, depthBlock = kernel::kOpen;
  int64_t chunk = kernel::kOpen, blocks = kernel::kOpen;
  int64_t panelParts = kernel::kOpen, tileParts = kernel::kOpen;
};

/// `pinned` with all that it leaves open, for `panels` panels of output channels.
WinogradPlan planWinograd(int64_t panels, bool isRaw, const WinogradChoice &choice, const target::Level &level,
                          const WinogradPlan &pinned = {});

} // namespace cnnc::schedule

#endif

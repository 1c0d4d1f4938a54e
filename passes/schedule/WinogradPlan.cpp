// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/WinogradPlan.h"

#include "passes/schedule/Choose.h"
#include "passes/schedule/ContractPlan.h"

#include "dialects/kernel/Schedule.h"
#include "dialects/kernel/Winograd.h"

using namespace cnnc;
using namespace cnnc::schedule;

WinogradPlan cnnc::schedule::planWinograd(int64_t panels, bool isRaw, const WinogradChoice &choice,
                                          const target::Level &level, const WinogradPlan &pinned) {
  WinogradPlan plan = pinned;
  choose(plan.tileBlock, choice.tileBlock);
  choose(plan.depthBlock, choice.depthBlock);
  if (plan.tileParts != kernel::kOpen)
    choose(plan.panelParts, choice.tasks() / plan.tileParts);
  if (plan.panelParts != kernel::kOpen)
    choose(plan.tileParts, std::max<int64_t>(1, choice.tasks() / plan.panelParts));
  choose(plan.panelParts, choice.panelParts);
  choose(plan.tileParts, choice.tileParts);
  choose(plan.chunk, isRaw ? kernel::kRawPanels : kernel::kWinogradPanels);
  choose(plan.blocks, isRaw ? kernel::kRawBlocks : 1);
  kernel::Balanced chunks = kernel::cutChunks(panels, plan.chunk, plan.panelParts);
  RegisterTile tile = fitTile(choice.tileRows, choice.tileVectors, chunks.largest(), 1, level);
  chooseTile(plan.rows, plan.vectors, tile, level);
  choose(plan.narrowRows, fitTile(plan.rows, plan.vectors, std::max<int64_t>(1, chunks.size), 1, level).rows);
  return plan;
}

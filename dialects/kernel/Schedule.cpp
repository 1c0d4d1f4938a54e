// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/Schedule.h"

#include "dialects/kernel/Kernel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::kernel;

Balanced cnnc::kernel::balanceIn(int64_t extent, int64_t count) { return {count, extent / count, extent % count}; }

Balanced cnnc::kernel::balance(int64_t extent, int64_t largest) {
  return balanceIn(extent, llvm::divideCeil(extent, largest));
}

PanelTiles cnnc::kernel::cutPanels(int64_t panels, int64_t vectors, int64_t parts, int64_t lanes) {
  int64_t vectorsOfPanel = 16 / lanes;
  int64_t tiles = llvm::divideCeil(panels, std::max<int64_t>(1, vectors / vectorsOfPanel));
  if (tiles % parts != 0)
    tiles = std::min<int64_t>(panels, llvm::alignTo(tiles, parts));
  Balanced cut = balanceIn(panels, tiles);
  return {vectors < vectorsOfPanel ? vectors : cut.largest() * vectorsOfPanel, cut};
}

Balanced cnnc::kernel::cutChunks(int64_t panels, int64_t chunk, int64_t parts) {
  return balanceIn(panels, std::min<int64_t>(panels, llvm::alignTo(llvm::divideCeil(panels, chunk), parts)));
}

int64_t cnnc::kernel::getMostAccumulators(const target::Level &level) { return level.vectorRegisters - 4; }

static bool areChosen(ArrayRef<int64_t> entries) { return !llvm::is_contained(entries, kOpen); }

bool ContractScheduleAttr::isWhole() const {
  return areChosen({getRows(), getVectors(), getLines(), getPanelParts(), getRowParts(), getColumnParts(),
                    getReductionBlocks(), getRowBlock(), getColumnBlock(), getFetchPasses(), getSumBlock(),
                    getUnroll()}) &&
         getOrder() != TaskOrder::open && getReductionOrder() != ReductionOrder::open;
}

bool WindowScheduleAttr::isWhole() const {
  return areChosen({getAlong(), getTile(), getChannels(), getRows()}) && getUnroll() != UnrolledTaps::open;
}

bool WinogradScheduleAttr::isWhole() const {
  return areChosen({getRows(), getVectors(), getNarrowRows(), getTileBlock(), getDepthBlock(), getChunk(), getBlocks(),
                    getPanelParts(), getTileParts()});
}

bool GenericScheduleAttr::isWhole() const { return areChosen({getAlong(), getVectors()}); }

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/cnn/Winograd.h"

#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace cnnc::cnn;

static constexpr WinogradSize kSizes[] = {
    {Algorithm::winograd_2_3, 2, 3}, {Algorithm::winograd_4_3, 4, 3}, {Algorithm::winograd_4_3_raw, 4, 3, true},
    {Algorithm::winograd_6_3, 6, 3}, {Algorithm::winograd_2_5, 2, 5}, {Algorithm::winograd_4_5, 4, 5},
    {Algorithm::winograd_2_7, 2, 7}};

llvm::ArrayRef<WinogradSize> cnnc::cnn::getWinogradSizes() { return kSizes; }

RawSplit cnnc::cnn::getRawSplit(int64_t panels, int64_t tiles) {
  // Parts of eight panels outweigh their input's transform, and a block of so many tiles the filters'.
  constexpr int64_t kPanels = 8, kTiles = 64, kFewestTasks = 4;
  int64_t blocks = llvm::divideCeilSigned(tiles, kTiles);
  int64_t parts = std::max(llvm::divideCeilSigned(panels, kPanels), llvm::divideCeilSigned(kFewestTasks, blocks));
  return {std::min(parts, panels), blocks};
}

std::optional<WinogradSize> cnnc::cnn::getWinogradSize(std::optional<Algorithm> algorithm) {
  for (const WinogradSize &size : kSizes)
    if (size.algorithm == algorithm)
      return size;
  return std::nullopt;
}

llvm::SmallVector<int64_t, 2> cnnc::cnn::getPlane(llvm::ArrayRef<int64_t> extents) {
  return {extents.size() > 1 ? extents[extents.size() - 2] : 1, extents.back()};
}

int64_t cnnc::cnn::getWinogradTaps(llvm::ArrayRef<int64_t> kernel) {
  if (kernel.empty())
    return 0;
  auto plane = getPlane(kernel);
  int64_t rows = plane[0], columns = plane[1], taps = std::max(rows, columns);
  bool isOffered = llvm::any_of(kSizes, [&](const WinogradSize &size) { return size.r == taps; });
  return isOffered && (rows == columns || std::min(rows, columns) == 1) ? taps : 0;
}

bool cnnc::cnn::isWinograd(ConvOp op) {
  auto allOnes = [](llvm::ArrayRef<int64_t> values) {
    return llvm::all_of(values, [](int64_t value) { return value == 1; });
  };
  std::optional<WinogradSize> size = getWinogradSize(op.getAlgorithm());
  if (!size || !mlir::matchPattern(op.getFilter(), mlir::m_Constant()))
    return false;
  mlir::RankedTensorType filter = op.getFilter().getType();
  llvm::ArrayRef<int64_t> taps = filter.getShape().drop_front(2);
  return filter.getElementType().isF32() && op.getGroup() == 1 && !(size->raw && taps.size() == 3) &&
         allOnes(op.getStrides()) && allOnes(op.getDilations()) && getWinogradTaps(taps) == size->r;
}

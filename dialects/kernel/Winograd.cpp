// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/Winograd.h"

#include <cassert>
#include <cmath>

using namespace cnnc::kernel;

/// The finite interpolation points; infinity comes last. Among five, 1/2 and -2 halve the error that 2 and -2 have.
static std::vector<double> getPoints(int64_t count) {
  switch (count) {
  case 0:
    return {};
  case 3:
    return {0, 1, -1};
  case 5:
    return {0, 1, -1, 0.5, -2};
  default:
    assert(count == 7 && "no such F(m, r) is offered");
    return {0, 1, -1, 2, -2, 0.5, -0.5};
  }
}

bool cnnc::kernel::isWinograd(int64_t m, int64_t r) {
  int64_t size = m + r - 1;
  return (m == 1 && r == 1) || (m > 1 && m % 2 == 0 && r > 1 && r % 2 == 1 && (size == 4 || size == 6 || size == 8));
}

/// Coefficients, lowest first, of the product of (x - points[l]) over all l but `leftOut`.
static std::vector<double> expandProduct(const std::vector<double> &points, int64_t leftOut) {
  std::vector<double> polynomial = {1};
  for (int64_t l = 0; l < int64_t(points.size()); ++l) {
    if (l == leftOut)
      continue;
    polynomial.insert(polynomial.begin(), 0);
    for (size_t i = 0; i + 1 < polynomial.size(); ++i)
      polynomial[i] -= points[l] * polynomial[i + 1];
  }
  return polynomial;
}

WinogradMatrices cnnc::kernel::getWinogradMatrices(int64_t m, int64_t r) {
  std::vector<double> points = getPoints(m + r - 2);
  int64_t finite = points.size(), size = finite + 1;
  WinogradMatrices matrices = {m,
                               r,
                               {size, size, std::vector<double>(size * size)},
                               {size, r, std::vector<double>(size * r)},
                               {m, size, std::vector<double>(m * size)}};
  for (int64_t j = 0; j <= finite; ++j) {
    std::vector<double> lagrange = expandProduct(points, j);
    for (size_t k = 0; k < lagrange.size(); ++k)
      matrices.input.at(j, k) = lagrange[k];
    if (j == finite)
      break;
    double denominator = 1;
    for (int64_t l = 0; l < finite; ++l)
      denominator *= l == j ? 1 : points[j] - points[l];
    for (int64_t k = 0; k < r; ++k)
      matrices.filter.at(j, k) = std::pow(points[j], k) / denominator;
    for (int64_t i = 0; i < m; ++i)
      matrices.output.at(i, j) = std::pow(points[j], i);
  }
  matrices.filter.at(finite, r - 1) = 1;
  matrices.output.at(m - 1, finite) = 1;
  return matrices;
}

WinogradPlane cnnc::kernel::getWinogradPlane(llvm::ArrayRef<int64_t> tile, llvm::ArrayRef<int64_t> kernel) {
  return {getWinogradMatrices(tile[0], kernel[0]), getWinogradMatrices(tile[1], kernel[1])};
}

void cnnc::kernel::transformWinogradFilter(const WinogradPlane &plane, const float *filter, float *transformed) {
  const Matrix &vertical = plane.vertical.filter, &horizontal = plane.horizontal.filter;
  double half[8][7];
  for (int64_t i = 0; i < vertical.rows; ++i)
    for (int64_t x = 0; x < horizontal.columns; ++x) {
      half[i][x] = 0;
      for (int64_t y = 0; y < vertical.columns; ++y)
        half[i][x] += vertical.at(i, y) * filter[y * horizontal.columns + x];
    }
  for (int64_t i = 0; i < vertical.rows; ++i)
    for (int64_t j = 0; j < horizontal.rows; ++j) {
      double sum = 0;
      for (int64_t x = 0; x < horizontal.columns; ++x)
        sum += horizontal.at(j, x) * half[i][x];
      transformed[i * horizontal.rows + j] = float(sum);
    }
}

bool cnnc::kernel::isRaw(WinogradOp op) {
  // Elsewhere that extent is the lanes of an input block, and no kernel has as many taps.
  return llvm::cast<mlir::ShapedType>(op.getFilter().getType()).getDimSize(3) == op.getKernel()[0] * op.getKernel()[1];
}

int64_t cnnc::kernel::winogradScratchBytes(int64_t positions, int64_t inBlocks, int64_t tileBlock, int64_t planes) {
  return 4 * positions * (winogradPlane(inBlocks, tileBlock) + winogradPlane(kWinogradPanels, planes * tileBlock));
}

int64_t cnnc::kernel::winogradFilterBytes(int64_t positions) {
  return 4 * positions * winogradPlane(kRawPanels * kRawBlocks, 16);
}

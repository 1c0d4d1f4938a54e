// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/kernel/Winograd.h"

#include <cassert>
#include <cmath>

using namespace cnnc::kernel;

/// The finite interpolation points; infinity comes last. For m = 4, 1/2 and -2 halve the error that 2 and -2 have.
static std::vector<double> getPoints(int64_t m) {
  switch (m) {
  case 2:
    return {0, 1, -1};
  case 4:
    return {0, 1, -1, 0.5, -2};
  default:
    assert(m == 6 && "F(2, 3), F(4, 3) and F(6, 3) are offered");
    return {0, 1, -1, 2, -2, 0.5, -0.5};
  }
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

WinogradMatrices cnnc::kernel::getWinogradMatrices(int64_t m) {
  std::vector<double> points = getPoints(m);
  int64_t finite = points.size(), size = m + 2;
  WinogradMatrices matrices = {m,
                               {size, size, std::vector<double>(size * size)},
                               {size, 3, std::vector<double>(size * 3)},
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
    for (int64_t k = 0; k < 3; ++k)
      matrices.filter.at(j, k) = std::pow(points[j], k) / denominator;
    for (int64_t i = 0; i < m; ++i)
      matrices.output.at(i, j) = std::pow(points[j], i);
  }
  matrices.filter.at(finite, 2) = 1;
  matrices.output.at(m - 1, finite) = 1;
  return matrices;
}

void cnnc::kernel::transformWinogradFilter(const WinogradMatrices &matrices, const float *filter, float *transformed) {
  const Matrix &g = matrices.filter;
  double half[8][3];
  for (int64_t i = 0; i < g.rows; ++i)
    for (int64_t x = 0; x < 3; ++x) {
      half[i][x] = 0;
      for (int64_t y = 0; y < 3; ++y)
        half[i][x] += g.at(i, y) * filter[y * 3 + x];
    }
  for (int64_t i = 0; i < g.rows; ++i)
    for (int64_t j = 0; j < g.rows; ++j) {
      double sum = 0;
      for (int64_t x = 0; x < 3; ++x)
        sum += g.at(j, x) * half[i][x];
      transformed[i * g.rows + j] = float(sum);
    }
}

int64_t cnnc::kernel::winogradScratchBytes(int64_t m, int64_t inBlocks, int64_t tileBlock, int64_t planes) {
  int64_t positions = (m + 2) * (m + 2);
  return 4 * positions * (winogradPlane(inBlocks, tileBlock) + winogradPlane(kWinogradPanels, planes * tileBlock));
}

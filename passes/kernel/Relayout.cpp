// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/kernel/Relayout.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cstring>

using namespace cnnc;
using namespace cnnc::to_kernel;
using llvm::ArrayRef;

static constexpr int64_t kLanes = 16;

/// Where each index of each logical dimension lies in a tensor stored as `from`; padded to whole blocks by -1.
static llvm::SmallVector<llvm::SmallVector<int64_t>> getDistances(ArrayRef<int64_t> shape, const StoredOrder &from) {
  llvm::SmallVector<llvm::SmallVector<int64_t>> distances(shape.size());
  int64_t stride = from.block >= 0 ? kLanes : 1;
  for (size_t i = from.order.size(); i-- > 0;) {
    int64_t dim = from.order[i];
    bool blocked = dim == from.block;
    for (int64_t index = 0; index < shape[dim]; ++index)
      distances[dim].push_back(blocked ? index / kLanes * stride + index % kLanes : index * stride);
    distances[dim].resize(llvm::alignTo(shape[dim], kLanes), -1);
    stride *= blocked ? llvm::divideCeilSigned(shape[dim], kLanes) : shape[dim];
  }
  return distances;
}

Relayout::Relayout(ArrayRef<int64_t> shape, const StoredOrder &from, const StoredOrder &to)
    : row{1, -1, 1}, rows(1), rowLength(1), distances(getDistances(shape, from)) {
  for (int64_t dim : to.order) {
    bool blocked = dim == to.block;
    outer.push_back({blocked ? llvm::divideCeilSigned(shape[dim], kLanes) : shape[dim], dim, blocked ? kLanes : 1});
  }
  if (to.block >= 0)
    row = {kLanes, to.block, 1};
  else if (!outer.empty())
    row = outer.pop_back_val();
  rowLength = row.extent;
  for (const StoredDim &dim : outer)
    rows *= dim.extent;
}

template <typename T> void Relayout::copyRows(const T *from, T *to, int64_t begin, int64_t end) const {
  for (int64_t number = begin; number < end; ++number) {
    int64_t rest = number, base = 0, first = 0;
    for (size_t i = outer.size(); i-- > 0;) {
      int64_t index = rest % outer[i].extent * outer[i].step;
      rest /= outer[i].extent;
      if (outer[i].dim == row.dim)
        first = index;
      else
        base += distances[outer[i].dim][index];
    }
    T *target = to + number * rowLength;
    if (row.dim < 0) {
      *target = from[base];
      continue;
    }
    const int64_t *distance = distances[row.dim].data() + first;
    for (int64_t lane = 0; lane < rowLength; ++lane)
      target[lane] = distance[lane] < 0 ? T(0) : from[base + distance[lane]];
  }
}

void Relayout::copyRows(const char *from, char *to, int64_t bytes, int64_t begin, int64_t end) const {
  auto copy = [&](auto element) {
    using T = decltype(element);
    copyRows(reinterpret_cast<const T *>(from), reinterpret_cast<T *>(to), begin, end);
  };
  switch (bytes) {
  case 1:
    return copy(uint8_t());
  case 2:
    return copy(uint16_t());
  case 4:
    return copy(uint32_t());
  case 8:
    return copy(uint64_t());
  }
  llvm_unreachable("elements of 1, 2, 4 or 8 bytes");
}

void cnnc::to_kernel::copyInto(ArrayRef<int64_t> shape, ArrayRef<int64_t> low, ArrayRef<int64_t> high, const char *from,
                               char *to, int64_t bytes) {
  if (shape.empty()) {
    std::memcpy(to, from, bytes);
    return;
  }
  int64_t inner = 1, innerPadded = 1;
  for (size_t i = 1; i < shape.size(); ++i) {
    inner *= shape[i];
    innerPadded *= low[i] + shape[i] + high[i];
  }
  for (int64_t index = 0; index < shape[0]; ++index)
    if (shape.size() == 1)
      std::memcpy(to + (low[0] + index) * bytes, from + index * bytes, bytes);
    else
      copyInto(shape.drop_front(), low.drop_front(), high.drop_front(), from + index * inner * bytes,
               to + (low[0] + index) * innerPadded * bytes, bytes);
}

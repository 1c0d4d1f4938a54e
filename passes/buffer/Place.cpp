// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/Place.h"

#include "llvm/ADT/STLExtras.h"

using namespace cnnc;
using namespace cnnc::buffer;
using llvm::ArrayRef;
using llvm::SmallVector;

SmallVector<int64_t> cnnc::buffer::getDenseStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t dim = int64_t(shape.size()) - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * shape[dim + 1];
  return strides;
}

static bool haveEqualStrides(ArrayRef<int64_t> a, ArrayRef<int64_t> b, ArrayRef<int64_t> shape) {
  return llvm::all_of(llvm::zip_equal(a, b, shape), [](auto dim) {
    auto [strideA, strideB, extent] = dim;
    return extent == 1 || strideA == strideB;
  });
}

bool cnnc::buffer::isSamePlace(const Place &a, const Place &b, ArrayRef<int64_t> shape) {
  return a.storage == b.storage && a.offset == b.offset && haveEqualStrides(a.strides, b.strides, shape);
}

bool cnnc::buffer::isDense(const Place &place, ArrayRef<int64_t> shape) {
  return haveEqualStrides(place.strides, getDenseStrides(shape), shape);
}

Place cnnc::buffer::getSlice(const Place &place, ArrayRef<int64_t> offsets, ArrayRef<int64_t> steps) {
  Place slice = place;
  for (auto [stride, offset, step] : llvm::zip_equal(slice.strides, offsets, steps)) {
    slice.offset += offset * stride;
    stride *= step;
  }
  return slice;
}

/// A run of dimensions that one stride walks.
namespace {
struct Run {
  int64_t extent, stride;
};
} // namespace

/// Joins neighbours that one loop can walk; extents of 1 vanish.
static SmallVector<Run> joinDimensions(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides) {
  SmallVector<Run> runs;
  for (auto [extent, stride] : llvm::zip_equal(shape, strides)) {
    if (extent == 1)
      continue;
    if (!runs.empty() && runs.back().stride == extent * stride)
      runs.back() = {runs.back().extent * extent, stride};
    else
      runs.push_back({extent, stride});
  }
  return runs;
}

std::optional<Place> cnnc::buffer::reshapePlace(const Place &place, ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  Place reshaped = {place.storage, place.offset, getDenseStrides(to)};
  if (llvm::is_contained(from, 0))
    return reshaped;
  SmallVector<Run> runs = joinDimensions(from, place.strides);
  // From the fastest dimension on, each extent is cut out of the run it falls in.
  int64_t taken = 1;
  for (size_t dim = to.size(); dim-- > 0;) {
    if (runs.empty() || to[dim] == 1) {
      reshaped.strides[dim] = dim + 1 < to.size() ? reshaped.strides[dim + 1] * to[dim + 1] : 1;
      continue;
    }
    Run &run = runs.back();
    if (run.extent % (taken * to[dim]) != 0)
      return std::nullopt;
    reshaped.strides[dim] = run.stride * taken;
    taken *= to[dim];
    if (taken == run.extent) {
      runs.pop_back();
      taken = 1;
    }
  }
  return reshaped;
}

bool cnnc::buffer::areDisjoint(const Box &a, const Box &b) {
  for (size_t dim = 0; dim != a.offsets.size(); ++dim) {
    int64_t endA = a.offsets[dim] + (a.sizes[dim] - 1) * a.steps[dim];
    int64_t endB = b.offsets[dim] + (b.sizes[dim] - 1) * b.steps[dim];
    if (endA < b.offsets[dim] || endB < a.offsets[dim])
      return true;
    if (a.steps[dim] == b.steps[dim] && (a.offsets[dim] - b.offsets[dim]) % a.steps[dim] != 0)
      return true;
  }
  return false;
}

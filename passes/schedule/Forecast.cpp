// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/Forecast.h"

#include "dialects/kernel/Kernel.h"
#include "passes/schedule/ContractChoice.h"
#include "passes/schedule/TileCost.h"
#include "passes/schedule/WinogradChoice.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::schedule;

/// What one task of a memory-bound op should touch: some microseconds of work.
static constexpr int64_t kTaskBytes = 96 * 1024;
/// Elements of a row that are not split: four cache lines.
static constexpr int64_t kTaskElements = 64;

int64_t cnnc::schedule::getBytes(Value value) {
  auto type = cast<ShapedType>(value.getType());
  return type.getNumElements() * llvm::divideCeilSigned(type.getElementTypeBitWidth(), 8);
}

static int64_t product(ArrayRef<int64_t> extents) { return extents.empty() ? 1 : llvm::product_of(extents); }

/// By the bytes alone.
static int64_t countMemoryBoundTasks(linalg::LinalgOp op) {
  SetVector<Value> memrefs;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (isa<MemRefType>(operand.getType()))
        memrefs.insert(operand);
  });
  int64_t bytes = 0, points = 1;
  for (Value memref : memrefs)
    bytes += getBytes(memref);
  for (auto [extent, iterator] : llvm::zip_equal(op.getStaticLoopRanges(), op.getIteratorTypesArray()))
    points *= iterator == utils::IteratorType::parallel ? extent : 1;
  int64_t most = std::max<int64_t>(1, op.getNumReductionLoops() ? points : points / kTaskElements);
  return std::clamp<int64_t>(bytes / kTaskBytes, 1, most);
}

static int64_t countGenericTasks(linalg::GenericOp op) {
  // Copies that bufferisation made.
  if (auto algorithm = op->getAttrOfType<StringAttr>("algorithm"); !algorithm || algorithm == "copy")
    return countMemoryBoundTasks(op);
  constexpr int64_t kMultiplyAddsPerOp = 4;
  int64_t bytes = 0, points = product(op.getStaticLoopRanges());
  for (Value operand : op->getOperands())
    bytes += getBytes(operand);
  int64_t ops = op.getBody()->getOperations().size();
  return getTasks(estimateMicroseconds(points * ops * kMultiplyAddsPerOp, bytes));
}

static int64_t countWindowTasks(kernel::WindowOp op) {
  int64_t taps = product(op.getKernel()) * op.getWidth();
  // One operation per tap and element, at a third of the speed of a contraction.
  int64_t work = 3 * taps * cast<ShapedType>(op.getOut().getType()).getNumElements();
  return getTasks(estimateMicroseconds(work, getBytes(op.getA()) + getBytes(op.getOut())));
}

static int64_t countRelayoutTasks(kernel::RelayoutOp op) {
  // Lanes are moved one by one where they change places.
  constexpr int64_t kSlowdown = 4;
  return getTasks(estimateMicroseconds(0, kSlowdown * getBytes(op.getOut())));
}

int64_t cnnc::schedule::countTasks(Operation *op, ArrayRef<target::Level> levels) {
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case([&](kernel::ContractOp contract) { return chooseContract(contract, levels).front().tasks(); })
      .Case([&](kernel::WinogradOp winograd) { return chooseWinograd(winograd, levels).front().tasks(); })
      .Case([](kernel::WindowOp window) { return countWindowTasks(window); })
      .Case([](kernel::RelayoutOp relayout) { return countRelayoutTasks(relayout); })
      .Case([](linalg::GenericOp generic) { return countGenericTasks(generic); })
      .Case([](linalg::LinalgOp other) { return countMemoryBoundTasks(other); })
      .Default([](Operation *) { return 1; });
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// %0 = memref.alloc() : memref<1x4x8x8x16xf32>
//   =>  %0 = memref.view %arena[%c4096][] : memref<65536xi8> to memref<1x4x8x8x16xf32>
#include "passes/buffer/ArenaPlan.h"
#include "passes/buffer/Passes.h"

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace cnnc::buffer {
#define GEN_PASS_DEF_PLANARENAPASS
#include "passes/buffer/Passes.h.inc"
} // namespace cnnc::buffer

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;

static int64_t getBytes(MemRefType type) {
  return type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

/// Extends the lifetime by every step that touches `memref` or a view of it.
static void extendLifetime(Value memref, const DenseMap<Operation *, int64_t> &steps, Buffer &buffer) {
  for (Operation *user : memref.getUsers()) {
    if (auto step = user->getParentOfType<kernel::StepOp>()) {
      int64_t number = steps.at(step);
      buffer.first = std::min(buffer.first, number);
      buffer.last = std::max(buffer.last, number);
    }
    if (isa<ViewLikeOpInterface>(user))
      extendLifetime(user->getResult(0), steps, buffer);
  }
}

static SmallVector<Buffer> getBuffers(func::FuncOp function, ArrayRef<memref::AllocOp> allocs) {
  DenseMap<Operation *, int64_t> steps;
  for (kernel::StepOp step : function.getOps<kernel::StepOp>())
    steps.try_emplace(step, steps.size());
  return llvm::map_to_vector(allocs, [&](memref::AllocOp alloc) {
    Buffer buffer = {getBytes(alloc.getType()), INT64_MAX, -1};
    extendLifetime(alloc, steps, buffer);
    // What no step touches overlaps with nothing.
    return buffer.last < 0 ? Buffer{0, -1, -1} : buffer;
  });
}

static SmallVector<memref::AllocaOp> getTaskBuffers(kernel::StepOp step) {
  SmallVector<memref::AllocaOp> buffers;
  step.walk([&](memref::AllocaOp op) { buffers.push_back(op); });
  return buffers;
}

static int64_t getAlignedBytes(memref::AllocaOp op) { return llvm::alignTo(getBytes(op.getType()), 64); }

/// Largest need of per-thread memory by the buffers of a step's tasks.
static int64_t getScratchBytes(func::FuncOp function) {
  int64_t most = 0;
  for (kernel::StepOp step : function.getOps<kernel::StepOp>()) {
    int64_t sum = 0;
    for (memref::AllocaOp buffer : getTaskBuffers(step))
      sum += getAlignedBytes(buffer);
    most = std::max(most, sum);
  }
  return most;
}

static FailureOr<BlockArgument> addMemory(func::FuncOp function, int64_t bytes, StringRef attribute) {
  Builder builder(function.getContext());
  DictionaryAttr attributes = builder.getDictionaryAttr(builder.getNamedAttr(attribute, builder.getUnitAttr()));
  auto type = MemRefType::get({bytes}, builder.getI8Type());
  if (failed(function.insertArgument(function.getNumArguments(), type, attributes, function.getLoc())))
    return failure();
  return function.getArguments().back();
}

namespace {

struct PlanArena : cnnc::buffer::impl::PlanArenaPassBase<PlanArena> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    SmallVector<memref::AllocOp> allocs(function.getOps<memref::AllocOp>());
    SmallVector<Buffer> buffers = getBuffers(function, allocs);
    ArenaPlan plan = planArena(buffers);
    if (!isValidPlan(buffers, plan)) {
      function.emitError() << "internal error: buffers that live at the same time overlap";
      return signalPassFailure();
    }
    arenaBytes += plan.bytes;
    liveBytes += plan.liveBytes;
    FailureOr<BlockArgument> arena = addMemory(function, plan.bytes, "cnnc.arena");
    FailureOr<BlockArgument> scratch = addMemory(function, getScratchBytes(function), "cnnc.scratch");
    if (failed(arena) || failed(scratch))
      return signalPassFailure();
    for (auto [alloc, offset] : llvm::zip_equal(allocs, plan.offsets))
      place(alloc, *arena, offset);
    for (kernel::StepOp step : function.getOps<kernel::StepOp>()) {
      int64_t offset = 0;
      for (memref::AllocaOp buffer : getTaskBuffers(step)) {
        int64_t bytes = getAlignedBytes(buffer);
        place(buffer, *scratch, offset);
        offset += bytes;
      }
    }
  }

  template <typename Alloc> static void place(Alloc alloc, Value memory, int64_t offset) {
    OpBuilder builder(alloc);
    if (!alloc.use_empty()) {
      Value shift = arith::ConstantIndexOp::create(builder, alloc.getLoc(), offset);
      alloc.replaceAllUsesWith(
          memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(), memory, shift, ValueRange()).getResult());
    }
    alloc.erase();
  }
};

} // namespace

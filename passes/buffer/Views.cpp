// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/buffer/Views.h"

#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;

Value cnnc::buffer::getRoot(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>())
    memref = view.getViewSource();
  return memref;
}

ArrayRef<int64_t> cnnc::buffer::getExtents(Value memref) { return cast<MemRefType>(memref.getType()).getShape(); }

int64_t cnnc::buffer::getBytes(Value memref) { return cast<MemRefType>(memref.getType()).getNumElements() * 4; }

Value cnnc::buffer::takePart(OpBuilder &builder, Location loc, Value memref, int64_t dim, OpFoldResult first,
                             int64_t count) {
  SmallVector<OpFoldResult> sizes = getAsIndexOpFoldResult(builder.getContext(), getExtents(memref));
  SmallVector<OpFoldResult> offsets(sizes.size(), builder.getIndexAttr(0)), ones(sizes.size(), builder.getIndexAttr(1));
  offsets[dim] = first;
  sizes[dim] = builder.getIndexAttr(count);
  return memref::SubViewOp::create(builder, loc, memref, offsets, sizes, ones);
}

int64_t cnnc::buffer::getMiddleL2Bytes(ArrayRef<target::Level> levels) { return levels[levels.size() / 2].l2Bytes; }

void cnnc::buffer::fuseNeighbours(func::FuncOp function, function_ref<bool(kernel::StepOp, kernel::StepOp)> fuse) {
  SmallVector<kernel::StepOp> steps(function.getOps<kernel::StepOp>());
  for (size_t number = 1; number < steps.size(); ++number)
    if (fuse(steps[number - 1], steps[number]))
      ++number;
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (op.use_empty() && isa<memref::AllocOp, memref::ReinterpretCastOp>(op))
      op.erase();
}

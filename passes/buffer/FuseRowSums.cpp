// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// kernel.step { kernel.window ins(%a) outs(%x) } ; kernel.step { linalg.generic ins(%x) outs(%mean) { mulf; addf } }
//   =>  kernel.step { kernel.window ins(%a) outs(%x) row_sums(%s) } ; kernel.step { linalg.generic ins(%s) outs(%mean)
//   .. }
#include "passes/buffer/Passes.h"
#include "passes/buffer/Views.h"

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace cnnc::buffer {
#define GEN_PASS_DEF_FUSEROWSUMSPASS
#include "passes/buffer/Passes.h.inc"
} // namespace cnnc::buffer

using namespace mlir;
using namespace cnnc;
using namespace cnnc::buffer;

/// Of shorter rows the sums would be as many as few elements of the map.
static constexpr int64_t kShortestRow = 4;

/// Whether the body adds its input, or a multiple of it, to the output: then it may as well add sums.
static bool isLinearSum(linalg::GenericOp op) {
  Block &body = *op.getBody();
  Value input = body.getArgument(0), output = body.getArgument(1);
  auto sum = body.getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  if (!sum || !output.hasOneUse() || (sum.getLhs() != output && sum.getRhs() != output))
    return false;
  Value term = sum.getLhs() == output ? sum.getRhs() : sum.getLhs();
  if (auto product = term.getDefiningOp<arith::MulFOp>())
    return (product.getLhs() == input && matchPattern(product.getRhs(), m_Constant())) ||
           (product.getRhs() == input && matchPattern(product.getLhs(), m_Constant()));
  return term == input;
}

/// The row is the dimension before the channels (or their lanes), in either order of theirs.
static bool sumsRows(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 || op.getNumLoops() < 3 ||
      !op.getIndexingMapsArray()[0].isIdentity())
    return false;
  int64_t dim = op.getNumLoops() - 2;
  return op.getIteratorTypesArray()[dim] == utils::IteratorType::reduction &&
         op.getStaticLoopRanges()[dim] >= kShortestRow && isLinearSum(op);
}

static bool writesTo(Operation *op, Value root) {
  if (auto border = dyn_cast<kernel::BorderOp>(op))
    return getRoot(border.getOut()) == root;
  auto writer = dyn_cast<DestinationStyleOpInterface>(op);
  return writer && llvm::any_of(writer.getDpsInits(), [&](Value init) { return getRoot(init) == root; });
}

/// The window that wrote all of `map`, which nothing changes between its step and `reader`; null where there is none.
static kernel::WindowOp findWindow(Value map, kernel::StepOp reader) {
  Value root = getRoot(map);
  for (Operation *op = reader->getPrevNode(); op; op = op->getPrevNode()) {
    kernel::WindowOp window;
    bool isWritten = false;
    op->walk([&](Operation *inner) {
      isWritten |= writesTo(inner, root);
      if (auto found = dyn_cast<kernel::WindowOp>(inner); found && found.getOut() == map && !found.getKernel().empty())
        window = found;
    });
    if (isWritten)
      return window;
  }
  return nullptr;
}

namespace {

struct FuseRowSums : cnnc::buffer::impl::FuseRowSumsPassBase<FuseRowSums> {
  using FuseRowSumsPassBase::FuseRowSumsPassBase;

  void runOnOperation() override {
    SmallVector<linalg::GenericOp> sums;
    getOperation().walk([&](linalg::GenericOp op) {
      if (sumsRows(op))
        sums.push_back(op);
    });
    for (linalg::GenericOp op : sums) {
      auto step = op->getParentOfType<kernel::StepOp>();
      kernel::WindowOp window = step ? findWindow(op.getInputs()[0], step) : nullptr;
      if (!window)
        continue;
      if (!window.getRowSums())
        window.getRowSumsMutable().assign(createRowSums(window));
      op.getInputsMutable().assign(window.getRowSums());
      ++fused;
    }
  }

  static Value createRowSums(kernel::WindowOp window) {
    auto map = cast<MemRefType>(window.getOut().getType());
    SmallVector<int64_t> shape(map.getShape());
    shape.end()[-2] = 1;
    OpBuilder builder(window->getParentOfType<kernel::StepOp>());
    return memref::AllocOp::create(builder, window.getLoc(), MemRefType::get(shape, map.getElementType()));
  }
};

} // namespace
